extension SchemaTable {
    /// Types of `io.k8s.api.authorization.v1`.
    static let authorization = SchemaTable(
        package: "io.k8s.api.authorization.v1", alias: "authorization",
        text: """
            FieldSelectorAttributes
              rawSelector string, requirements [meta.FieldSelectorRequirement]
            LabelSelectorAttributes
              rawSelector string, requirements [meta.LabelSelectorRequirement]
            LocalSubjectAccessReview *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! SubjectAccessReviewSpec={}, status
              SubjectAccessReviewStatus={}
            NonResourceAttributes
              path string, verb string
            NonResourceRule
              nonResourceURLs [string], verbs! [string]
            ResourceAttributes
              fieldSelector FieldSelectorAttributes, group string, labelSelector LabelSelectorAttributes, name string,
              namespace string, resource string, subresource string, verb string, version string
            ResourceRule
              apiGroups [string], resourceNames [string], resources [string], verbs! [string]
            SelfSubjectAccessReview *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! SelfSubjectAccessReviewSpec={},
              status SubjectAccessReviewStatus={}
            SelfSubjectAccessReviewSpec
              nonResourceAttributes NonResourceAttributes, resourceAttributes ResourceAttributes
            SelfSubjectRulesReview *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! SelfSubjectRulesReviewSpec={}, status
              SubjectRulesReviewStatus={}
            SelfSubjectRulesReviewSpec
              namespace string
            SubjectAccessReview *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! SubjectAccessReviewSpec={}, status
              SubjectAccessReviewStatus={}
            SubjectAccessReviewSpec
              extra {[string]}, groups [string], nonResourceAttributes NonResourceAttributes, resourceAttributes
              ResourceAttributes, uid string, user string
            SubjectAccessReviewStatus
              allowed! bool, denied bool, evaluationError string, reason string
            SubjectRulesReviewStatus
              evaluationError string, incomplete! bool, nonResourceRules! [NonResourceRule], resourceRules!
              [ResourceRule]
            """)
}

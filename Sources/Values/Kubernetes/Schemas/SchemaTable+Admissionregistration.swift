extension SchemaTable {
    /// Types of `io.k8s.api.admissionregistration.v1`.
    static let admissionregistration = SchemaTable(
        package: "io.k8s.api.admissionregistration.v1", alias: "admissionregistration",
        text: """
            ApplyConfiguration
              expression string
            AuditAnnotation
              key! string, valueExpression! string
            ExpressionWarning
              fieldRef! string, warning! string
            JSONPatch
              expression string
            MatchCondition
              expression! string, name! string
            MatchResources atomic
              excludeResourceRules [NamedRuleWithOperations], matchPolicy string, namespaceSelector
              meta.LabelSelector, objectSelector meta.LabelSelector, resourceRules [NamedRuleWithOperations]
            MutatingAdmissionPolicy *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec MutatingAdmissionPolicySpec={}
            MutatingAdmissionPolicyBinding *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec MutatingAdmissionPolicyBindingSpec={}
            MutatingAdmissionPolicyBindingSpec
              matchResources MatchResources, paramRef ParamRef, policyName string
            MutatingAdmissionPolicySpec
              failurePolicy string, matchConditions [MatchCondition]map(name)~name, matchConstraints MatchResources,
              mutations [Mutation], paramKind ParamKind, reinvocationPolicy string, variables [Variable]
            MutatingWebhook
              admissionReviewVersions! [string], clientConfig! WebhookClientConfig={}, failurePolicy string,
              matchConditions [MatchCondition]map(name)~name, matchPolicy string, name! string, namespaceSelector
              meta.LabelSelector, objectSelector meta.LabelSelector, reinvocationPolicy string, rules
              [RuleWithOperations], sideEffects!? string, timeoutSeconds int32
            MutatingWebhookConfiguration *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, webhooks [MutatingWebhook]map(name)~name
            Mutation
              applyConfiguration ApplyConfiguration, jsonPatch JSONPatch, patchType! string
            NamedRuleWithOperations atomic
              apiGroups [string], apiVersions [string], operations [string], resourceNames [string], resources
              [string], scope string
            ParamKind atomic
              apiVersion string, kind string
            ParamRef atomic
              name string, namespace string, parameterNotFoundAction string, selector meta.LabelSelector
            RuleWithOperations
              apiGroups [string], apiVersions [string], operations [string], resources [string], scope string
            ServiceReference
              name! string, namespace! string, path string, port int32
            TypeChecking
              expressionWarnings [ExpressionWarning]
            ValidatingAdmissionPolicy *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec ValidatingAdmissionPolicySpec={},
              status ValidatingAdmissionPolicyStatus={}
            ValidatingAdmissionPolicyBinding *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec!
              ValidatingAdmissionPolicyBindingSpec={}
            ValidatingAdmissionPolicyBindingSpec
              matchResources MatchResources, paramRef ParamRef, policyName!? string, validationActions! [string]set
            ValidatingAdmissionPolicySpec
              auditAnnotations [AuditAnnotation], failurePolicy string, matchConditions
              [MatchCondition]map(name)~name, matchConstraints MatchResources, paramKind ParamKind, validations
              [Validation], variables [Variable]map(name)~name
            ValidatingAdmissionPolicyStatus
              conditions [meta.Condition]map(type), observedGeneration int64, typeChecking TypeChecking
            ValidatingWebhook
              admissionReviewVersions! [string], clientConfig! WebhookClientConfig={}, failurePolicy string,
              matchConditions [MatchCondition]map(name)~name, matchPolicy string, name! string, namespaceSelector
              meta.LabelSelector, objectSelector meta.LabelSelector, rules [RuleWithOperations], sideEffects!? string,
              timeoutSeconds int32
            ValidatingWebhookConfiguration *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, webhooks [ValidatingWebhook]map(name)~name
            Validation
              expression! string, message string, messageExpression string, reason string
            Variable atomic
              expression! string, name! string
            WebhookClientConfig
              caBundle bytes, service ServiceReference, url string
            """)
}

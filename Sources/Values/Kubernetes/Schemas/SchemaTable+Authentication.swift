extension SchemaTable {
    /// Types of `io.k8s.api.authentication.v1`.
    static let authentication = SchemaTable(
        package: "io.k8s.api.authentication.v1", alias: "authentication",
        text: """
            BoundObjectReference
              apiVersion string, kind string, name string, uid string
            SelfSubjectReview *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, status SelfSubjectReviewStatus={}
            SelfSubjectReviewStatus
              userInfo UserInfo={}
            TokenRequest *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec TokenRequestSpec={}, status
              TokenRequestStatus={}
            TokenRequestSpec
              audiences [string], boundObjectRef BoundObjectReference, expirationSeconds int64
            TokenRequestStatus
              expirationTimestamp time, token string=""
            TokenReview *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! TokenReviewSpec={}, status
              TokenReviewStatus={}
            TokenReviewSpec
              audiences [string], token!? string
            TokenReviewStatus
              audiences [string], authenticated bool, error string, user UserInfo={}
            UserInfo
              extra {[string]}, groups [string], uid string, username string
            """)
}

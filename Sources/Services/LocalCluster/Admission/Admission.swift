import Documents
import Kubernetes

/// Everything that may change or refuse a write, in the real server's order.
struct Admission: Sendable {
    let builtIn: BuiltInAdmission
    let policies: PolicyAdmission
    let webhooks: WebhookAdmission
    let authorizer: Authorizer

    init(store: ObjectStore, registry: TypeRegistry, client: WebhookClient, authorizer: Authorizer) {
        builtIn = BuiltInAdmission(store: store)
        policies = PolicyAdmission(store: store, registry: registry, authorizer: authorizer)
        webhooks = WebhookAdmission(store: store, registry: registry, client: client, authorizer: authorizer)
        self.authorizer = authorizer
    }

    /// The object after all that may change it.
    func mutate(_ review: Review, _ warnings: inout [String]) async throws(APIError) -> Value {
        var review = review
        if review.object != nil, review.objectKind == nil {
            review.object = try await builtIn.mutate(review)
            review.object = try await policies.mutate(review)
        }
        return try await webhooks.mutate(review, &warnings)
    }

    func validate(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        try await builtIn.validate(review, &warnings)
        try await policies.validate(review, &warnings)
        try await webhooks.validate(review, &warnings)
        try await builtIn.charge(review)
    }
}

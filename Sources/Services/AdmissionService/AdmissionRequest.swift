public import Documents
public import Kubernetes
public import WaybillCore

/// What the API server asks (admission.k8s.io/v1 AdmissionReview).
public struct AdmissionRequest: Sendable {
    public var uid: String
    public var kind: ObjectKind
    public var namespace: String
    public var name: String
    /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT`.
    public var operation: String
    public var user: String
    public var isDryRun: Bool
    /// The object as it would be stored; nil for a deletion.
    public var object: Value?

    init(
        uid: String, kind: ObjectKind, namespace: String, name: String, operation: String, user: String,
        isDryRun: Bool, object: Value?
    ) {
        self.uid = uid
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.operation = operation
        self.user = user
        self.isDryRun = isDryRun
        self.object = object
    }

    /// Throws for a review without a uid, a kind or, on create and update, an object.
    public init(review: Value) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "AdmissionReview") }
        guard review["kind"]?.string == "AdmissionReview", review["apiVersion"]?.string == "admission.k8s.io/v1" else {
            throw bad("expected admission.k8s.io/v1 AdmissionReview")
        }
        guard let request = review["request"], let uid = request["uid"]?.string, !uid.isEmpty else {
            throw bad("“request.uid” is missing")
        }
        guard let kind = request["kind"]?["kind"]?.string, let version = request["kind"]?["version"]?.string else {
            throw bad("“request.kind” is missing")
        }
        self.uid = uid
        self.kind = ObjectKind(group: request["kind"]?["group"]?.string ?? "", version: version, kind: kind)
        namespace = request["namespace"]?.string ?? ""
        name = request["name"]?.string ?? request["object"]?["metadata"]?["generateName"]?.string ?? ""
        operation = request["operation"]?.string ?? ""
        user = request["userInfo"]?["username"]?.string ?? ""
        isDryRun = request["dryRun"]?.bool ?? false
        object = request["object"].flatMap { $0.isNull ? nil : $0 }
        if operation == "CREATE" || operation == "UPDATE", object == nil { throw bad("“request.object” is missing") }
    }

    /// The answer in the form that the API server expects.
    public static func response(uid: String, _ verdict: Verdict) -> Value {
        var response: Value = ["uid": .string(uid), "allowed": .bool(verdict.isAllowed)]
        if !verdict.isAllowed {
            response["status"] = [
                "code": 403, "reason": "Forbidden", "message": .string(message(verdict)),
            ]
        }
        if !verdict.warnings.isEmpty { response["warnings"] = .array(verdict.warnings.map { .string($0.message) }) }
        return ["apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response]
    }

    /// Every violation with its rule and object, and each remedy once.
    static func message(_ verdict: Verdict) -> String {
        let violations = verdict.violations.map { violation in
            "\(violation.message) [\(violation.rule)\(violation.place.object.map { ", \($0)" } ?? "")]"
        }
        var remedies: [String] = []
        for remedy in verdict.violations.compactMap(\.remedy) where !remedies.contains(remedy) {
            remedies.append(remedy)
        }
        return (violations + remedies.map { "try: \($0)" }).joined(separator: "; ")
    }
}

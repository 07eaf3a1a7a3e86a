import AgentService
import Delivery
import Documents
import HTTPServing
import Hummingbird
import Kubernetes
import WaybillCore

/// Refuses changes by hand in the environments that ask for it, and names the owner.
struct OwnershipWebhook: Sendable {
    private let judge = HandEdit(manager: AgentSettings(environment: "").fieldManager)

    static let path = "/owned"

    func addRoutes(to router: Router<ServiceContext>) {
        router.post(RouterPath(Self.path)) { [self] request, _ in
            JSONBody.response(answer(try await JSONBody.value(of: request, bytesMax: 8 << 20)))
        }
    }

    /// The answer to a review. What cannot be read is denied.
    func answer(_ review: Value) -> Value {
        let request = review["request"] ?? .null
        let uid = request["uid"]?.string ?? ""
        let kind = ObjectKind(
            group: request["kind"]?["group"]?.string ?? "", version: request["kind"]?["version"]?.string ?? "",
            kind: request["kind"]?["kind"]?.string ?? "")
        let key = ObjectKey(
            kind: kind, namespace: request["namespace"]?.string ?? "", name: request["name"]?.string ?? "")
        let verdict = judge.judge(
            key: key, old: request["oldObject"].flatMap { $0.isNull ? nil : $0 },
            new: request["object"].flatMap { $0.isNull ? nil : $0 },
            user: request["userInfo"]?["username"]?.string ?? "",
            fieldManager: request["options"]?["fieldManager"]?.string ?? "")
        var response: Value = ["uid": .string(uid), "allowed": .bool(verdict.isAllowed && !uid.isEmpty)]
        if let violation = verdict.violations.first {
            response["status"] = [
                "code": 403, "reason": "Forbidden",
                "message": .string("\(violation.message) [\(violation.rule)]; \(violation.remedy ?? "")"),
            ]
        }
        return ["apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response]
    }
}

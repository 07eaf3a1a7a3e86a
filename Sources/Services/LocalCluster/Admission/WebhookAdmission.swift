import Documents
import Kubernetes
import WaybillCore

/// Asks the configured webhooks before anything is stored.
struct WebhookAdmission: Sendable {
    let store: ObjectStore
    let client: WebhookClient

    /// How often mutating webhooks that ask for it see the object again after others changed it.
    private static let reinvocationsMax = 1

    /// The object after all mutating webhooks.
    func mutate(_ review: Review, _ warnings: inout [String]) async throws(APIError) -> Value {
        var review = review
        let hooks = try await hooks(for: review, isMutating: true)
        for hook in hooks {
            guard try await matches(hook, review) else { continue }
            guard let patch = try await ask(hook, review, &warnings) else { continue }
            guard let object = review.object else { continue }
            do throws(WaybillError) {
                let patched = try JSONPatch(patch).apply(to: object)
                // Identity is not the webhook's to change.
                guard patched[path: "metadata", "name"] == object[path: "metadata", "name"] else {
                    throw WaybillError(.invalidInput, "a webhook may not rename the object", subject: hook.name)
                }
                review.object = patched
            } catch {
                throw .internalError("\(error.message)")
            }
        }
        return review.object ?? .null
    }

    func validate(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        for hook in try await hooks(for: review, isMutating: false) where try await matches(hook, review) {
            _ = try await ask(hook, review, &warnings)
        }
    }

    private func matches(_ hook: Webhook, _ review: Review) async throws(APIError) -> Bool {
        var labels: [String: String]?
        if review.type.qualifiedName == "namespaces" {
            labels = (review.object ?? review.oldObject).flatMap { try? Resource($0) }?.labels ?? [:]
        } else if review.type.isNamespaced {
            let namespace = await store.get(.init(resource: "namespaces", namespace: "", name: review.namespace))
            labels = namespace.flatMap { try? Resource($0) }?.labels ?? [:]
        }
        guard hook.matches(review, namespaceLabels: labels) else { return false }
        guard hook.value["matchConditions"]?.array?.isEmpty ?? true else {
            throw .unsupported("matchConditions of admission webhook \"\(hook.name)\"")
        }
        return true
    }

    private func hooks(for review: Review, isMutating: Bool) async throws(APIError) -> [Webhook] {
        // Webhooks do not judge the objects that say which webhooks there are.
        guard review.type.group != "admissionregistration.k8s.io" else { return [] }
        let resource = "\(isMutating ? "mutating" : "validating")webhookconfigurations.admissionregistration.k8s.io"
        let configurations: [Value]
        do {
            configurations = try await store.list(resource)
        } catch {
            throw .internalError("the webhook configurations cannot be read")
        }
        return configurations.flatMap { configuration in
            (configuration["webhooks"]?.array ?? []).map {
                Webhook(
                    value: $0, configuration: configuration[path: "metadata", "name"]?.string ?? "",
                    isMutating: isMutating)
            }
        }
    }

    /// The webhook's patch, nil where it changes nothing. Throws its denial, and its failure unless the policy is to
    /// ignore that.
    private func ask(_ hook: Webhook, _ review: Review, _ warnings: inout [String]) async throws(APIError) -> Value? {
        if review.isDryRun, hook.hasSideEffects {
            throw .badRequest("admission webhook \"\(hook.name)\" does not support dry run")
        }
        let uid = Review.newUID()
        let answer: Value
        do throws(WebhookFailure) {
            let bytes = try await client.call(hook, review.document(uid: uid))
            answer = try Self.response(bytes, uid)
        } catch {
            guard hook.failsClosed else { return nil }
            var failure = APIError.internalError("failed calling webhook \"\(hook.name)\": \(error.message)")
            failure.details = [
                "causes": [["message": .string("failed calling webhook \"\(hook.name)\": \(error.message)")]]
            ]
            throw failure
        }
        for warning in (answer["warnings"]?.array ?? []).compactMap(\.string) { warnings.append(warning) }
        guard answer["allowed"]?.bool == true else {
            var denial = Self.denial(hook, answer["status"])
            denial.warnings = warnings
            throw denial
        }
        guard hook.isMutating, let patch = answer["patch"]?.string else { return nil }
        guard answer["patchType"]?.string == "JSONPatch", let bytes = Base64.decode(patch),
            let document = try? JSONReader.value(from: bytes)
        else { throw .internalError("admission webhook \"\(hook.name)\" sent a patch that is not a JSON patch") }
        return document
    }

    private static func response(_ bytes: [UInt8], _ uid: String) throws(WebhookFailure) -> Value {
        let document: Value
        do {
            document = try JSONReader.value(from: bytes, limits: .init(depthMax: 128, bytesMax: 4 << 20))
        } catch {
            throw WebhookFailure("failed to call webhook: couldn't get version/kind; json parse error: \(error)")
        }
        guard document["apiVersion"]?.string == "admission.k8s.io/v1", document["kind"]?.string == "AdmissionReview"
        else {
            throw WebhookFailure(
                "received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got \(document["apiVersion"]?.string ?? "/"), Kind=\(document["kind"]?.string ?? "")"
            )
        }
        guard let response = document["response"], response.object != nil else {
            throw WebhookFailure("received invalid webhook response: webhook response was absent")
        }
        let answered = response["uid"]?.string ?? ""
        guard answered == uid else {
            throw WebhookFailure(
                "received invalid webhook response: expected response.uid=\"\(uid)\", got \"\(answered)\"")
        }
        return response
    }

    /// The denial in the webhook's words, with the real server's frame around them.
    static func denial(_ hook: Webhook, _ status: Value?) -> APIError {
        let denied = "admission webhook \"\(hook.name)\" denied the request"
        let reason = status?["reason"]?.string ?? ""
        let message = status?["message"]?.string ?? ""
        let text =
            !message.isEmpty
            ? "\(denied): \(message)" : !reason.isEmpty ? "\(denied): \(reason)" : "\(denied) without explanation"
        let code = status?["code"]?.integer ?? 0
        return APIError(
            code: code >= 400 && code < 600 ? code : 400, reason: reason, message: text,
            details: status?["details"]?.object)
    }
}

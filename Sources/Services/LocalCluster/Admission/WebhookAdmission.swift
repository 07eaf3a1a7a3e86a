import Documents
import Kubernetes
import WaybillCore

/// Asks the configured webhooks before anything is stored.
struct WebhookAdmission: Sendable {
    let store: ObjectStore
    let registry: TypeRegistry
    let client: WebhookClient
    let authorizer: Authorizer

    /// The object after all mutating webhooks. Those that ask for it see the object again, once, after others changed it.
    func mutate(_ review: Review, _ warnings: inout [String]) async throws(APIError) -> Value {
        var review = review
        let hooks = try await hooks(for: review, isMutating: true)
        var lastChange = -1
        for (index, hook) in hooks.enumerated() {
            let before = review.object
            try await mutate(hook, &review, &warnings)
            if review.object != before { lastChange = index }
        }
        for (index, hook) in hooks.enumerated() where hook.isReinvoked && index < lastChange {
            try await mutate(hook, &review, &warnings)
        }
        return review.object ?? .null
    }

    private func mutate(_ hook: Webhook, _ review: inout Review, _ warnings: inout [String]) async throws(APIError) {
        guard let seen = try await matches(hook, review) else { return }
        guard let patch = try await ask(hook, review, seen, &warnings), let object = review.object else { return }
        var patched = try PatchWords.apply(patch, to: KindConversion.converted(object, from: review.type, to: seen))
        patched = KindConversion.converted(patched, from: seen, to: review.type)
        // Identity is not the webhook's to change.
        guard patched.name == object.name, patched.namespace == object.namespace else {
            throw .internalError("a webhook may not rename the object: \(hook.name)")
        }
        review.object = patched
    }

    func validate(_ review: Review, _ warnings: inout [String]) async throws(APIError) {
        for hook in try await hooks(for: review, isMutating: false) {
            guard let seen = try await matches(hook, review) else { continue }
            _ = try await ask(hook, review, seen, &warnings)
        }
    }

    private func matches(_ hook: Webhook, _ review: Review) async throws(APIError) -> ResourceType? {
        let labels = await NamespaceLabels.of(review, store)
        guard let seen = MatchRules(webhook: hook.value).match(review, namespaceLabels: labels, in: registry) else {
            return nil
        }
        let conditions = hook.value["matchConditions"]?.array ?? []
        guard !conditions.isEmpty else { return seen }
        let expressions = PolicyExpressions(review: review, seen: seen, namespace: .null, authorizer: authorizer)
        return try expressions.conditions(conditions, failsClosed: hook.failsClosed) ? seen : nil
    }

    private func hooks(for review: Review, isMutating: Bool) async throws(APIError) -> [Webhook] {
        // Webhooks do not judge the objects that say which webhooks there are.
        guard review.type.group != "admissionregistration.k8s.io" else { return [] }
        let resource = "\(isMutating ? "mutating" : "validating")webhookconfigurations.admissionregistration.k8s.io"
        return await store.list(resource).flatMap { configuration in
            (configuration["webhooks"]?.array ?? []).map {
                Webhook(value: $0, configuration: configuration.name, isMutating: isMutating)
            }
        }
    }

    /// The webhook's patch, nil where it changes nothing. Throws its denial, and its failure unless the policy is to
    /// ignore that.
    private func ask(
        _ hook: Webhook, _ review: Review, _ seen: ResourceType, _ warnings: inout [String]
    ) async throws(APIError) -> Value? {
        if review.isDryRun, hook.hasSideEffects {
            throw .badRequest("admission webhook \"\(hook.name)\" does not support dry run")
        }
        let uid = Review.newUID()
        let answer: Value
        do throws(WebhookFailure) {
            let bytes = try await client.call(hook, review.document(uid: uid, as: seen))
            answer = try Self.response(bytes, uid)
        } catch {
            guard hook.failsClosed else { return nil }
            throw .internalError("failed calling webhook \"\(hook.name)\": \(error.message)")
        }
        for warning in (answer["warnings"]?.array ?? []).compactMap(\.string) { warnings.append(warning) }
        guard answer["allowed"]?.bool == true else {
            var denial = Self.denial(hook, answer["status"])
            denial.warnings = warnings
            throw denial
        }
        guard hook.isMutating, let patch = answer["patch"]?.string, !patch.isEmpty else { return nil }
        guard answer["patchType"]?.string == "JSONPatch" else {
            throw .internalError(
                "received invalid webhook response: webhook returned invalid response.patchType of \(JSONWriter.string(answer["patchType"] ?? ""))"
            )
        }
        guard let bytes = Base64.decode(patch), let document = try? GoJSON.read(bytes).value, document.array != nil
        else { throw .internalError("admission webhook \"\(hook.name)\" sent a patch that is not a JSON patch") }
        return document
    }

    private static func response(_ bytes: [UInt8], _ uid: String) throws(WebhookFailure) -> Value {
        // The real server reads YAML here, of which JSON is a part.
        let document =
            (try? GoJSON.read(bytes).value)
            ?? (try? YAMLReader.node(from: bytes, limits: .init(depthMax: 128, bytesMax: 4 << 20)).value) ?? ""
        guard document.object != nil else {
            throw WebhookFailure(
                "failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal \(BodyReader.goType(document)) into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"
            )
        }
        let (version, kind) = (document["apiVersion"]?.string ?? "", document["kind"]?.string ?? "")
        guard version == "admission.k8s.io/v1", kind == "AdmissionReview" else {
            throw WebhookFailure(
                "received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got \(version.isEmpty ? "/" : version), Kind=\(kind)"
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

/// The labels of the namespace that a request is about.
enum NamespaceLabels {
    static func of(_ review: Review, _ store: ObjectStore) async -> [String: String]? {
        if review.type.qualifiedName == "namespaces" {
            return (review.object ?? review.oldObject).flatMap { try? Resource($0) }?.labels ?? [:]
        }
        guard review.type.isNamespaced else { return nil }
        let namespace = await store.get(.init(resource: "namespaces", namespace: "", name: review.namespace))
        return namespace.flatMap { try? Resource($0) }?.labels ?? [:]
    }
}

/// JSON patches of webhooks, with the real server's words for those that do not fit.
enum PatchWords {
    static func apply(_ patch: Value, to object: Value) throws(APIError) -> Value {
        var result = object
        for operation in patch.array ?? [] {
            do throws(WaybillError) {
                result = try JSONPatch([operation]).apply(to: result)
            } catch {
                throw .internalError(words(operation))
            }
        }
        return result
    }

    private static func words(_ operation: Value) -> String {
        let path = operation["path"]?.string ?? ""
        let key = path.split(separator: "/").last.map(String.init) ?? ""
        switch operation["op"]?.string {
        case "remove":
            return "error in remove for path: '\(path)': Unable to remove nonexistent key: \(key): missing value"
        case "replace": return "replace operation does not apply: doc is missing key: \(path): missing value"
        case "add": return "add operation does not apply: doc is missing path: \"\(path)\": missing value"
        case "test": return "testing value \(path) failed: test failed"
        case "move": return "error in move for path: '\(operation["from"]?.string ?? "")': missing value"
        case "copy": return "error in copy for from: '\(operation["from"]?.string ?? "")': missing value"
        case let other: return "Unexpected kind: \(other ?? "")"
        }
    }
}

import Documents
import Kubernetes
import KubernetesAPI

/// The kinds that are asked and answered, never stored: access reviews, token reviews and requests.
struct Reviews: Sendable {
    let store: ObjectStore
    let authorizer: Authorizer
    let tokens: ServiceAccountTokens

    /// The answer; nil where the type is no such kind.
    func answer(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse? {
        if path.type.qualifiedName == "serviceaccounts", path.subresource == "token", let name = path.name {
            guard request.method == "POST" else { throw .methodNotAllowed }
            return try await token(path, name, request)
        }
        if path.type.qualifiedName == "componentstatuses", request.method == "GET" {
            return APIResponse(
                ["kind": "ComponentStatusList", "apiVersion": "v1", "metadata": [:], "items": []],
                warnings: ["v1 ComponentStatus is deprecated in v1.19+"])
        }
        guard path.type.isVirtual else { return nil }
        guard request.method == "POST", path.name == nil else { throw .methodNotAllowed }
        try QueryChecks.check(request)
        var warnings: [String] = []
        let body = try BodyReader.body(request, kind: path.type.kind.kind)
        var object = try BodyReader.object(body, path.type, request, &warnings)
        object.fill(["metadata"], [:])
        switch path.type.kind.kind {
        case "SelfSubjectAccessReview", "SubjectAccessReview", "LocalSubjectAccessReview":
            object["status"] = try access(object, path, request)
        case "SelfSubjectRulesReview":
            guard let namespace = object[path: "spec", "namespace"]?.string, !namespace.isEmpty else {
                throw .badRequest("no namespace on request")
            }
            object["status"] = rules(namespace, request.user)
        case "SelfSubjectReview":
            object["metadata"] = ["creationTimestamp": .string(APITime.now)]
            object["status"] = ["userInfo": request.user.info]
        case "TokenReview": object["status"] = await review(object["spec"] ?? [:])
        default: throw .unsupported(path.type.plural)
        }
        return APIResponse(object, code: 201, warnings: warnings)
    }

    private func access(_ object: Value, _ path: ResourcePath, _ request: APIRequest) throws(APIError) -> Value {
        let spec = object["spec"] ?? [:]
        let unnamed = ObjectKind(group: "authorization.k8s.io", version: "", kind: "")
        var user = request.user
        if path.type.kind.kind != "SelfSubjectAccessReview" {
            user = APIUser(
                name: spec["user"]?.string ?? "", groups: (spec["groups"]?.array ?? []).compactMap(\.string))
        }
        let resource = spec["resourceAttributes"]
        let other = spec["nonResourceAttributes"]
        var causes: [FieldError] = []
        if resource != nil, let other {
            causes.append(
                .invalid(
                    "spec.nonResourceAttributes",
                    ["Path": other["path"] ?? "", "Verb": other["verb"] ?? ""],
                    "cannot be specified in combination with resourceAttributes"))
        } else if resource == nil, other == nil {
            causes.append(
                .invalid(
                    "spec.resourceAttributes", .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        if path.type.kind.kind != "SelfSubjectAccessReview", user.name.isEmpty, user.groups.isEmpty {
            causes.append(.invalid("spec.user", "", "at least one of user or group must be specified"))
        }
        guard causes.isEmpty else { throw .invalid(unnamed, "", causes) }
        if path.type.kind.kind == "LocalSubjectAccessReview" {
            let named = resource?["namespace"]?.string ?? ""
            if other != nil {
                throw .invalid(
                    unnamed, "",
                    [.invalid("spec.nonResourceAttributes", other ?? .null, "disallowed on this kind of request")])
            }
            if named != path.namespace {
                throw .invalid(
                    unnamed, "",
                    [.invalid("spec.resourceAttributes.namespace", .string(named), "must match metadata.namespace")])
            }
        }
        func text(_ key: String) -> String { (resource ?? other)?[key]?.string ?? "" }
        let asked =
            resource != nil
            ? AccessRequest(
                verb: text("verb"), group: text("group"), resource: text("resource"), subresource: text("subresource"),
                namespace: text("namespace"), name: text("name"))
            : AccessRequest(verb: text("verb"), path: text("path"))
        guard let reason = authorizer.snapshot.reason(for: asked, user) else { return ["allowed": false] }
        var status: Value = ["allowed": true]
        if !reason.isEmpty { status["reason"] = .string(reason) }
        return status
    }

    private func rules(_ namespace: String, _ user: APIUser) -> Value {
        let rules = authorizer.snapshot.rules(of: user, in: namespace)
        return [
            "resourceRules": .array(rules.filter { $0["nonResourceURLs"] == nil }),
            "nonResourceRules": .array(rules.filter { $0["nonResourceURLs"] != nil }), "incomplete": false,
        ]
    }

    private func review(_ spec: Value) async -> Value {
        let audiences = (spec["audiences"]?.array ?? []).compactMap(\.string)
        guard let found = await tokens.user(of: spec["token"]?.string ?? "", store) else {
            return ["user": [:], "error": "invalid bearer token"]
        }
        let wanted = audiences.isEmpty ? [ServiceAccountTokens.issuer] : audiences
        let agreed = found.audiences.filter(wanted.contains)
        guard !agreed.isEmpty else {
            return [
                "user": [:],
                "error":
                    .string(
                        "token audiences [\(found.audiences.map { "\"\($0)\"" }.joined(separator: " "))] is invalid for the target audiences [\(wanted.map { "\"\($0)\"" }.joined(separator: " "))]"
                    ),
            ]
        }
        return [
            "authenticated": true, "user": found.user.info, "audiences": .array(agreed.map(Value.string)),
        ]
    }

    private func token(_ path: ResourcePath, _ name: String, _ request: APIRequest) async throws(APIError)
        -> APIResponse
    {
        let kind = ObjectKind(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest")
        let type = ResourceType(kind: kind, plural: "tokenrequests", isNamespaced: true)
        var warnings: [String] = []
        let body = try BodyReader.body(request, kind: kind.kind)
        var object = try BodyReader.object(body, type, request, &warnings)
        guard
            let account = await store.get(
                .init(resource: "serviceaccounts", namespace: path.namespace ?? "", name: name))
        else { throw .notFound(path.type, name) }
        let seconds = object[path: "spec", "expirationSeconds"]?.integer ?? 3600
        if seconds < 600 || seconds > 1 << 32 {
            throw .invalid(
                kind, "",
                [
                    .invalid(
                        "spec.expirationSeconds", .integer(seconds),
                        seconds < 600
                            ? "may not specify a duration less than 10 minutes"
                            : "may not specify a duration larger than 2^32 seconds")
                ])
        }
        var audiences = (object[path: "spec", "audiences"]?.array ?? []).compactMap(\.string)
        if audiences.isEmpty { audiences = [ServiceAccountTokens.issuer] }
        let token = try tokens.issue(
            .init(
                namespace: account.namespace, name: name, uid: account.uid, audiences: audiences,
                bound: object[path: "spec", "boundObjectRef"]), seconds: seconds)
        let now = APITime.seconds(APITime.now) ?? 0
        object["metadata"] = [
            "name": .string(name), "namespace": .string(account.namespace), "uid": .string(account.uid),
            "creationTimestamp": .string(APITime.now),
        ]
        object[Pointer(["spec", "audiences"])] = .array(audiences.map(Value.string))
        object[Pointer(["spec", "expirationSeconds"])] = .integer(seconds)
        object.fill(["spec", "boundObjectRef"], .null)
        object["status"] = ["token": .string(token), "expirationTimestamp": .string(APITime.text(now + seconds))]
        return APIResponse(object, code: 201, warnings: warnings)
    }
}

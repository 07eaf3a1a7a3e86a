import Documents
import Kubernetes
import WaybillCore

/// What a list or a watch asks for.
struct Selection: Sendable {
    var labels: LabelSelector
    var fields: FieldSelector
    var namespace: String?
    var name: String?

    init(_ path: ResourcePath, _ request: APIRequest) throws(APIError) {
        do {
            labels = try LabelSelector(parsing: request.parameter("labelSelector") ?? "")
        } catch {
            throw .badRequest("unable to parse requirement: \(error.message)")
        }
        do {
            fields = try FieldSelector(parsing: request.parameter("fieldSelector") ?? "")
        } catch {
            throw .badRequest(error.message)
        }
        namespace = path.namespace
        name = path.name
        let known = Self.known(path.type)
        for requirement in fields.requirements where !known.contains(requirement.field) {
            let list = known.map { "\"\($0)\"" }.joined(separator: ", ")
            let standard =
                known == ["metadata.name", "metadata.namespace"]
                ? "is not a known field selector: only \(list)" : "field label not supported: \(requirement.field)"
            throw .badRequest(standard.hasPrefix("field") ? standard : "\"\(requirement.field)\" \(standard)")
        }
    }

    private static func known(_ type: ResourceType) -> [String] {
        let common = ["metadata.name", "metadata.namespace"]
        return switch type.qualifiedName {
        case "pods":
            common + [
                "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
                "spec.hostNetwork",
                "status.phase", "status.podIP", "status.nominatedNodeName",
            ]
        case "events":
            common + [
                "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
                "reportingComponent", "source", "type",
            ]
        case "secrets": common + ["type"]
        case "services": common + ["spec.clusterIP", "spec.type"]
        case "namespaces": common + ["status.phase"]
        case "nodes": common + ["spec.unschedulable"]
        case "replicasets.apps", "replicationcontrollers": common + ["status.replicas"]
        case "jobs.batch": common + ["status.successful"]
        default: common
        }
    }

    func matches(_ object: Value) -> Bool {
        guard let resource = try? Resource(object) else { return false }
        return (namespace == nil || resource.namespace == namespace) && (name == nil || resource.name == name)
            && labels.matches(resource) && fields.matches(resource)
    }
}

extension ObjectAPI {
    func list(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let selection = try Selection(path, request)
        var limit: Int?
        if let text = request.parameter("limit"), !text.isEmpty {
            guard let number = Int(text), number >= 0 else {
                throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
            }
            limit = number == 0 ? nil : number
        }
        try checkVersionParameters(request)
        var token: ContinueToken?
        if let text = request.parameter("continue"), !text.isEmpty {
            guard let parsed = ContinueToken(text) else {
                throw .badRequest("invalid continue token: continue key is not valid")
            }
            token = parsed
        }
        let current = await store.revision
        let revision = token?.revision ?? current
        let objects: [Value]
        do {
            objects = try await store.list(path.type.qualifiedName, namespace: path.namespace, at: token?.revision)
        } catch {
            throw .gone(
                "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter."
            )
        }
        var page = objects.filter(selection.matches)
        if let token {
            page.removeAll { !token.precedes($0) }
        }
        var metadata: Value = ["resourceVersion": .string(String(revision))]
        if let limit, page.count > limit {
            let left = page.count - limit
            page = Array(page.prefix(limit))
            if let last = page.last {
                metadata["continue"] = .string(ContinueToken(revision: revision, after: last).text)
            }
            if selection.labels.requirements.isEmpty, selection.fields.requirements.isEmpty {
                metadata["remainingItemCount"] = .integer(left)
            }
        }
        return APIResponse([
            "kind": .string(path.type.listKind), "apiVersion": .string(path.type.kind.apiVersion), "metadata": metadata,
            "items": .array(page),
        ])
    }

    func checkVersionParameters(_ request: APIRequest) throws(APIError) {
        let version = request.parameter("resourceVersion") ?? ""
        if !version.isEmpty, UInt64(version) == nil {
            throw .badRequest(
                "invalid resource version: resourceVersion: Invalid value: \"\(version)\": strconv.ParseUint: parsing \"\(version)\": invalid syntax"
            )
        }
        guard let match = request.parameter("resourceVersionMatch"), !match.isEmpty else { return }
        let kind = ObjectKind(group: "meta.k8s.io", version: "v1", kind: "ListOptions")
        if request.flag("watch"), request.parameter("sendInitialEvents") == nil {
            throw .invalid(
                kind, "",
                [
                    .forbidden(
                        "resourceVersionMatch",
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
                ])
        }
        if version.isEmpty, !request.flag("watch") {
            throw .invalid(
                kind, "",
                [
                    .forbidden(
                        "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
                ])
        }
        if !["Exact", "NotOlderThan"].contains(match) {
            throw .invalid(
                kind, "", [.unsupported("resourceVersionMatch", .string(match), ["Exact", "NotOlderThan", ""])])
        }
    }
}

/// Where the next page of a list begins, and of which moment the list is.
struct ContinueToken {
    var revision: Int
    var namespace: String
    var name: String

    init(revision: Int, after object: Value) {
        self.revision = revision
        namespace = object[path: "metadata", "namespace"]?.string ?? ""
        name = object[path: "metadata", "name"]?.string ?? ""
    }

    init?(_ text: String) {
        guard let bytes = Base64.decode(text), let value = try? JSONReader.value(from: bytes),
            let revision = value["rv"]?.integer, let namespace = value["namespace"]?.string,
            let name = value["name"]?.string
        else { return nil }
        self.revision = revision
        self.namespace = namespace
        self.name = name
    }

    var text: String {
        Base64.encode(
            JSONWriter.bytes([
                "v": "meta.k8s.io/v1", "rv": .integer(revision), "namespace": .string(namespace), "name": .string(name),
            ]), alphabet: .urlSafe)
    }

    /// The object comes after the last one of the page before.
    func precedes(_ object: Value) -> Bool {
        let here = ObjectStore.Key(resource: "", namespace: namespace, name: name)
        let there = ObjectStore.Key(
            resource: "", namespace: object[path: "metadata", "namespace"]?.string ?? "",
            name: object[path: "metadata", "name"]?.string ?? "")
        return here < there
    }
}

import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

/// What a list or a watch asks for.
struct Selection: Sendable {
    var labels: LabelSelector
    var fields: FieldSelector
    var namespace: String?
    var name: String?

    /// Any word but a no is a yes.
    static func isWatch(_ request: APIRequest) -> Bool {
        guard let word = request.parameter("watch") else { return false }
        return !["false", "0"].contains(word.lowercased())
    }

    init(_ path: ResourcePath, _ request: APIRequest) throws(APIError) {
        do {
            labels = try LabelSelector(parsing: request.parameter("labelSelector") ?? "")
        } catch {
            throw .badRequest(
                "unable to parse requirement: \(SelectorText.problem(request.parameter("labelSelector") ?? ""))")
        }
        if let problem = SelectorText.problem(labels) {
            throw .badRequest("unable to parse requirement: \(problem)")
        }
        let text = request.parameter("fieldSelector") ?? ""
        do {
            fields = try FieldSelector(parsing: text)
        } catch {
            throw .badRequest(error.message)
        }
        namespace = path.namespace
        name = path.name
        let known = Self.known(path.type)
        for requirement in fields.requirements where !known.contains(requirement.field) {
            if path.type.custom == nil, known == ["metadata.name", "metadata.namespace"] {
                throw .badRequest(
                    "\"\(requirement.field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                )
            }
            let what = "field label not supported: \(requirement.field)"
            guard path.type.custom == nil else { throw .badRequest(what) }
            throw .badRequest(Self.framed(what, path, request))
        }
    }

    /// The real server names the resource around some complaints.
    private static func framed(_ what: String, _ path: ResourcePath, _ request: APIRequest) -> String {
        what
    }

    private static func known(_ type: ResourceType) -> [String] {
        let common = ["metadata.name", "metadata.namespace"]
        if let custom = type.custom { return common + custom.selectableFields }
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
        case "certificatesigningrequests.certificates.k8s.io": common + ["spec.signerName"]
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
        let limit = try Self.number("limit", request).flatMap { $0 == 0 ? nil : max(0, $0) }
        _ = try Self.number("timeoutSeconds", request)
        try ListChecks.check(request)
        let selection = try Selection(path, request)
        let version = request.parameter("resourceVersion") ?? ""
        var token: ContinueToken?
        if let text = request.parameter("continue"), !text.isEmpty {
            token = try ContinueToken(text)
            if !version.isEmpty, version != "0" {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
        }
        if !version.isEmpty, UInt64(version) == nil {
            throw .badRequest(
                "invalid resource version: resourceVersion: Invalid value: \"\(version)\": strconv.ParseUint: parsing \"\(version)\": invalid syntax"
            )
        }
        let current = await store.revision
        let isExact = request.parameter("resourceVersionMatch") == "Exact"
        if let asked = Int(version), asked > current { throw Self.tooLarge(asked, current) }
        let past = token?.revision ?? (isExact ? Int(version) : nil)
        let objects: [Value]
        do {
            objects =
                if let past {
                    try await store.list(path.type.qualifiedName, namespace: path.namespace, at: past)
                } else {
                    await store.list(path.type.qualifiedName, namespace: path.namespace)
                }
        } catch {
            throw .gone(
                token == nil
                    ? "The resourceVersion for the provided list is too old."
                    : "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter."
            )
        }
        var page = objects.map { Self.presented($0, path.type) }.filter(selection.matches)
        if let token { page.removeAll { !token.precedes($0) } }
        var metadata: Value = ["resourceVersion": .string(String(past ?? current))]
        if path.type.custom != nil { metadata["continue"] = "" }
        if let limit, page.count > limit {
            let left = page.count - limit
            page = Array(page.prefix(limit))
            if let last = page.last {
                metadata["continue"] = .string(ContinueToken(revision: past ?? current, after: last).text)
            }
            if selection.labels.requirements.isEmpty, selection.fields.requirements.isEmpty {
                metadata["remainingItemCount"] = .integer(left)
            }
        }
        if path.type.custom == nil {
            // Elements of a typed list do not repeat what the list's own type says.
            page = page.map { object in
                var object = object
                object["kind"] = nil
                object["apiVersion"] = nil
                return object
            }
        }
        return APIResponse([
            "kind": .string(path.type.listKind), "apiVersion": .string(path.type.kind.apiVersion), "metadata": metadata,
            "items": .array(page),
        ])
    }

    static func number(_ name: String, _ request: APIRequest) throws(APIError) -> Int? {
        guard let text = request.parameter(name), !text.isEmpty else { return nil }
        guard let number = Int(text) else {
            throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
        }
        return number
    }

    static func tooLarge(_ asked: Int, _ current: Int) -> APIError {
        APIError(
            code: 504, reason: "Timeout",
            message: "Timeout: Too large resource version: \(asked), current: \(current)",
            details: [
                "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
                "retryAfterSeconds": 1,
            ])
    }
}

/// What lists and watches may ask for together.
enum ListChecks {
    static func check(_ request: APIRequest) throws(APIError) {
        let isWatch = Selection.isWatch(request)
        let match = request.parameter("resourceVersionMatch") ?? ""
        let version = request.parameter("resourceVersion") ?? ""
        let sends = request.parameter("sendInitialEvents")
        var causes: [APIError.Cause] = []
        if isWatch {
            if sends != nil {
                if match != "NotOlderThan" {
                    causes.append(
                        .forbidden(
                            "resourceVersionMatch",
                            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
                    if !match.isEmpty {
                        causes.append(.unsupported("resourceVersionMatch", .string(match), ["NotOlderThan"]))
                    }
                }
            } else if !match.isEmpty {
                causes.append(
                    .forbidden(
                        "resourceVersionMatch",
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
            }
        } else {
            if !match.isEmpty {
                if version.isEmpty {
                    causes.append(
                        .forbidden(
                            "resourceVersionMatch",
                            "resourceVersionMatch is forbidden unless resourceVersion is provided"))
                }
                if request.parameter("continue")?.isEmpty == false {
                    causes.append(
                        .forbidden(
                            "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"))
                }
                if !["Exact", "NotOlderThan"].contains(match) {
                    causes.append(
                        .unsupported("resourceVersionMatch", .string(match), ["Exact", "NotOlderThan", ""]))
                } else if match == "Exact", version == "0" {
                    causes.append(
                        .forbidden(
                            "resourceVersionMatch",
                            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
                }
            }
            if sends != nil {
                causes.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
            }
        }
        if !causes.isEmpty { throw .invalidOptions("ListOptions", causes) }
    }
}

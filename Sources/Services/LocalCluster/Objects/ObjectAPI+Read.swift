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

/// What the real server's parser says about a selector that it cannot read.
enum SelectorText {
    static func problem(_ text: String) -> String {
        var rest = Array(text)[...]
        func skip() { while rest.first == " " { rest = rest.dropFirst() } }
        func word() -> String {
            skip()
            var result = ""
            while let character = rest.first, !"=!,()<> ".contains(character) {
                result.append(character)
                rest = rest.dropFirst()
            }
            return result
        }
        func symbol() -> String {
            skip()
            for length in [2, 1] {
                let candidate = String(rest.prefix(length))
                if ["==", "!=", "=", "!", ",", "(", ")", "<", ">"].contains(candidate) {
                    rest = rest.dropFirst(candidate.count)
                    return candidate
                }
            }
            return ""
        }
        while true {
            skip()
            if rest.first == "!" { rest = rest.dropFirst() }
            let key = word()
            if key.isEmpty { return "found '\(symbol())', expected: identifier" }
            skip()
            let sign = symbol()
            switch sign {
            case "=", "==", "!=", "<", ">":
                skip()
                if let next = rest.first, "=!(<>".contains(next) {
                    return "found '\(symbol())', expected: identifier"
                }
                let value = word()
                if sign == "<" || sign == ">", Int(value) == nil {
                    return
                        "values[0][\(key)]: Invalid value: \"\(value)\": for 'Gt', 'Lt' operators, the value must be an integer"
                }
            case ",", "":
                let operation = sign.isEmpty ? word() : ""
                if operation == "in" || operation == "notin" {
                    if symbol() != "(" { return "found '\(word())', expected: '('" }
                    while true {
                        _ = word()
                        let next = symbol()
                        if next == "," { continue }
                        if next == ")" { break }
                        return "found '\(next)', expected: ',' or ')'"
                    }
                } else if !operation.isEmpty {
                    return
                        "found '\(operation)', expected: in, notin, =, ==, !=, gt, lt"
                }
            default: return "found '\(sign)', expected: identifier"
            }
            skip()
            if rest.isEmpty { return "found '', expected: identifier" }
            if sign != ",", symbol() != "," { return "found '\(word())', expected: ',' or 'end of string'" }
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

    init(_ text: String) throws(APIError) {
        func failure(_ why: String) -> APIError {
            .badRequest("invalid continue token: continue key is not valid: \(why)")
        }
        // The alphabet is taken without its padding too.
        guard
            let bytes = Base64.decode(text)
                ?? Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
        else { throw failure("illegal base64 data at input byte 0") }
        let value: Value
        do throws(GoJSON.Failure) {
            value = try GoJSON.read(bytes).value
        } catch {
            throw failure(error.message)
        }
        guard let revision = value["rv"]?.integer, let namespace = value["namespace"]?.string,
            let name = value["name"]?.string
        else { throw failure("unrecognized encoded version \"\(value["v"]?.string ?? "")\"") }
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

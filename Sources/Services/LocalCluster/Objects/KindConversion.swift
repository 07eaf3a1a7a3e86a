import Documents
import Kubernetes

/// Kinds that are one kind seen in two versions: autoscalers, events. The store keeps one of them.
struct KindConversion: Sendable {
    let from: ResourceType
    let to: ResourceType

    /// The version that the store keeps; nil where the type is it.
    static func stored(of type: ResourceType) -> ResourceType? {
        switch type.kind {
        case ObjectKind(group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler"):
            ResourceTable.type(of: ObjectKind(group: "autoscaling", version: "v2", kind: type.kind.kind))
        case ObjectKind(group: "events.k8s.io", version: "v1", kind: "Event"):
            ResourceTable.type(of: ObjectKind(group: "", version: "v1", kind: "Event"))
        default: ResourceType?.none
        }
    }

    /// The other versions of the resource.
    static func equivalents(of type: ResourceType, in registry: TypeRegistry) -> [ResourceType] {
        if type.custom != nil {
            return registry.customTypes.filter { $0.qualifiedName == type.qualifiedName && $0.kind != type.kind }
        }
        return ResourceTable.all.filter { stored(of: $0)?.kind == type.kind }
    }

    static func converted(_ object: Value, from: ResourceType, to: ResourceType) -> Value {
        guard from.kind != to.kind else { return object }
        var result: Value
        switch (from.kind.apiVersion, to.kind.apiVersion) {
        case ("autoscaling/v1", "autoscaling/v2"): result = AutoscalerVersions.newer(object)
        case ("autoscaling/v2", "autoscaling/v1"): result = AutoscalerVersions.older(object)
        case ("events.k8s.io/v1", "v1"): result = EventVersions.core(object)
        case ("v1", "events.k8s.io/v1"): result = EventVersions.events(object)
        default: result = object
        }
        result["apiVersion"] = .string(to.kind.apiVersion)
        return result
    }

    private func inbound(_ object: Value) -> Value { Self.converted(object, from: from, to: to) }
    private func outbound(_ object: Value) -> Value {
        guard object["kind"]?.string != "Status" else { return object }
        if let items = object["items"]?.array {
            var list = object
            list["apiVersion"] = .string(from.kind.apiVersion)
            list["items"] = .array(
                items.map { item in
                    var item = Self.converted(item, from: to, to: from)
                    item["apiVersion"] = nil
                    return item
                })
            return list
        }
        return Self.converted(object, from: to, to: from)
    }

    /// Answers a request for one version by way of the other.
    func handle(_ path: ResourcePath, _ request: APIRequest, _ objects: ObjectAPI) async throws(APIError) -> APIResponse
    {
        var inner = path
        inner.type = to
        var request = request
        if ["POST", "PUT"].contains(request.method) {
            var warnings: [String] = []
            let body = try BodyReader.body(request, kind: from.kind.kind)
            let object = try BodyReader.object(body, from, request, &warnings)
            request.body = JSONWriter.bytes(inbound(Defaults.apply(to: object, from)))
            request.contentType = "application/json"
        } else if request.method == "PATCH", let name = path.name {
            request = try await patched(inner, name, request, objects)
        }
        var response = try await objects.handle(inner, request)
        switch response.body {
        case .document(let value): response.body = .document(outbound(value))
        case .watch(let events):
            let (stream, continuation) = AsyncStream<Value>.makeStream()
            let work = Task {
                for await event in events {
                    var event = event
                    if let object = event["object"], event["type"] != "ERROR" { event["object"] = outbound(object) }
                    continuation.yield(event)
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in work.cancel() }
            response.body = .watch(stream)
        default: break
        }
        return response
    }

    /// A patch of this version as a replacement in the other.
    private func patched(
        _ path: ResourcePath, _ name: String, _ request: APIRequest, _ objects: ObjectAPI
    ) async throws(APIError) -> APIRequest {
        let media = BodyReader.mediaType(request)
        guard media != "application/apply-patch+yaml" else {
            throw .unsupported("server-side apply of \(from.kind.apiVersion) \(from.kind.kind)")
        }
        try QueryChecks.check(request)
        let old = outbound(try await objects.existing(path, name))
        let patch = try BodyReader.body(request, kind: from.kind.kind)
        var new = try ObjectAPI.patched(old, by: patch.document, media: media, type: from)
        if new[path: "metadata", "resourceVersion"] == nil {
            new[Pointer(["metadata", "resourceVersion"])] = old[path: "metadata", "resourceVersion"]
        }
        var warnings: [String] = []
        let object = try BodyReader.checked(new, from, request, patch.duplicates, &warnings)
        var result = request
        result.method = "PUT"
        result.query.removeAll { $0.name == "force" }
        result.body = JSONWriter.bytes(inbound(Defaults.apply(to: object, from)))
        result.contentType = "application/json"
        return result
    }
}

/// `autoscaling/v1` knows one metric only: the use of processors.
enum AutoscalerVersions {
    private static func isProcessor(_ metric: Value) -> Bool {
        metric["type"] == "Resource" && metric["resource"]?["name"] == "cpu"
            && metric["resource"]?["target"]?["averageUtilization"] != nil
    }

    static func older(_ object: Value) -> Value {
        var result = object
        let metrics = object[path: "spec", "metrics"]?.array ?? []
        if let metric = metrics.first(where: isProcessor) {
            result[Pointer(["spec", "targetCPUUtilizationPercentage"])] =
                metric["resource"]?["target"]?["averageUtilization"]
        }
        let others = metrics.filter { !isProcessor($0) }
        if !others.isEmpty {
            result[Pointer(["metadata", "annotations", "autoscaling.alpha.kubernetes.io/metrics"])] = .string(
                JSONWriter.string(.array(others)))
        }
        if let behavior = object[path: "spec", "behavior"] {
            result[Pointer(["metadata", "annotations", "autoscaling.alpha.kubernetes.io/behavior"])] = .string(
                JSONWriter.string(behavior))
        }
        for key in ["metrics", "behavior"] { result[Pointer(["spec", key])] = nil }
        if let status = object["status"] {
            var old: Value = [
                "currentReplicas": status["currentReplicas"] ?? 0, "desiredReplicas": status["desiredReplicas"] ?? 0,
            ]
            for key in ["lastScaleTime", "observedGeneration"] { old[key] = status[key] }
            result["status"] = old
        }
        return result
    }

    static func newer(_ object: Value) -> Value {
        var result = object
        var metrics: [Value] = []
        let notes = object[path: "metadata", "annotations"]
        if let text = notes?["autoscaling.alpha.kubernetes.io/metrics"]?.string,
            let others = (try? JSONReader.value(from: text))?.array
        {
            metrics = others
        }
        if let target = object[path: "spec", "targetCPUUtilizationPercentage"] {
            metrics.append([
                "type": "Resource",
                "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": target]],
            ])
        }
        result[Pointer(["spec", "targetCPUUtilizationPercentage"])] = nil
        if !metrics.isEmpty { result[Pointer(["spec", "metrics"])] = .array(metrics) }
        if let text = notes?["autoscaling.alpha.kubernetes.io/behavior"]?.string,
            let behavior = try? JSONReader.value(from: text)
        {
            result[Pointer(["spec", "behavior"])] = behavior
        }
        for key in ["metrics", "behavior"] {
            result[Pointer(["metadata", "annotations", "autoscaling.alpha.kubernetes.io/\(key)"])] = nil
        }
        if result[path: "metadata", "annotations"]?.object?.isEmpty == true {
            result[Pointer(["metadata", "annotations"])] = nil
        }
        result[Pointer(["status", "currentCPUUtilizationPercentage"])] = nil
        return result
    }
}

/// Events of both groups are the same things under two names each.
enum EventVersions {
    private static let names: [(core: String, events: String)] = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    static func core(_ event: Value) -> Value { renamed(event) { ($0.events, $0.core) } }

    static func events(_ event: Value) -> Value {
        var result = renamed(event) { ($0.core, $0.events) }
        // What is empty is left out in this form.
        for key in ["reportingController", "reportingInstance", "action", "note", "reason", "type"]
        where result[key] == "" {
            result[key] = nil
        }
        return result
    }

    private static func renamed(_ event: Value, _ pair: ((core: String, events: String)) -> (String, String)) -> Value {
        var result = Object()
        for member in event.object ?? Object() {
            let names = names.map(pair).first { $0.0 == member.key }
            result[names?.1 ?? member.key] = member.value
        }
        return .object(result)
    }
}

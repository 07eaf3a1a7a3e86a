import Documents
import KubernetesAPI

/// What may not change of a pod that exists: nearly everything.
enum PodChanges {
    typealias Cause = FieldError

    static func check(_ pod: Value, _ old: Value) -> [Cause] {
        let (spec, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
        for list in ["containers", "initContainers"]
        where spec[list]?.array?.count ?? 0 != before[list]?.array?.count ?? 0 {
            return [.forbidden("spec.\(list)", "pod updates may not add or remove containers")]
        }
        var causes: [Cause] = []
        let field = "spec.activeDeadlineSeconds"
        let deadline = before["activeDeadlineSeconds"]?.integer
        if let seconds = spec["activeDeadlineSeconds"]?.integer {
            if let deadline, seconds > deadline {
                return [.invalid(field, .integer(seconds), "must be less than or equal to previous value")]
            }
        } else if deadline != nil {
            causes.append(.invalid(field, .null, "must not update from a positive integer to nil value"))
        }
        causes += tolerations(spec, before) + schedulingGates(spec, before)
        let isGated = before["schedulingGates"]?.array?.isEmpty == false
        if isGated, added(spec["nodeSelector"], before["nodeSelector"]) == false {
            causes.append(
                .invalid(
                    "spec.nodeSelector", spec["nodeSelector"] ?? .null,
                    "only additions are allowed (no mutations or deletions)"))
        }
        let frozen = self.frozen(spec, before, isGated: isGated)
        guard frozen != before else { return causes }
        let rule = """
            pod updates may not change fields other than \
            `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,\
            `spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` \
            (allow it to be set to 1 if it was previously negative)
            """
        return causes + [
            .forbidden("spec", "\(rule)\n\(GoStructure.difference(before, frozen, "PodSpec"))")
        ]
    }

    /// The new pod with everything that may change as it was.
    private static func frozen(_ new: Value, _ old: Value, isGated: Bool) -> Value {
        var spec = new
        for list in ["containers", "initContainers"] {
            let images = (old[list]?.array ?? []).map { $0["image"] }
            guard var containers = spec[list]?.array else { continue }
            for index in containers.indices { containers[index]["image"] = images[index] }
            spec[list] = .array(containers)
        }
        for key in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] { spec[key] = old[key] }
        if old["terminationGracePeriodSeconds"]?.integer ?? 0 < 0, new["terminationGracePeriodSeconds"]?.integer == 1 {
            spec["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
        }
        if isGated { spec["nodeSelector"] = old["nodeSelector"] }
        return spec
    }

    /// Whether the new map has all of the old one.
    private static func added(_ new: Value?, _ old: Value?) -> Bool {
        (old?.object ?? Object()).allSatisfy { new?[$0.key] == $0.value }
    }

    private static func tolerations(_ new: Value, _ old: Value) -> [Cause] {
        func timeless(_ spec: Value) -> [Value] {
            (spec["tolerations"]?.array ?? []).map { toleration in
                var toleration = toleration
                toleration["tolerationSeconds"] = nil
                return toleration
            }
        }
        let kept = timeless(new)
        guard timeless(old).contains(where: { !kept.contains($0) }) else { return [] }
        return [.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")]
    }

    private static func schedulingGates(_ new: Value, _ old: Value) -> [Cause] {
        let before = old["schedulingGates"]?.array ?? []
        return (new["schedulingGates"]?.array ?? []).enumerated().filter { !before.contains($0.element) }.map {
            .forbidden(
                "spec.schedulingGates[\($0.offset)]",
                "only deletion is allowed, but found new scheduling gate '\($0.element.named)'")
        }
    }

    // MARK: Ephemeral containers

    /// They are added and never changed.
    static func ephemeralContainers(_ pod: Value, _ old: Value) -> [Cause] {
        let field = "spec.ephemeralContainers"
        let after = pod[path: "spec", "ephemeralContainers"]?.array ?? []
        return (old[path: "spec", "ephemeralContainers"]?.array ?? []).compactMap { container in
            guard let same = after.first(where: { $0["name"] == container["name"] }) else {
                return .forbidden(
                    field, "existing ephemeral containers \"\(container.named)\" may not be removed\n")
            }
            guard same != container else { return nil }
            return .forbidden(
                field,
                "existing ephemeral containers \"\(container.named)\" may not be changed\n"
                    + GoStructure.difference(container, same, "EphemeralContainer"))
        }
    }
}

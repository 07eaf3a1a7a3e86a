public import Documents
import Packages

extension RemediationResult {
    /// With stable keys, for programs.
    public var value: Value {
        var value: Value = ["ecosystem": .string(ecosystem.description)]
        if strategy != .update {
            value["strategy"] = .string(strategy.rawValue)
            value["vulnerabilities"] = .array(vulnerabilities.map(\.value))
        }
        value["patches"] = .array(patches.map { $0.value(isUpdate: strategy == .update) })
        return value
    }
}

extension VulnerabilityOccurrence {
    var value: Value {
        var value: Value = [
            "id": .string(id),
            "packages": .array(packages.map { ["name": .string($0.name), "version": .string($0.version)] }),
        ]
        if isUnactionable { value["unactionable"] = true }
        return value
    }
}

extension RemediationPatch {
    public var value: Value { value(isUpdate: false) }

    func value(isUpdate: Bool) -> Value {
        var value: Value = [:]
        if !updates.isEmpty {
            value["packageUpdates"] = .array(
                updates.map { update in
                    var value: Value = [
                        "name": .string(update.name), "versionFrom": .string(update.from),
                        "versionTo": .string(update.to),
                    ]
                    if !isUpdate { value["transitive"] = .bool(update.isTransitive) }
                    return value
                })
        }
        if !fixed.isEmpty { value["fixed"] = .array(fixed.map(\.value)) }
        if !introduced.isEmpty { value["introduced"] = .array(introduced.map(\.value)) }
        return value
    }
}

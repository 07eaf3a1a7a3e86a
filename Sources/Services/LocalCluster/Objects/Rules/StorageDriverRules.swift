import Documents
import KubernetesAPI

/// What makes drivers of storage, and what they tell of volumes, unfit.
enum StorageDriverRules {
    typealias Cause = FieldError

    private static let nameBytesMax = 63
    private static let nodeNameBytesMax = 192

    /// A driver's name: a domain of at most 63 characters.
    private static func driverName(_ name: String, _ field: String) -> [Cause] {
        var causes: [Cause] = name.isEmpty ? [.required(field)] : []
        if name.utf8.count > nameBytesMax { causes.append(.tooLong(field, bytesMax: nameBytesMax)) }
        return causes + FieldRules.invalid(field, name.lowercased(), NameRules.subdomainProblems(name.lowercased()))
    }

    static func driver(_ driver: Value) -> [Cause] {
        let spec = driver["spec"] ?? [:]
        var causes = driverName(driver.name, "name")
        for key in ["attachRequired", "podInfoOnMount", "storageCapacity"] where spec[key] == nil {
            causes.append(.required("spec.\(key)"))
        }
        causes += FieldRules.optionalWord(
            spec["fsGroupPolicy"], "spec.fsGroupPolicy", ["File", "None", "ReadWriteOnceWithFSType"])
        causes += tokenRequests(spec["tokenRequests"]?.array ?? [])
        for mode in spec["volumeLifecycleModes"]?.array ?? [] {
            causes += FieldRules.supportedWord(mode, "spec.volumeLifecycleModes", ["Ephemeral", "Persistent"])
        }
        if let seconds = spec["nodeAllocatableUpdatePeriodSeconds"]?.integer, seconds < 10 {
            causes.append(
                .invalid(
                    "spec.nodeAllocatableUpdatePeriodSeconds", .integer(seconds),
                    "must be greater than or equal to 10 seconds"))
        }
        return causes
    }

    private static func tokenRequests(_ requests: [Value]) -> [Cause] {
        var causes: [Cause] = []
        var audiences: Set<String> = []
        for (index, request) in requests.enumerated() {
            let path = "spec.tokenRequests[\(index)]"
            let audience = FieldRules.text(request["audience"])
            if !audiences.insert(audience).inserted { causes.append(.duplicate("\(path).audience", .string(audience))) }
            guard let seconds = request["expirationSeconds"]?.integer else { continue }
            if seconds < 600 {
                causes.append(
                    .invalid(
                        "\(path).expirationSeconds", .integer(seconds),
                        "may not specify a duration less than 10 minutes"))
            }
            if seconds > 1 << 32 {
                causes.append(
                    .invalid(
                        "\(path).expirationSeconds", .integer(seconds),
                        "may not specify a duration larger than 2^32 seconds"))
            }
        }
        return causes
    }

    static func node(_ node: Value) -> [Cause] {
        var causes: [Cause] = []
        var names: Set<String> = []
        for (index, driver) in (node[path: "spec", "drivers"]?.array ?? []).enumerated() {
            let path = "spec.drivers[\(index)]"
            causes += driverName(driver.named, "\(path).name")
            let identity = FieldRules.text(driver["nodeID"])
            if identity.isEmpty { causes.append(.required("\(path).nodeID")) }
            if identity.utf8.count > nodeNameBytesMax {
                causes.append(
                    .invalid(
                        "\(path).nodeID", .string(identity), "must be \(nodeNameBytesMax) characters or less"))
            }
            if let count = driver[path: "allocatable", "count"]?.integer, count < 0 {
                causes.append(
                    .invalid("\(path).allocatable.count", .integer(count), WorkloadRules.nonnegative))
            }
            for key in (driver["topologyKeys"]?.array ?? []).compactMap(\.string) {
                if key.isEmpty { causes.append(.required(path)) }
                causes += FieldRules.labelKey(key, path)
            }
            if !names.insert(driver.named).inserted {
                causes.append(.duplicate("\(path).name", .string(driver.named)))
            }
        }
        return causes
    }

    static func attachment(_ attachment: Value) -> [Cause] {
        let spec = attachment["spec"] ?? [:]
        let attacher = FieldRules.text(spec["attacher"])
        var causes = driverName(attacher, "spec.attacher")
        let volume = spec[path: "source", "persistentVolumeName"]
        let inline = spec[path: "source", "inlineVolumeSpec"]
        if volume == nil, inline == nil {
            causes.append(
                .required("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"))
        } else if volume != nil, inline != nil {
            causes.append(
                .forbidden("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"))
        } else if let name = volume?.string {
            causes +=
                name.isEmpty
                ? [.required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName")] : []
        }
        return causes
            + FieldRules.invalid(
                "spec.nodeName", FieldRules.text(spec["nodeName"]),
                NameRules.subdomainProblems(FieldRules.text(spec["nodeName"])))
    }

    static func attributesClass(_ value: Value) -> [Cause] {
        let driver = FieldRules.text(value["driverName"])
        var causes: [Cause] =
            driver.isEmpty ? [.required("driverName")] : driverName(driver, "driverName")
        let parameters = value["parameters"]?.object ?? Object()
        if parameters.isEmpty {
            causes.append(.required("parameters", "must contain at least one key/value pair"))
        }
        for parameter in parameters.sorted() where parameter.key.isEmpty {
            causes.append(.invalid("parameters", "", "field can not be empty."))
        }
        return causes
    }

    static func capacity(_ value: Value) -> [Cause] {
        let name = FieldRules.text(value["storageClassName"])
        return FieldRules.selector(value["nodeTopology"], "nodeTopology")
            + (name.isEmpty
                ? [.required("storageClassName")]
                : FieldRules.invalid("storageClassName", name, NameRules.subdomainProblems(name)))
    }
}

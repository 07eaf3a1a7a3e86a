import Documents
import Kubernetes
import KubernetesAPI

/// Where the data of volumes comes from.
enum VolumeSourceRules {
    typealias Cause = FieldError

    /// A kind of source, what its errors call it where that differs, and the members that it must have.
    private struct Kind {
        var key: String
        var required: [String] = []
        var shown: String?
    }

    /// In the order in which the server looks at the volumes of pods.
    private static let kinds: [Kind] = [
        Kind(key: "emptyDir"), Kind(key: "hostPath"), Kind(key: "gitRepo", required: ["repository"]),
        Kind(key: "gcePersistentDisk", required: ["pdName"], shown: "persistentDisk"),
        Kind(key: "awsElasticBlockStore", required: ["volumeID"]), Kind(key: "secret", required: ["secretName"]),
        Kind(key: "nfs", required: ["server", "path"]), Kind(key: "iscsi", required: ["targetPortal"]),
        Kind(key: "glusterfs", required: ["endpoints", "path"]), Kind(key: "flocker"),
        Kind(key: "persistentVolumeClaim", required: ["claimName"]), Kind(key: "rbd"),
        Kind(key: "cinder", required: ["volumeID"]), Kind(key: "cephfs"),
        Kind(key: "quobyte"), Kind(key: "downwardAPI"), Kind(key: "fc"),
        Kind(key: "flexVolume", required: ["driver"]), Kind(key: "configMap", required: ["name"]),
        Kind(key: "azureFile", required: ["secretName", "shareName"]),
        Kind(key: "vsphereVolume", required: ["volumePath"]), Kind(key: "photonPersistentDisk", required: ["pdID"]),
        Kind(key: "portworxVolume", required: ["volumeID"]),
        Kind(key: "azureDisk", required: ["diskName", "diskURI"]), Kind(key: "storageos"),
        Kind(key: "projected"), Kind(key: "scaleIO", required: ["gateway", "system", "volumeName"]),
        Kind(key: "csi"), Kind(key: "ephemeral"), Kind(key: "image"),
    ]

    private static let persistentOrder = [
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte",
        "cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk",
        "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
    ]

    static func inPod(_ volume: Value, _ path: String) -> [Cause] {
        let given = kinds.filter { volume[$0.key] != nil }
        guard let first = given.first else { return [.required(path, "must specify a volume type")] }
        var causes = source(volume[first.key] ?? [:], first, path, isPersistent: false)
        for extra in given.dropFirst() {
            let name = ["cephfs": "cephFS", "downwardAPI": "downwarAPI"][extra.key] ?? extra.key
            causes.append(.forbidden("\(path).\(name)", "may not specify more than 1 volume type"))
        }
        return causes
    }

    static func persistent(_ spec: Value, _ path: String) -> [Cause] {
        let given = persistentOrder.filter { spec[$0] != nil }
        guard let first = given.first else { return [.required(path, "must specify a volume type")] }
        let kind = kinds.first { $0.key == first } ?? Kind(key: first)
        var causes = source(spec[first] ?? [:], kind, path, isPersistent: true)
        if first == "local", spec["nodeAffinity"] == nil {
            causes.append(.required("\(path).nodeAffinity", "Local volume requires node affinity"))
        }
        for extra in given.dropFirst() {
            let name = extra == "cephfs" ? "cephFS" : extra
            causes.append(.forbidden("\(path).\(name)", "may not specify more than 1 volume type"))
        }
        return causes
    }

    private static func source(_ source: Value, _ kind: Kind, _ parent: String, isPersistent: Bool) -> [Cause] {
        let path = "\(parent).\(kind.shown ?? kind.key)"
        var causes: [Cause] = kind.required.filter { FieldRules.text(source[$0]).isEmpty }.map {
            .required("\(path).\($0)")
        }
        switch kind.key {
        case "emptyDir":
            if let text = source["sizeLimit"]?.string, let size = Quantity(text), size.thousandths < 0 {
                causes.append(
                    .forbidden("\(path).sizeLimit", "SizeLimit field must be a valid resource quantity"))
            }
        case "hostPath", "local": causes += hostPath(source, path)
        case "gitRepo": causes += FieldRules.descending(FieldRules.text(source["directory"]), "\(path).directory")
        case "gcePersistentDisk", "awsElasticBlockStore":
            if let partition = source["partition"]?.integer, !(0...255).contains(partition) {
                causes.append(
                    .invalid("\(path).partition", .integer(partition), "must be between 1 and 255, inclusive"))
            }
        case "nfs":
            let target = FieldRules.text(source["path"])
            if !target.hasPrefix("/") {
                causes.append(.invalid("\(path).path", .string(target), "must be an absolute path"))
            }
        case "secret", "configMap":
            causes += mode(source["defaultMode"], "\(path).defaultMode")
            for (index, item) in (source["items"]?.array ?? []).enumerated() {
                causes += ProjectionRules.item(item, "\(path).items[\(index)]")
            }
        case "iscsi": causes += blockDevice(source, path)
        case "rbd":
            if source["monitors"]?.array?.isEmpty ?? true { causes.append(.required("\(path).monitors")) }
            if FieldRules.text(source["image"]).isEmpty { causes.append(.required("\(path).image")) }
        case "cephfs":
            if source["monitors"]?.array?.isEmpty ?? true { causes.append(.required("\(path).monitors")) }
        case "fc": causes += fibreChannel(source, path)
        case "downwardAPI":
            causes += mode(source["defaultMode"], "\(path).defaultMode")
            for item in source["items"]?.array ?? [] { causes += ProjectionRules.downward(item, path) }
        case "projected": causes += ProjectionRules.check(source, path)
        case "csi": causes += csi(source, path, isPersistent: isPersistent)
        case "ephemeral":
            if let template = source["volumeClaimTemplate"] {
                causes += Validation.labels(
                    template["metadata"]?["labels"], "\(path).volumeClaimTemplate.metadata.labels")
                causes += StorageRules.claim(template["spec"] ?? [:], "\(path).volumeClaimTemplate.spec")
            } else {
                causes.append(.required("\(path).volumeClaimTemplate"))
            }
        case "image":
            causes += FieldRules.word(
                source["pullPolicy"], "\(path).pullPolicy", ["Always", "IfNotPresent", "Never"])
        default: break
        }
        return causes
    }

    static func mode(_ mode: Value?, _ field: String) -> [Cause] {
        guard let mode = mode?.integer, !(0...0o777).contains(mode) else { return [] }
        return [
            .invalid(field, .integer(mode), "must be a number between 0 and 0777 (octal), both inclusive")
        ]
    }

    private static let hostPathTypes = [
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
    ]

    private static func hostPath(_ source: Value, _ path: String) -> [Cause] {
        let target = FieldRules.text(source["path"])
        guard !target.isEmpty else { return [.required("\(path).path")] }
        return FieldRules.noBacksteps(target, "\(path).path")
            + FieldRules.optionalWord(source["type"], "\(path).type", hostPathTypes)
    }

    private static func blockDevice(_ source: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let name = FieldRules.text(source["iqn"])
        if name.isEmpty {
            causes.append(.required("\(path).iqn"))
        } else if !["iqn", "eui", "naa"].contains(where: name.hasPrefix) {
            causes.append(
                .invalid("\(path).iqn", .string(name), "must be valid format starting with iqn, eui, or naa"))
        }
        let lun = source["lun"]?.integer ?? 0
        if !(0...255).contains(lun) {
            causes.append(.invalid("\(path).lun", .integer(lun), "must be between 0 and 255, inclusive"))
        }
        if source["chapAuthDiscovery"]?.bool == true || source["chapAuthSession"]?.bool == true,
            source["secretRef"] == nil
        {
            causes.append(.required("\(path).secretRef"))
        }
        return causes
    }

    private static func fibreChannel(_ source: Value, _ path: String) -> [Cause] {
        let names = source["targetWWNs"]?.array ?? []
        let identifiers = source["wwids"]?.array ?? []
        var causes: [Cause] = []
        if names.isEmpty, identifiers.isEmpty {
            causes.append(
                .required("\(path).targetWWNs", "must specify either targetWWNs or wwids, but not both"))
        }
        if !names.isEmpty, !identifiers.isEmpty {
            causes.append(
                .invalid(
                    "\(path).targetWWNs", .array(names), "targetWWNs and wwids can not be specified simultaneously"))
        }
        if !names.isEmpty, source["lun"] == nil {
            causes.append(.required("\(path).lun", "lun is required if targetWWNs is specified"))
        }
        return causes
    }

    private static func csi(_ source: Value, _ path: String, isPersistent: Bool) -> [Cause] {
        let driver = FieldRules.text(source["driver"])
        var causes: [Cause] = []
        if driver.isEmpty {
            causes.append(.required("\(path).driver"))
        } else {
            if driver.utf8.count > 63 { causes.append(.tooLong("\(path).driver", bytesMax: 63)) }
            causes += FieldRules.invalid(
                "\(path).driver", driver, NameRules.subdomainProblems(driver.lowercased()))
        }
        guard isPersistent else {
            if let reference = source["nodePublishSecretRef"], reference.named.isEmpty {
                causes.append(.required("\(path).nodePublishSecretRef.name"))
            }
            return causes
        }
        if FieldRules.text(source["volumeHandle"]).isEmpty { causes.append(.required("\(path).volumeHandle")) }
        for key in [
            "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef",
        ] {
            guard let reference = source[key] else { continue }
            causes += FieldRules.required(reference, "name", "namespace", at: "\(path).\(key)")
        }
        return causes
    }
}

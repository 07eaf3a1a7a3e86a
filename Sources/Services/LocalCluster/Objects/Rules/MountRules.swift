import Documents
import KubernetesAPI

/// What makes a container's mounts and devices unfit.
struct MountRules {
    typealias Cause = FieldError

    let container: Value
    let volumes: [String: Value]

    func check(_ path: String) -> [Cause] {
        let mounts = container["volumeMounts"]?.array ?? []
        let devices = container["volumeDevices"]?.array ?? []
        return self.mounts(mounts, devices, path) + self.devices(devices, mounts, path)
    }

    private func mounts(_ mounts: [Value], _ devices: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var paths: Set<String> = []
        let list = "\(path).volumeMounts"
        for (index, mount) in mounts.enumerated() {
            let place = "\(list)[\(index)]"
            let name = mount.named
            if name.isEmpty { causes.append(.required("\(place).name")) }
            if volumes[name] == nil { causes.append(.notFound("\(place).name", .string(name))) }
            let target = FieldRules.text(mount["mountPath"])
            if target.isEmpty { causes.append(.required("\(place).mountPath")) }
            if !paths.insert(target).inserted {
                causes.append(.invalid("\(place).mountPath", .string(target), "must be unique"))
            }
            if devices.contains(where: { $0.named == name }) {
                causes.append(.invalid("\(place).name", .string(name), "must not already exist in volumeDevices"))
            }
            if devices.contains(where: { FieldRules.text($0["devicePath"]) == target }) {
                causes.append(
                    .invalid(
                        "\(place).mountPath", .string(target), "must not already exist as a path in volumeDevices"))
            }
            causes += parts(mount, list, place)
        }
        return causes
    }

    private func parts(_ mount: Value, _ list: String, _ place: String) -> [Cause] {
        var causes: [Cause] = []
        let (part, expression) = (FieldRules.text(mount["subPath"]), FieldRules.text(mount["subPathExpr"]))
        if !part.isEmpty { causes += FieldRules.descending(part, "\(list).subPath") }
        if !expression.isEmpty {
            if !part.isEmpty {
                causes.append(
                    .invalid(
                        "\(place).subPathExpr", .string(expression),
                        "subPathExpr and subPath are mutually exclusive"))
            }
            causes += FieldRules.descending(expression, "\(list).subPathExpr")
        }
        let propagation = mount["mountPropagation"]?.string
        if let propagation {
            let field = "\(list).mountPropagation"
            causes += FieldRules.supportedWord(
                .string(propagation), field, ["Bidirectional", "HostToContainer", "None"])
            if propagation == "Bidirectional", container["securityContext"]?["privileged"]?.bool != true {
                causes.append(
                    .forbidden(
                        field, "Bidirectional mount propagation is available only to privileged containers"))
            }
        }
        guard let recursion = mount["recursiveReadOnly"]?.string else { return causes }
        let field = "\(list).recursiveReadOnly"
        switch recursion {
        case "Disabled": break
        case "Enabled", "IfPossible":
            if mount["readOnly"]?.bool != true {
                causes.append(.forbidden(field, "may only be specified when readOnly is true"))
            }
            if let propagation, propagation != "None" {
                causes.append(
                    .forbidden(field, "may only be specified when mountPropagation is None or not specified"))
            }
        default:
            causes.append(.unsupported(field, .string(recursion), ["Disabled", "Enabled", "IfPossible"]))
        }
        return causes
    }

    private func devices(_ devices: [Value], _ mounts: [Value], _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var names: Set<String> = []
        var paths: Set<String> = []
        for (index, device) in devices.enumerated() {
            let place = "\(path).volumeDevices[\(index)]"
            let (name, target) = (device.named, FieldRules.text(device["devicePath"]))
            if name.isEmpty { causes.append(.required("\(place).name")) }
            if names.contains(name) {
                causes.append(.invalid("\(place).name", .string(name), "must be unique"))
            }
            if let volume = volumes[name] {
                if volume["persistentVolumeClaim"] == nil, volume["ephemeral"] == nil {
                    causes.append(
                        .invalid(
                            "\(place).name", .string(name),
                            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"))
                }
            } else {
                causes.append(.notFound("\(place).name", .string(name)))
            }
            if target.isEmpty { causes.append(.required("\(place).devicePath")) }
            if paths.contains(target) {
                causes.append(.invalid("\(place).devicePath", .string(target), "must be unique"))
            }
            if target.split(separator: "/").contains("..") {
                causes.append(
                    .invalid("\(place).devicePath", .string(target), "can not contain backsteps ('..')"))
            } else {
                paths.insert(target)
            }
            if mounts.contains(where: { $0.named == name }) {
                causes.append(.invalid("\(place).name", .string(name), "must not already exist in volumeMounts"))
            }
            if mounts.contains(where: { FieldRules.text($0["mountPath"]) == target }) {
                causes.append(
                    .invalid(
                        "\(place).devicePath", .string(target), "must not already exist as a path in volumeMounts"))
            }
            if !name.isEmpty { names.insert(name) }
        }
        return causes
    }
}

import Documents
import Packages
public import WaybillCore

/// The form in which inventories of layers are kept on disk: JSON with short keys. A record of another version is none.
extension LayerInventory {
    public var bytes: [UInt8] {
        var object: Object = ["version": .integer(Self.version)]
        object["digest"] = Value(digest?.description)
        object["unpacked"] = Value(unpackedDigest?.description)
        object["size"] = .integer(unpackedSize)
        object["entries"] = .integer(entries)
        object["files"] = .array(files.map(InventoryCoding.value))
        object["changes"] = .array(changes.map(InventoryCoding.value))
        object["secrets"] = .array(secrets.map(InventoryCoding.value))
        object["problems"] = .array(problems.map(InventoryCoding.value))
        object["searched"] = searchedBytes.map { .integer($0) } ?? .null
        return JSONWriter.bytes(.object(object))
    }

    /// Throws for bytes that are no record of this version: then the layer is read anew.
    public init(bytes: [UInt8], file: String) throws(WaybillError) {
        let root: Value
        do {
            root = try JSONReader.value(from: bytes)
        } catch {
            throw error.inFile(file)
        }
        guard root["version"]?.integer == Self.version, let files = root["files"]?.array,
            let changes = root["changes"]?.array
        else { throw WaybillError(.unsupported, "is of another version", subject: file) }
        self.init(
            digest: root["digest"]?.string.flatMap { Digest($0) },
            unpackedDigest: root["unpacked"]?.string.flatMap { Digest($0) }, unpackedSize: root["size"]?.integer ?? 0,
            entries: root["entries"]?.integer ?? 0, files: files.compactMap(InventoryCoding.file),
            changes: changes.compactMap(InventoryCoding.change),
            secrets: (root["secrets"]?.array ?? []).compactMap(InventoryCoding.finding),
            problems: (root["problems"]?.array ?? []).compactMap(InventoryCoding.finding), missing: [],
            searchedBytes: root["searched"]?.integer)
        guard self.files.count == files.count, self.changes.count == changes.count else {
            throw WaybillError(.corrupted, "holds records that cannot be read", subject: file)
        }
        for case .file(let index) in self.changes where !self.files.indices.contains(index) {
            throw WaybillError(.corrupted, "names a file that it does not hold", subject: file)
        }
    }
}

/// Values of files, packages and findings.
private enum InventoryCoding {
    static func value(_ file: InventoriedFile) -> Value {
        var object: Object = ["path": .string(file.path), "role": .string(file.role.rawValue)]
        if !file.packages.isEmpty { object["packages"] = .array(file.packages.map { value($0, file.path) }) }
        if !file.projects.isEmpty { object["projects"] = .array(file.projects.map { value($0, file.path) }) }
        if !file.problems.isEmpty { object["problems"] = .array(file.problems.map(value)) }
        if !file.owned.isEmpty {
            object["owned"] = .array(file.owned.map { [.string($0.path), .string($0.owner)] })
        }
        if let contents = file.contents { object["contents"] = .string(Base64.encode(contents)) }
        return .object(object)
    }

    static func file(_ value: Value) -> InventoriedFile? {
        guard let path = value["path"]?.string, let role = value["role"]?.string.flatMap(InventoriedFile.Role.init)
        else {
            return nil
        }
        return InventoriedFile(
            path: path, packages: (value["packages"]?.array ?? []).compactMap { package($0, path) },
            projects: (value["projects"]?.array ?? []).compactMap { package($0, path) },
            problems: (value["problems"]?.array ?? []).compactMap(finding),
            owned: (value["owned"]?.array ?? []).compactMap { pair in
                guard let path = pair[0]?.string, let owner = pair[1]?.string else { return nil }
                return OwnedFiles.Entry(path: path, owner: owner)
            }, contents: value["contents"]?.string.flatMap { Base64.decode($0) }, role: role)
    }

    private static func value(_ package: Package, _ path: String) -> Value {
        var object: Object = [
            "e": .string(package.ecosystem.description), "n": .string(package.name), "v": .string(package.version),
        ]
        if let source = package.source { object["s"] = [.string(source.name), .string(source.version)] }
        if let isDirect = package.isDirect { object["d"] = .bool(isDirect) }
        if package.isDevelopment { object["dev"] = true }
        if package.isThirdParty { object["t"] = true }
        for (key, list) in [("g", package.groups), ("l", package.licences), ("r", package.dependencies)]
        where !list.isEmpty {
            object[key] = .array(list.map(Value.string))
        }
        for (key, text) in [
            ("c", package.commit), ("a", package.architecture), ("o", package.owner), ("m", package.vendor),
        ] {
            if let text { object[key] = .string(text) }
        }
        if let location = package.place.location {
            if location.file != path { object["f"] = .string(location.file) }
            if let position = location.position { object["p"] = [.integer(position.line), .integer(position.column)] }
        }
        if let layer = package.place.layer { object["y"] = .string(layer.description) }
        return .object(object)
    }

    private static func package(_ value: Value, _ path: String) -> Package? {
        guard let ecosystem = value["e"]?.string, let name = value["n"]?.string, let version = value["v"]?.string else {
            return nil
        }
        func texts(_ key: String) -> [String] { (value[key]?.array ?? []).compactMap(\.string) }
        let position = value["p"].flatMap { pair -> Position? in
            guard let line = pair[0]?.integer, let column = pair[1]?.integer else { return nil }
            return Position(line: line, column: column)
        }
        // Its place is named where layers are put together: then its distribution is known.
        var package = Package(
            unnamed: Ecosystem(osv: ecosystem), name: name, version: version,
            place: Place(
                location: SourceLocation(file: value["f"]?.string ?? path, position: position),
                layer: value["y"]?.string.flatMap { Digest($0) }))
        package.source = value["s"].flatMap { pair in
            guard let name = pair[0]?.string, let version = pair[1]?.string else { return nil }
            return Package.Source(name: name, version: version)
        }
        package.isDirect = value["d"]?.bool
        package.isDevelopment = value["dev"]?.bool ?? false
        package.groups = texts("g")
        package.commit = value["c"]?.string
        package.architecture = value["a"]?.string
        package.licences = texts("l")
        package.dependencies = texts("r")
        package.owner = value["o"]?.string
        package.vendor = value["m"]?.string
        package.isThirdParty = value["t"]?.bool ?? false
        return package
    }

    static func value(_ change: LayerInventory.Change) -> Value {
        switch change {
        case .file(let index): .integer(index)
        case .link(let path, let target): ["l", .string(path), .string(target)]
        case .hardLink(let path, let target): ["h", .string(path), .string(target)]
        case .folder(let path): ["f", .string(path)]
        case .remove(let path): ["r", .string(path)]
        case .clear(let path): ["c", .string(path)]
        }
    }

    static func change(_ value: Value) -> LayerInventory.Change? {
        if let index = value.integer { return .file(index) }
        guard let path = value[1]?.string else { return nil }
        switch value[0]?.string {
        case "l": return value[2]?.string.map { .link(path: path, target: $0) }
        case "h": return value[2]?.string.map { .hardLink(path: path, target: $0) }
        case "f": return .folder(path)
        case "r": return .remove(path)
        case "c": return .clear(path)
        default: return nil
        }
    }

    static func value(_ finding: Finding) -> Value {
        var object: Object = [
            "rule": .string(finding.rule), "kind": .string(finding.kind.rawValue),
            "severity": .string(finding.severity.rawValue), "message": .string(finding.message),
        ]
        if let evidence = finding.evidence { object["evidence"] = .string(evidence) }
        if let remedy = finding.remedy { object["remedy"] = .string(remedy) }
        if let location = finding.place.location {
            object["file"] = .string(location.file)
            if let position = location.position { object["p"] = [.integer(position.line), .integer(position.column)] }
        }
        if let layer = finding.place.layer { object["layer"] = .string(layer.description) }
        return .object(object)
    }

    static func finding(_ value: Value) -> Finding? {
        guard let rule = value["rule"]?.string, let kind = value["kind"]?.string.flatMap(Finding.Kind.init),
            let severity = value["severity"]?.string.flatMap(Severity.init(rawValue:)),
            let message = value["message"]?.string
        else { return nil }
        var place = Place(layer: value["layer"]?.string.flatMap { Digest($0) })
        if let file = value["file"]?.string {
            var position: Position?
            if let line = value["p"]?[0]?.integer, let column = value["p"]?[1]?.integer {
                position = Position(line: line, column: column)
            }
            place.location = SourceLocation(file: file, position: position)
        }
        return Finding(
            rule: rule, kind: kind, severity: severity, message: message, place: place,
            evidence: value["evidence"]?.string, remedy: value["remedy"]?.string)
    }
}

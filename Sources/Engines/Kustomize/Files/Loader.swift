import Documents
import WaybillCore

/// Reads files for a build and keeps it inside its folders.
struct Loader {
    let files: (String) -> [UInt8]?

    /// The kustomization of a folder: exactly one file.
    func kustomization(in folder: String) throws(WaybillError) -> KustomizationFile {
        let found = KustomizationFile.names.compactMap { name -> (path: String, bytes: [UInt8])? in
            guard let path = FolderPath.join(folder, name), let bytes = files(path) else { return nil }
            return (path, bytes)
        }
        let place = folder.isEmpty ? "." : folder
        guard let first = found.first else {
            throw WaybillError(
                .notFound, "there is no kustomization.yaml, kustomization.yml or Kustomization in the folder",
                subject: place)
        }
        guard found.count == 1 else {
            throw WaybillError(.invalidInput, "more than one kustomization in the folder", subject: place)
        }
        return try KustomizationFile(parsing: first.bytes, file: first.path)
    }

    func isFolder(_ path: String) -> Bool { KustomizeBuild.isKustomization(path, files: files) }

    /// A file in or below the kustomization's folder.
    func read(_ path: Located<String>, in folder: String) throws(WaybillError) -> (path: String, bytes: [UInt8]) {
        try refuseRemote(path)
        guard let full = FolderPath.join(folder, path.value) else { throw outside(path) }
        guard FolderPath.contains(folder, full) else {
            throw files(full) == nil ? missing(path) : outside(path)
        }
        guard let bytes = files(full) else { throw missing(path) }
        return (full, bytes)
    }

    /// The folder of a base, component or generator.
    func folder(_ path: Located<String>, from folder: String) throws(WaybillError) -> String {
        try refuseRemote(path)
        guard let full = FolderPath.join(folder, path.value) else { throw outside(path) }
        guard isFolder(full) else { throw missing(path) }
        return full
    }

    /// A resource is a file, or a folder with a kustomization of its own.
    func isFile(_ path: Located<String>, in folder: String) -> Bool {
        FolderPath.join(folder, path.value).map { files($0) != nil } ?? false
    }

    func refuseRemote(_ path: Located<String>) throws(WaybillError) {
        let text = path.value
        guard Self.isRemote(text) else { return }
        throw path.failure(
            .unsupported,
            "\(Redaction.excerpt(Redaction.url(text))) is remote: what is not in this repository was not reviewed",
            remedy: "copy it into the repository")
    }

    private static let hosts = ["github.com/", "gitlab.com/", "bitbucket.org/"]

    private static func isRemote(_ text: String) -> Bool {
        // Every form of an address has one of these three, or begins with a host that everybody knows.
        let isAddress = text.utf8.contains { byte in
            byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "?")
        }
        guard isAddress else { return hosts.contains { text.utf8.starts(with: $0.utf8) } }
        return text.contains("://") || text.hasPrefix("git@") || text.hasPrefix("git::") || text.contains("?ref=")
            || hosts.contains { text.utf8.starts(with: $0.utf8) }
    }

    private func missing(_ path: Located<String>) -> WaybillError {
        path.failure(.notFound, "\(Redaction.excerpt(path.value)) is neither a file nor a folder with a kustomization")
    }

    private func outside(_ path: Located<String>) -> WaybillError {
        path.failure(
            .forbidden, "\(Redaction.excerpt(path.value)) is outside the folder of its kustomization",
            remedy: "move the file, or name its folder as a base")
    }

    /// The resources of a YAML file, lists taken apart.
    func items(_ bytes: [UInt8], file: String) throws(WaybillError) -> [Item] {
        let nodes: [Node]
        do { nodes = try YAMLReader.nodes(from: bytes, schema: .kustomize) } catch { throw error.inFile(file) }
        var items: [Item] = []
        for node in nodes where node.scalar != .null && node.members?.isEmpty != true {
            let place = SourceLocation(file: file, position: node.position)
            guard node.members != nil else {
                throw Located((), place).failure(.invalidInput, "expected a Kubernetes object, found \(node.typeName)")
            }
            try add(node.value, place, to: &items, depth: 0)
        }
        return items
    }

    /// Lists inside lists are taken apart this often.
    private static let listDepthMax = 8

    private func add(_ value: Value, _ place: SourceLocation, to items: inout [Item], depth: Int) throws(WaybillError) {
        guard let kind = value["kind"]?.string, !kind.isEmpty else {
            throw Located((), place).failure(.invalidInput, "“kind” is missing")
        }
        if kind.hasSuffix("List"), let elements = value["items"]?.array, depth < Self.listDepthMax {
            for element in elements { try add(element, place, to: &items, depth: depth + 1) }
            return
        }
        guard value["metadata"]?["name"]?.string?.isEmpty == false else {
            throw Located((), place).failure(.invalidInput, "\(kind): “metadata.name” is missing")
        }
        for (key, isText) in [("labels", false), ("annotations", true)] {
            for member in value["metadata"]?[key]?.object ?? Object() where member.value.string == nil {
                // Annotations become texts in the end; a label that is none would be refused by every cluster.
                if isText, member.value.object == nil, member.value.array == nil { continue }
                throw Located((), place).failure(
                    .invalidInput,
                    "\(kind): metadata.\(key).\(member.key): expected a string, found \(member.value.typeName)",
                    remedy: "put quotes around it")
            }
        }
        items.append(Item(value, origin: place))
    }
}

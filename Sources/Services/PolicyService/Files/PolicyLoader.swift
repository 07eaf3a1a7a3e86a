public import Documents
import Files
public import PolicyTools
public import Rego
public import WaybillCore

/// Reads policies, data and bundles from disk as the tools' options name them.
public struct PolicyLoader: Sendable {
    /// The Rego of modules that do not say otherwise.
    public var version: RegoVersion
    /// Patterns of files and folders to leave out.
    public var ignored: [PathPattern]
    /// What modules of files may use beyond released Rego; bundles may not.
    public var extensions: LanguageExtensions
    /// What a bundle's signature must satisfy; nil does not look.
    public var verification: BundleVerification?

    /// Files in one folder and those below it.
    public static let filesMax = 100_000
    static let fileBytesMax = 512 << 20

    public init(
        version: RegoVersion = .v1, ignored: [String] = [], verification: BundleVerification? = .unsignedOnly,
        extensions: LanguageExtensions = []
    ) {
        self.extensions = extensions
        self.version = version
        self.ignored = ignored.map { PathPattern($0) }
        self.verification = verification
    }

    /// Modules and data of files and folders, and whole bundles. A path `prefix:file` puts a document below `prefix`.
    public func load(paths: [String] = [], bundles: [String] = []) throws -> PolicySources {
        var sources = PolicySources()
        var errors: [RegoError] = []
        for path in bundles { try sources.add(try bundle(path)) }
        for path in paths { try load(path, into: &sources, &errors) }
        guard errors.isEmpty else { throw RegoErrors(errors) }
        return sources
    }

    /// A bundle from an archive or a folder.
    public func bundle(_ path: String) throws -> PolicyBundle {
        try PolicyBundle(
            files: try bundleFiles(path), name: path.hasSuffix("/") ? String(path.dropLast()) : path, version: version,
            verification: verification)
    }

    /// The files of an archive, or those of a folder that belong into a bundle.
    public func bundleFiles(_ path: String) throws(WaybillError) -> [BundleFile] {
        guard Files.isFolder(path) else {
            return try BundleArchive.files(in: try Files.read(path, bytesMax: Self.fileBytesMax), subject: path)
        }
        return try files(below: path).filter { file in
            [BundleManifest.path, BundleSigner.path, "patch.json", "data.json", "data.yaml", "data.yml"]
                .contains(file.name) || file.name.hasSuffix(".rego")
        }.map { (file) throws(WaybillError) in
            BundleFile(
                path: file.path, bytes: try Files.read("\(path)/\(file.path)", bytesMax: Self.fileBytesMax))
        }
    }

    /// The modules among files and below folders.
    public func modulePaths(_ paths: [String]) throws(WaybillError) -> [String] {
        var found: [String] = []
        for path in paths {
            guard Files.isFolder(path) else {
                guard Files.exists(path) else { throw WaybillError(.notFound, "there is no such file", subject: path) }
                found.append(path)
                continue
            }
            let root = path.hasSuffix("/") ? String(path.dropLast()) : path
            found += try files(below: root).map(\.path).filter { $0.hasSuffix(".rego") }.map { "\(root)/\($0)" }
        }
        return found
    }

    /// The JSON Schemas below a folder by the names that annotations give them behind `schema`: `input`, `pods.v1`.
    public static func schemas(in folder: String) throws(WaybillError) -> [(name: String, value: Value)] {
        let root = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        var found: [(name: String, value: Value)] = []
        for file in try PolicyLoader().files(below: root) where file.path.hasSuffix(".json") {
            let name = file.path.dropLast(5).split(separator: "/").joined(separator: ".")
            found.append((name, try input(try Files.read("\(root)/\(file.path)"), name: file.path)))
        }
        return found
    }

    private func load(_ path: String, into sources: inout PolicySources, _ errors: inout [RegoError]) throws {
        var path = path
        var prefix: [String] = []
        if !Files.exists(path), let colon = path.firstIndex(of: ":"), colon != path.startIndex {
            prefix = path[..<colon].split(separator: ".").map(String.init)
            if prefix.first == "data" { prefix.removeFirst() }
            path = String(path[path.index(after: colon)...])
        }
        if path.hasPrefix("file://") { path = String(path.dropFirst(7)) }
        guard Files.isFolder(path) else {
            if path.hasSuffix(".tar.gz") || path.hasSuffix(".tgz") { return try sources.add(try bundle(path)) }
            let bytes = try Files.read(path, bytesMax: Self.fileBytesMax)
            return try add(BundleFile(path: path, bytes: bytes), name: path, at: prefix, &sources, &errors)
        }
        let root = path.hasSuffix("/") ? String(path.dropLast()) : path
        for file in try files(below: root) where Self.isLoaded(file.path) {
            let bytes = try Files.read("\(root)/\(file.path)", bytesMax: Self.fileBytesMax)
            let name = root == "." ? file.path : "\(root)/\(file.path)"
            try add(BundleFile(path: file.path, bytes: bytes), name: name, at: prefix + file.folders, &sources, &errors)
        }
    }

    private static func isLoaded(_ path: String) -> Bool {
        [".rego", ".json", ".yaml", ".yml"].contains { path.hasSuffix($0) } && !path.hasSuffix("/.signatures.json")
            && path != BundleSigner.path
    }

    private func add(
        _ file: BundleFile, name: String, at path: [String], _ sources: inout PolicySources, _ errors: inout [RegoError]
    ) throws {
        if file.name.hasSuffix(".rego") {
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                throw WaybillError(.invalidInput, "is not UTF-8 text", subject: name)
            }
            do throws(RegoError) {
                sources.modules.append(
                    try SourceModule(parsing: text, file: name, version: version, extensions: extensions))
            } catch {
                errors.append(error)
            }
            return
        }
        guard Self.isLoaded(file.name) else {
            throw WaybillError(
                .invalidInput, "unrecognized file", subject: name,
                remedy: "policies end in .rego, data in .json, .yaml or .yml, bundles in .tar.gz")
        }
        let value = try DataFile.value(of: file, subject: name)
        try DataFile.merge(value, at: path, into: &sources.data, subject: name)
    }

    /// Every file below a folder, ordered by path; links to folders are not followed.
    private func files(below root: String) throws(WaybillError) -> [BundleFile] {
        var found: [BundleFile] = []
        var folders = [""]
        while let folder = folders.popLast() {
            for name in try Files.names(in: folder.isEmpty ? root : "\(root)/\(folder)") {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                guard !ignored.contains(where: { $0.matches(path) }) else { continue }
                if Files.isFolder("\(root)/\(path)") {
                    // Git's own folder holds no policies, and many files.
                    if name != ".git", FileStatus(of: "\(root)/\(path)")?.kind != .symbolicLink { folders.append(path) }
                } else {
                    found.append(BundleFile(path: path, bytes: []))
                    guard found.count <= Self.filesMax else {
                        throw WaybillError(
                            .limitExceeded, "holds more than \(Self.filesMax) files", subject: root,
                            remedy: "name the folder with the policies")
                    }
                }
            }
        }
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}

extension PolicyLoader {
    /// A document for `input`: JSON, or YAML by the file's name.
    public static func input(_ bytes: [UInt8], name: String) throws(WaybillError) -> Value {
        if name.hasSuffix(".json") {
            return try DataFile.value(of: BundleFile(path: "input.json", bytes: bytes), subject: name)
        }
        // JSON is read as JSON first: its errors are clearer, and YAML would take more.
        if let value = try? JSONReader.value(from: bytes) { return value }
        return try DataFile.value(of: BundleFile(path: "input.yaml", bytes: bytes), subject: name)
    }
}

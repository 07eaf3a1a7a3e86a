import Clusters
import Documents
import Files
import Foundation
import WaybillCore

/// The clusters that environments may name: a kubeconfig for each, in the state folder and its owner's alone.
struct ClusterRegistry: Sendable {
    /// Where the name of the cluster that runs in the state folder stands for itself.
    static let reserved = "local"
    private static let clustersMax = 1000
    private static let bytesMax = 1 << 20

    struct Entry: Sendable {
        var name: String
        var server: String
        /// Whether the kubeconfig may start its program for credentials.
        var allowsPrograms: Bool
    }

    let folder: String

    init(_ state: StateFolder) { folder = state.clusters }

    /// Keeps the named context of a kubeconfig, whole in itself. Replaces what the name stood for.
    func add(
        _ name: String, kubeconfig: String, context: String?, allowsPrograms: Bool
    ) throws(WaybillError) -> Entry {
        try Self.check(name)
        let path =
            kubeconfig.hasPrefix("/")
            ? kubeconfig : "\(FileManager.default.currentDirectoryPath)/\(kubeconfig)"
        var kept = try ClusterAccess.selfContained(path, context: context, allowsPrograms: allowsPrograms)
        kept["preferences"] = ["waybill-allow-exec": .bool(allowsPrograms)]
        try Files.makeFolder(folder, mode: 0o700)
        try Files.write(Array(YAMLWriter.string(kept).utf8), to: file(name), mode: 0o600)
        return try entry(name)
    }

    /// Every cluster that is known, by name.
    func entries() throws(WaybillError) -> [Entry] {
        var entries: [Entry] = []
        for name in try names() { entries.append(try entry(name)) }
        return entries
    }

    func names() throws(WaybillError) -> [String] {
        guard Files.exists(folder) else { return [] }
        let names = try Files.names(in: folder).filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }.sorted()
        guard names.count <= Self.clustersMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.clustersMax) clusters", subject: folder)
        }
        return names.map { String($0.dropLast(Self.suffix.count)) }
    }

    /// Throws `.notFound` for a name that is not known.
    func remove(_ name: String) throws(WaybillError) {
        _ = try content(name)
        try Files.remove(file(name))
    }

    func entry(_ name: String) throws(WaybillError) -> Entry {
        let access = try access(name)
        return Entry(name: name, server: access.server, allowsPrograms: try allowsPrograms(name))
    }

    /// How the cluster is reached. Throws `.forbidden` where others could read its credentials.
    func access(_ name: String) throws(WaybillError) -> ClusterAccess {
        let allows = try allowsPrograms(name)
        return try ClusterAccess.kubeconfig(file(name), allowsPrograms: allows)
    }

    /// The kubeconfig's bytes; another content is another way to the cluster.
    func content(_ name: String) throws(WaybillError) -> [UInt8] {
        try Self.check(name)
        let path = file(name)
        guard let status = FileStatus(of: path) else {
            throw WaybillError(
                .notFound, "no cluster is known by the name \(Redaction.excerpt(name))", subject: folder,
                remedy: "waybill cluster add \(name) --kubeconfig FILE")
        }
        guard status.kind == .file, status.mode & 0o077 == 0 else {
            throw WaybillError(
                .forbidden, "is no file of its owner alone", subject: path, remedy: "chmod 0600 \(path)")
        }
        return try Files.read(path, bytesMax: Self.bytesMax)
    }

    private func allowsPrograms(_ name: String) throws(WaybillError) -> Bool {
        do {
            let value = try YAMLReader.node(from: try content(name), schema: .core).value
            return value["preferences"]?["waybill-allow-exec"]?.bool == true
        } catch let error as WaybillError { throw error } catch let error as DocumentError {
            throw error.inFile(file(name))
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: file(name), cause: error)
        }
    }

    private static let suffix = ".kubeconfig"
    private func file(_ name: String) -> String { "\(folder)/\(name)\(Self.suffix)" }

    /// A DNS label, so that it can stand in `waybill.yaml` and as the name of a file.
    private static func check(_ name: String) throws(WaybillError) {
        func isWord(_ byte: UInt8?) -> Bool { byte.map { (97...122).contains($0) || (48...57).contains($0) } ?? false }
        guard name.utf8.count <= 63, isWord(name.utf8.first), isWord(name.utf8.last),
            name.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "-") })
        else {
            throw WaybillError(
                .invalidInput, "is not a name of lower-case letters, digits and “-”, at most 63",
                subject: Redaction.excerpt(name))
        }
        guard name != reserved else {
            throw WaybillError(
                .invalidInput, "is the cluster that waybill up runs: an environment that names none is there",
                subject: name)
        }
    }
}

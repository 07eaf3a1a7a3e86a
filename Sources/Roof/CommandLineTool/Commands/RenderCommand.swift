import ArgumentParser
import Documents
import Files
import Foundation
import Kubernetes
import Kustomize
import WaybillCore

/// What would be applied?
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render a kustomization, as `kustomize build` does.",
        discussion: """
            Reads nothing outside of the folder that --root names, follows no symbolic link out of it, fetches nothing and \
            runs nothing. Exit status: 0 when it was rendered, 2 when it could not be.
            """)

    @Argument(help: "The folder of the kustomization.") var folder = "."
    @Option(
        help: ArgumentHelp(
            "The folder that bases and components may lie in.",
            discussion: "Default: the Git repository that holds the kustomization, or else the folder itself.",
            valueName: "folder"))
    var root: String?
    @Option(help: "text (YAML) or json.") var output: OutputFormat = .text

    func run() throws {
        do throws(WaybillError) {
            let tree = try RenderTree(folder, root: root)
            let resources = try KustomizeBuild.render(root: tree.folder) { tree.read($0) }
            switch output {
            case .text: Terminal.output(KubernetesYAMLWriter.bytes(documents: resources.map(\.value)))
            case .json: Terminal.result(JSONWriter.string(.array(resources.map(\.value)), style: .pretty))
            }
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }
}

/// The files below a root folder, as a render may read them.
struct RenderTree {
    /// The kustomization's folder, seen from the root.
    let folder: String
    private let root: String

    init(_ folder: String, root: String?) throws(WaybillError) {
        guard let path = Self.real(folder), FileStatus(of: path)?.kind == .folder else {
            throw WaybillError(.notFound, "is not a folder", subject: folder, remedy: "waybill render FOLDER")
        }
        let base = try root.map { root throws(WaybillError) in
            guard let base = Self.real(root) else { throw WaybillError(.notFound, "is not there", subject: root) }
            return base
        }
        self.root = base ?? Self.repository(of: path) ?? path
        guard path == self.root || path.hasPrefix(self.root == "/" ? "/" : self.root + "/") else {
            throw WaybillError(
                .invalidInput, "does not lie in \(self.root)", subject: folder, remedy: "name a folder above: --root")
        }
        let rest = path.dropFirst(self.root.count).drop { $0 == "/" }
        self.folder = rest.isEmpty ? "." : String(rest)
    }

    /// Nil where there is no regular file, or where a symbolic link leads out of the folder that holds it.
    func read(_ path: String) -> [UInt8]? {
        let parts = path.split(separator: "/").map(String.init)
        let parent = ([root == "/" ? "" : root] + parts.dropLast()).joined(separator: "/")
        guard !parts.contains(".."), let real = Self.real("\(root)/\(path)"), real.hasPrefix(parent + "/"),
            FileStatus(of: real)?.kind == .file
        else { return nil }
        // A file that cannot be read is not there for the render, which then says which one it misses.
        return try? Files.read(real, bytesMax: 64 << 20)
    }

    private static func real(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    private static func repository(of path: String) -> String? {
        var candidate = path
        while candidate != "/" {
            if Files.exists("\(candidate)/.git") { return candidate }
            guard let slash = candidate.lastIndex(of: "/") else { return nil }
            candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
        }
        return nil
    }
}

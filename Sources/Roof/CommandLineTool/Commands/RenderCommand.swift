import ArgumentParser
import Documents
import Files
import Foundation
import Kubernetes
import Kustomize
import Secrets
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
    @Option(
        name: .customLong("age-key"),
        help: ArgumentHelp(
            "A file with age keys that open files encrypted with SOPS. May be given more than once.",
            discussion: "What is printed then holds the secrets in plain.", valueName: "file"))
    var keyFiles: [String] = []
    @Option(
        name: .customLong("variable"),
        help: ArgumentHelp(
            "A value for ${name} in the rendered resources. May be given more than once.",
            discussion: "A name without a value or a default is then an error.", valueName: "name=value"))
    var variables: [String] = []
    @Flag(help: "Put in variables although none is given: defaults only.") var substitute = false

    func run() throws {
        let rendering = Rendering(
            folder: folder, root: root, output: output, keyFiles: keyFiles,
            variables: substitute || !variables.isEmpty ? variables : nil)
        let status = rendering.run()
        if status != ExitStatus.yes { throw status }
    }
}

/// One render, from the words of the command line to the stream on standard output.
struct Rendering {
    var folder = "."
    var root: String?
    var output = OutputFormat.text
    var keyFiles: [String] = []
    /// `name=value` each; nil where none are put in.
    var variables: [String]?

    init(folder: String, root: String?, output: OutputFormat, keyFiles: [String], variables: [String]?) {
        self.folder = folder
        self.root = root
        self.output = output
        self.keyFiles = keyFiles
        self.variables = variables
    }

    /// Reads a plain command line: words and options in their full form. Nil for everything else, which the argument
    /// parser then reads and, where it is wrong, explains.
    init?(plain words: some Sequence<String>) {
        var words = words.makeIterator()
        var folders: [String] = []
        while let word = words.next() {
            guard word.hasPrefix("-") else {
                folders.append(word)
                continue
            }
            switch (word, words.next()) {
            case ("--root", let value?) where !value.hasPrefix("-"): root = value
            case ("--output", let value?):
                guard let format = OutputFormat(rawValue: value) else { return nil }
                output = format
            default: return nil
            }
        }
        guard folders.count <= 1 else { return nil }
        folder = folders.first ?? folder
    }

    func run() -> ExitCode {
        do throws(WaybillError) {
            let tree = try RenderTree(folder, root: root)
            let resources = try resources(of: tree)
            switch output {
            case .text: Terminal.output(KubernetesYAMLWriter.bytes(documents: resources.map(\.value)))
            case .json: Terminal.result(JSONWriter.string(.array(resources.map(\.value)), style: .pretty))
            }
            return ExitStatus.yes
        } catch {
            Terminal.error(error)
            return ExitStatus.unknown
        }
    }
}

extension Rendering {
    /// An error about the folder itself names it as it was given.
    private func resources(of tree: RenderTree) throws(WaybillError) -> [Resource] {
        do throws(WaybillError) {
            return try KustomizeBuild.render(root: tree.folder, options: try options()) { tree.read($0) }
        } catch {
            var error = error
            if error.subject == tree.folder { error.subject = folder }
            throw error
        }
    }

    private func options() throws(WaybillError) -> RenderOptions {
        var options = RenderOptions()
        for path in keyFiles {
            options.identities += try AgeIdentity.identities(in: try Files.read(path, bytesMax: 1 << 20), file: path)
        }
        guard let variables else { return options }
        var values: [String: String] = [:]
        for variable in variables {
            guard let equals = variable.firstIndex(of: "="), equals > variable.startIndex else {
                throw WaybillError(
                    .invalidInput, "a variable is written name=value", subject: Redaction.excerpt(variable))
            }
            values[String(variable[..<equals])] = String(variable[equals...].dropFirst())
        }
        options.variables = values
        return options
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

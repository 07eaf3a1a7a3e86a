import ArgumentParser
import Documents
import Files
import PolicyService
import PolicyTools
import WaybillCore

/// Shows what a bundle holds.
struct PolicyInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what a bundle, a folder or a module holds.",
        discussion: "Signatures are shown, not checked.")

    @Argument(help: "An archive, a folder or a module.", completion: .file()) var path: String
    @Flag(name: .shortAndLong, help: "List annotations too.") var annotations = false
    @Option(name: .shortAndLong, help: "pretty or json.") var format: InspectTool.Format = .pretty
    @OptionGroup var rego: RegoVersionOptions

    func run() async throws {
        let output: ToolOutput
        do {
            let tool = InspectTool(format: format, listsAnnotations: annotations)
            let loader = PolicyLoader(version: rego.version, verification: nil)
            if path.hasSuffix(".rego") {
                let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
                let name = path.split(separator: "/").last.map(String.init) ?? path
                let bundle = try PolicyBundle(
                    files: [BundleFile(path: name, bytes: try Files.read(path))], name: folder, version: rego.version)
                output = tool.run(bundle, prefix: folder == "." ? "" : folder + "/")
            } else {
                let bundle = try loader.bundle(path)
                output = tool.run(bundle, prefix: Files.isFolder(path) ? bundle.name + "/" : "/")
            }
        } catch {
            output = ToolOutput(diagnostics: "error: " + ErrorReport(error).text, status: 1)
        }
        try output.finish()
    }
}

/// How a bundle is signed.
struct SigningOptions: ParsableArguments {
    @Option(name: .customLong("signing-key"), help: "The secret, or a file with the private key as PEM.") var key:
        String?
    @Option(name: .customLong("claims-file"), help: "A JSON file with claims for the signature.", completion: .file())
    var claims: String?

    func signer(algorithm: String, keyIdentifier: String?) throws(WaybillError) -> BundleSigner? {
        guard let key else { return nil }
        let algorithm = try SigningAlgorithm(parsing: algorithm)
        let text = try PolicyFiles.keyText(key, isShared: algorithm.isShared)
        var object: Object = [:]
        if let claims {
            guard let found = try PolicyLoader.input(try Files.read(claims), name: claims).object else {
                throw WaybillError(.invalidInput, "expected an object of claims", subject: claims)
            }
            object = found
        }
        // Claims may name the key, as those of OPA do.
        let named = object["keyid"]?.string
        object["keyid"] = nil
        return BundleSigner(
            key: try SigningKey(text, algorithm: algorithm), keyIdentifier: named ?? keyIdentifier, claims: object)
    }
}

/// Makes a bundle.
struct PolicyBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Make a bundle of policies and data.",
        discussion: """
            Everything is compiled first; a bundle that could not be read back is not written. The same files give the \
            same bytes. Example: waybill policy build -b policy/ -o bundle.tar.gz -r $(git rev-parse HEAD)
            """)

    @Argument(help: "Files and folders; with --bundle bundles.", completion: .file()) var paths: [String]
    @Flag(name: .shortAndLong, help: "The paths are bundles.") var bundle = false
    @Option(name: .shortAndLong, help: "The archive to write.") var output = "bundle.tar.gz"
    @Option(name: .shortAndLong, help: "The bundle's revision.") var revision = ""
    @Option(name: .shortAndLong, help: "A rule or package that callers ask for: shop/authz/allow.") var entrypoint:
        [String] = []
    @Option(help: "A part of the documents that the bundle owns: shop/authz; everything for none.") var root: [String] =
        []
    @Option(name: [.customShort("O"), .customLong("optimize")], help: "Only 0.") var optimize = 0
    @Option(name: .shortAndLong, help: "Only rego.") var target = "rego"
    @Flag(name: .customLong("prune-unused"), help: "Not supported.") var prune = false
    @Option(help: "Leave out files and folders by pattern.") var ignore: [String] = []
    @OptionGroup var signing: SigningOptions
    @OptionGroup var rego: RegoVersionOptions
    @OptionGroup var verification: VerificationOptions

    func run() async throws {
        do {
            try PolicyFiles.refuse(
                "--optimize \(optimize)", when: optimize != 0, remedy: "leave it out: policies run as they are")
            try PolicyFiles.refuse(
                "--target \(target)", when: target != "rego", remedy: "leave it out: policies run as they are")
            try PolicyFiles.refuse("--prune-unused", when: prune)
            let loader = PolicyLoader(
                version: rego.version, ignored: ignore, verification: try verification.verification(),
                extensions: rego.extensions)
            let sources = try bundle ? loader.load(bundles: paths) : loader.load(paths: paths)
            let tool = BuildTool(
                revision: revision, roots: root.isEmpty ? nil : root, entrypoints: entrypoint, version: rego.version,
                signer: try signing.signer(
                    algorithm: verification.algorithm, keyIdentifier: verification.keyIdentifier))
            try Files.write(try tool.bytes(sources, name: output), to: output)
        } catch {
            try ToolOutput(diagnostics: "error: " + ErrorReport(error).text, status: 1).finish()
        }
    }
}

/// Signs a bundle's files.
struct PolicySignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Write .signatures.json for the files of a bundle.",
        discussion: "Example: waybill policy sign --signing-key key.pem --bundle policy/")

    @Argument(help: "Files and folders; with --bundle one bundle.", completion: .file()) var paths: [String]
    @Flag(name: .shortAndLong, help: "The path is a bundle.") var bundle = false
    @Option(name: [.customShort("o"), .customLong("output-file-path")], help: "The folder for .signatures.json.")
    var output = "."
    @Option(name: .customLong("signing-alg"), help: "RS256, ES256, EdDSA, HS256, …") var algorithm = "RS256"
    @OptionGroup var signing: SigningOptions

    func run() async throws {
        do {
            guard let signer = try signing.signer(algorithm: algorithm, keyIdentifier: nil) else {
                throw WaybillError(
                    .invalidInput, "specify the secret or private key with --signing-key", subject: "sign")
            }
            let loader = PolicyLoader()
            var files: [BundleFile] = []
            if bundle {
                guard paths.count == 1 else {
                    throw WaybillError(.invalidInput, "specify exactly one bundle", subject: "sign")
                }
                files = try loader.bundleFiles(paths[0])
            } else {
                for path in paths {
                    if Files.isFolder(path) {
                        let root = path.hasSuffix("/") ? String(path.dropLast()) : path
                        files += try loader.bundleFiles(path).map {
                            BundleFile(path: "\(root)/\($0.path)", bytes: $0.bytes)
                        }
                    } else {
                        files.append(BundleFile(path: path, bytes: try Files.read(path)))
                    }
                }
            }
            let signature = try signer.signature(over: files, subject: paths.joined(separator: " "))
            try Files.makeFolder(output)
            try Files.write(signature.bytes, to: "\(output)/\(BundleSigner.path)")
        } catch {
            try ToolOutput(diagnostics: "error: " + ErrorReport(error).text, status: 1).finish()
        }
    }
}

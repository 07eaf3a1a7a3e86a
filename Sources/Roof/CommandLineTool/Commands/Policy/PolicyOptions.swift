public import ArgumentParser
import Documents
import Files
import Foundation
public import PolicyService
public import PolicyTools
import Rego
import WaybillCore

/// Which Rego modules are written in.
struct RegoVersionOptions: ParsableArguments {
    @Flag(name: .customLong("v0-compatible"), help: "Read modules as Rego v0, where they do not say otherwise.")
    var isV0 = false
    @Flag(name: .customLong("v1-compatible"), help: "Read modules as Rego v1; this is the default.")
    var isV1 = false

    @Flag(
        name: .customLong("experimental-keywords"),
        help: "Read `and`, `or` and `import rego.v2` where modules ask for them.")
    var isExperimental = false

    var version: RegoVersion { isV0 ? .v0 : .v1 }
    var extensions: LanguageExtensions { isExperimental ? .logicalKeywords : [] }
}

/// How bundles are checked when they are read.
struct VerificationOptions: ParsableArguments {
    @Option(
        name: .customLong("verification-key"),
        help: "The secret, or a file with the public key, that checks signed bundles.")
    var key: String?
    @Option(name: .customLong("verification-key-id"), help: "The key's name.")
    var keyIdentifier = "default"
    @Option(name: .customLong("signing-alg"), help: "The signature's algorithm: RS256, ES256, EdDSA, HS256, …")
    var algorithm = "RS256"
    @Option(help: "The scope that the signature must have.")
    var scope: String?
    @Option(name: .customLong("exclude-files-verify"), help: "Files that need not be signed, by pattern.")
    var excluded: [String] = []
    @Flag(name: .customLong("skip-verify"), help: "Read bundles without looking at their signatures.")
    var skips = false

    func verification() throws(WaybillError) -> BundleVerification? {
        if skips { return nil }
        guard let key else { return .unsignedOnly }
        let algorithm = try SigningAlgorithm(parsing: algorithm)
        let text = try PolicyFiles.keyText(key, isShared: algorithm.isShared)
        return BundleVerification(
            keys: [keyIdentifier: try VerificationKey(text, algorithm: algorithm)], keyIdentifier: keyIdentifier,
            scope: scope, excluded: excluded)
    }
}

/// Where policies and data come from.
struct SourceOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Policies and data: a file, a folder, or PREFIX:FILE.", completion: .file())
    var data: [String] = []
    @Option(name: .shortAndLong, help: "A bundle: an archive or a folder.", completion: .file())
    var bundle: [String] = []
    @Option(help: "Leave out files and folders by pattern: “.*”, “*_test.rego”.")
    var ignore: [String] = []
    @OptionGroup var rego: RegoVersionOptions
    @OptionGroup var verification: VerificationOptions

    func loader() throws(WaybillError) -> PolicyLoader {
        PolicyLoader(
            version: rego.version, ignored: ignore, verification: try verification.verification(),
            extensions: rego.extensions)
    }

    func load() throws -> PolicySources { try loader().load(paths: data, bundles: bundle) }
}

/// The document that a query is asked about.
struct InputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "A file with the input, JSON or YAML.", completion: .file())
    var input: String?
    @Flag(name: [.customShort("I"), .customLong("stdin-input")], help: "Read the input from standard input.")
    var readsStandardInput = false

    func value() throws(WaybillError) -> RegoValue? {
        if readsStandardInput {
            guard input == nil else {
                throw WaybillError(.invalidInput, "give --input or --stdin-input, not both", subject: "input")
            }
            return RegoValue(try PolicyLoader.input(PolicyFiles.standardInput(), name: "<stdin>"))
        }
        guard let input else { return nil }
        return RegoValue(try PolicyLoader.input(try Files.read(input), name: input))
    }
}

/// Files that the tools read beside policies.
enum PolicyFiles {
    static func standardInput() -> [UInt8] { Array(FileHandle.standardInput.readDataToEndOfFile()) }

    /// A key: what the file of that name holds, or for a shared secret the text itself.
    static func keyText(_ text: String, isShared: Bool) throws(WaybillError) -> String {
        if Files.exists(text) {
            let content = try Files.text(text)
            // An editor's last line break is no part of a secret.
            return isShared && content.hasSuffix("\n") ? String(content.dropLast()) : content
        }
        guard isShared || text.contains("-----BEGIN") else {
            throw WaybillError(.notFound, "there is no such key file", subject: text)
        }
        return text
    }

    static var surroundings: EvaluationSurroundings {
        EvaluationSurroundings(
            nowNanoseconds: PolicyHost.system().now(), seed: UInt64.random(in: .min ... .max),
            environment: ProcessInfo.processInfo.environment, zoneFile: ZoneFiles.read)
    }

    static var clock: @Sendable () -> Int { PolicyHost.system().clock }

    /// Strictness and schemas: one schema of the input, or a folder of them with that of the input in `input.json`.
    static func checks(isStrict: Bool, schema: String?) throws(WaybillError) -> CheckOptions {
        var checks = CheckOptions(isStrict: isStrict)
        guard let schema else { return checks }
        guard Files.isFolder(schema) else {
            let value = try PolicyLoader.input(try Files.read(schema), name: schema)
            checks.inputSchema = value
            checks.schemas[""] = value
            return checks
        }
        for (path, value) in try PolicyLoader.schemas(in: schema) {
            checks.schemas[path] = value
            if path == "input" { checks.inputSchema = value }
        }
        return checks
    }

    /// What the engine does not do is refused, never left out.
    static func refuse(_ option: String, when isSet: Bool, remedy: String? = nil) throws(WaybillError) {
        guard isSet else { return }
        throw WaybillError(.unsupported, "\(option) is not supported", subject: option, remedy: remedy)
    }

    /// `5s`, `300ms`, `2m` in nanoseconds.
    static func duration(_ text: String) throws(WaybillError) -> Int {
        let units = [("ms", 1_000_000), ("us", 1000), ("ns", 1), ("s", 1_000_000_000), ("m", 60_000_000_000)]
        for (suffix, factor) in units where text.hasSuffix(suffix) {
            if let number = Double(text.dropLast(suffix.count)), number >= 0, number < 1e6 {
                return Int(number * Double(factor))
            }
        }
        throw WaybillError(
            .invalidInput, "not a length of time: \(Redaction.excerpt(text))", subject: "duration",
            remedy: "write 5s, 300ms or 2m")
    }
}

extension EvalTool.Format: ExpressibleByArgument {}
extension TestTool.Format: ExpressibleByArgument {}
extension CheckTool.Format: ExpressibleByArgument {}
extension ParseTool.Format: ExpressibleByArgument {}
extension DepsTool.Format: ExpressibleByArgument {}
extension InspectTool.Format: ExpressibleByArgument {}
extension BenchTool.Format: ExpressibleByArgument {}
extension PolicyArtifact.Form: ExpressibleByArgument {}

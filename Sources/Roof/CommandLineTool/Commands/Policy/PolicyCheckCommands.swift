import ArgumentParser
import Files
import PolicyService
import PolicyTools
import WaybillCore

/// Reads and compiles.
struct PolicyCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read and compile policies, and say what is wrong with them.",
        discussion: "Exit status: 0 nothing is wrong, 1 something is.")

    @Argument(help: "Files and folders; with --bundle bundles.", completion: .file()) var paths: [String]
    @Flag(name: .shortAndLong, help: "The paths are bundles.") var bundle = false
    @Option(name: .shortAndLong, help: "pretty or json.") var format: CheckTool.Format = .pretty
    @Flag(
        name: [.customShort("S"), .customLong("strict")],
        help: "Find unused variables and imports, and what is deprecated.") var strict = false
    @Option(name: .shortAndLong, help: "JSON Schemas of the input and of data.", completion: .file()) var schema:
        String?
    @Option(name: .shortAndLong, help: "Errors that are told; 0 for all that the engine tells.") var maxErrors = 10
    @Option(help: "Leave out files and folders by pattern.") var ignore: [String] = []
    @OptionGroup var rego: RegoVersionOptions
    @OptionGroup var verification: VerificationOptions

    func run() async throws {
        let output: ToolOutput
        do {
            let checks = try PolicyFiles.checks(isStrict: strict, schema: schema)
            let loader = PolicyLoader(
                version: rego.version, ignored: ignore, verification: try verification.verification(),
                extensions: rego.extensions)
            output = CheckTool.run(
                { try bundle ? loader.load(bundles: paths) : loader.load(paths: paths) }, format: format,
                checks: checks, errorsMax: maxErrors)
        } catch {
            let report = ErrorReport(error)
            output = ToolOutput(diagnostics: format == .json ? report.json : report.text, status: 1)
        }
        try output.finish()
    }
}

/// Shows a module's tree.
struct PolicyParseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse", abstract: "Show how a module is read, as a tree.")

    @Argument(help: "The module.", completion: .file()) var path: String
    @Option(name: .shortAndLong, help: "pretty or json.") var format: ParseTool.Format = .pretty
    @Option(
        name: .customLong("json-include"),
        help: "Parts of the JSON, separated by commas: locations, comments, -comments.") var include: String?
    @OptionGroup var rego: RegoVersionOptions

    func run() async throws {
        let output: ToolOutput
        do {
            let extras = (include ?? "").split(separator: ",").map(String.init)
            for extra in extras where !["locations", "-locations", "comments", "-comments"].contains(extra) {
                try PolicyFiles.refuse("--json-include \(extra)", when: true)
            }
            output = ParseTool.run(
                try Files.text(path), file: path, version: rego.version, format: format,
                hasLocations: extras.contains("locations"), hasComments: !extras.contains("-comments"))
        } catch {
            output = ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        try output.finish()
    }
}

/// Lays modules out as everybody's are.
struct PolicyFormatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Lay modules out as opa fmt does.")

    @Argument(help: "Files and folders; standard input for none.", completion: .file()) var paths: [String] = []
    @Flag(name: .shortAndLong, help: "Name the files that would change.") var list = false
    @Flag(name: .shortAndLong, help: "Show what would change.") var diff = false
    @Flag(name: .shortAndLong, help: "Write the changed files.") var write = false
    @Flag(help: "Status 1 when something would change.") var fail = false
    @Flag(
        name: .customLong("check-result"), inversion: .prefixedNo, help: "Read the result once more before it counts.")
    var checkResult = true
    @OptionGroup var rego: RegoVersionOptions

    func run() async throws {
        let tool = FormatTool(
            version: rego.version, lists: list, showsDifference: diff, fails: fail, checksResult: checkResult)
        var total = ToolOutput()
        func add(_ output: ToolOutput) {
            total.output += output.output
            total.diagnostics += output.diagnostics
            total.status = max(total.status, output.status)
        }
        do {
            if paths.isEmpty {
                add(tool.run(String(decoding: PolicyFiles.standardInput(), as: UTF8.self), file: "stdin").output)
            }
            for path in try PolicyLoader().modulePaths(paths) {
                let (output, changed) = tool.run(try Files.text(path), file: path)
                // A written file is not printed too.
                add(
                    write && !list && !diff
                        ? ToolOutput(diagnostics: output.diagnostics, status: output.status) : output)
                if write, let changed { try Files.write(Array(changed.utf8), to: path) }
            }
        } catch {
            add(ToolOutput(diagnostics: ErrorReport(error).text, status: 2))
        }
        try total.finish()
    }
}

/// Shows what a query depends on.
struct PolicyDepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deps", abstract: "Show which documents a query needs.")

    @Argument(help: "The query.") var query: String
    @OptionGroup var sources: SourceOptions
    @Option(name: .shortAndLong, help: "pretty or json.") var format: DepsTool.Format = .pretty

    func run() async throws {
        let output: ToolOutput
        do {
            output = DepsTool.run(query, try sources.load(), format: format)
        } catch {
            output = ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        try output.finish()
    }
}

/// Measures a query.
struct PolicyBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how long a query takes.")

    @Argument(help: "The query.") var query: String
    @OptionGroup var sources: SourceOptions
    @OptionGroup var input: InputOptions
    @Option(name: .shortAndLong, help: "pretty, json or gobench.") var format: BenchTool.Format = .pretty
    @Option(help: "Measure so often.") var count = 1
    @Option(help: "How long one measurement takes, about: 1s.") var time = "1s"
    @Flag(inversion: .prefixedNo, help: "An undefined query is an error.") var fail = true
    @Option(help: "The package that the query's names belong to.") var package: String?
    @Option(name: .customLong("import"), help: "An import of the query.") var imports: [String] = []

    func run() async throws {
        let output: ToolOutput
        do {
            let tool = BenchTool(
                request: QueryRequest(
                    query: query, input: try input.value(), package: package, imports: imports,
                    surroundings: PolicyFiles.surroundings),
                format: format, count: count, timeNanoseconds: try PolicyFiles.duration(time), failsUndefined: fail)
            output = tool.run(try sources.load(), clock: PolicyFiles.clock)
        } catch {
            output = ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        try output.finish()
    }
}

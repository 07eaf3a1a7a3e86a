public import Documents
import Rego
public import WaybillCore

/// A folder of Trivy's checks, ready to run over files.
public struct TrivyChecks: Sendable {
    private struct Check: Sendable {
        var metadata: CheckMetadata
        var package: String
        var rules: [String]
    }

    private let checks: [Check]
    private let policy: CompiledPolicy
    /// Checks that run.
    public var count: Int { checks.count }
    /// Ids of checks that do not: for clouds, deprecated, or switched off by themselves.
    public let left: [String]

    /// Modules of checks and of what they share; tests among them are left out.
    public init(_ sources: [PolicySource], data: Value = .object(Object())) throws(WaybillError) {
        var modules: [PolicyModule] = []
        var checks: [Check] = []
        var left: [String] = []
        var older: [PolicyModule] = []
        for source in sources where !source.file.hasSuffix("_test.rego") {
            let module = try Self.module(source)
            guard !module.package.hasSuffix("_test") else { continue }
            let annotations = module.annotations.first { $0.scope == "package" }
            let metadata = annotations.map { CheckMetadata(annotations: $0.value.document) }
            let isLibrary =
                metadata?.isLibrary == true || module.resultRules.isEmpty || module.packagePath.first == "lib"
            if !isLibrary, let metadata, metadata.isDeprecated || !metadata.isForFiles {
                left.append(metadata.id.isEmpty ? module.package : metadata.id)
                continue
            }
            modules.append(module)
            guard !isLibrary else { continue }
            if let metadata {
                checks.append(Check(metadata: metadata, package: module.package, rules: module.resultRules))
            } else {
                older.append(module)
            }
        }
        do {
            policy = try CompiledPolicy(
                modules: modules, regoData: RegoValue(data), checks: CheckOptions(), functions: TrivyFunctions.all)
        } catch {
            throw Self.failure(error.errors.first, "the checks do not compile")
        }
        for module in older {
            let metadata = try Self.metadata(of: module.package, policy)
            guard !metadata.isDeprecated, metadata.isForFiles else {
                left.append(metadata.id.isEmpty ? module.package : metadata.id)
                continue
            }
            checks.append(Check(metadata: metadata, package: module.package, rules: module.resultRules))
        }
        self.checks = checks.sorted { $0.metadata.id.precedesByBytes($1.metadata.id) }
        self.left = left
    }

    /// What the checks find in a file; empty for files of formats that no check is for.
    public func findings(path: String, bytes: [UInt8], parser: FileParser? = nil) throws(WaybillError) -> [Finding] {
        var findings: [Finding] = []
        let inputs = try CheckInput.inputs(path: path, bytes: bytes, parser: parser)
        for check in checks {
            let meant = inputs.filter(check.metadata.isFor)
            if check.metadata.isCombined {
                guard let first = meant.first else { continue }
                let all = RegoValue.array(meant.map { ["path": .string($0.file), "contents": $0.value] })
                findings += try run(check, all, first)
            } else {
                for input in meant { findings += try run(check, input.value, input) }
            }
        }
        return findings
    }

    private func run(_ check: Check, _ value: RegoValue, _ input: CheckInput) throws(WaybillError) -> [Finding] {
        var findings: [Finding] = []
        for rule in check.rules {
            guard try !isExcepted(rule, check, value, input.file) else { continue }
            for found in try results("data.\(check.package).\(rule)", value, input.file) {
                findings.append(finding(found, check.metadata, input))
            }
        }
        return findings
    }

    private func results(_ query: String, _ input: RegoValue, _ file: String) throws(WaybillError) -> [LocatedValue] {
        do {
            return try policy.evaluateLocated(rule: query, regoInput: input) ?? []
        } catch {
            throw WaybillError(.failed, "\(query) cannot be evaluated: \(error)", subject: file)
        }
    }

    private func isExcepted(_ rule: String, _ check: Check, _ input: RegoValue, _ file: String) throws(WaybillError)
        -> Bool
    {
        for each in try results("data.namespace.exceptions.exception", input, file)
        where each.value.string == check.package {
            return true
        }
        let name = RuleKind.exceptionName(rule)
        for each in try results("data.\(check.package).exception", input, file) {
            let names = each.value.array ?? each.value.set?.elements ?? []
            if names.contains(where: { $0.string == name }) { return true }
        }
        return false
    }

    private func finding(_ found: LocatedValue, _ metadata: CheckMetadata, _ input: CheckInput) -> Finding {
        let result = CheckResult(found.value)
        var location = SourceLocation(file: result.file ?? input.file)
        if let line = result.line {
            location.position = Position(line: line, column: 1)
        } else {
            location.position = found.places.first.map(input.node.position(of:)) ?? input.node.position
        }
        let isDockerfile = input.types.contains("dockerfile")
        return Finding(
            rule: metadata.id.isEmpty ? "trivy" : metadata.id, kind: isDockerfile ? .dockerfile : .posture,
            severity: metadata.severity, message: result.message ?? metadata.title,
            place: Place(location: location, object: input.kind.map { "\($0)/\(input.name ?? "")" }),
            aliases: metadata.aliases, remedy: metadata.remedy)
    }

    // MARK: reading

    /// Checks are written in either Rego; one that says so itself is v1.
    static func module(_ source: PolicySource) throws(WaybillError) -> PolicyModule {
        let text = source.text
        do {
            return try PolicyModule(parsing: text, file: source.file, version: .v1)
        } catch {
            if source.text.contains("import rego.v1") { throw failure(error, "") }
            do {
                return try PolicyModule(parsing: text, file: source.file, version: .v0)
            } catch {
                throw failure(error, "")
            }
        }
    }

    static func failure(_ error: RegoError?, _ message: String) -> WaybillError {
        guard let error else { return WaybillError(.invalidInput, message, subject: "checks") }
        return WaybillError(
            .invalidInput, "\(error.code.rawValue): \(error.message)",
            subject: "\(error.file):\(error.row):\(error.column)")
    }

    /// From `__rego_metadata__` and `__rego_input__`.
    private static func metadata(of package: String, _ policy: CompiledPolicy) throws(WaybillError) -> CheckMetadata {
        func document(_ name: String) throws(WaybillError) -> Value {
            do {
                return try policy.evaluate(rule: "data.\(package).\(name)", input: nil)?.document ?? .null
            } catch {
                throw WaybillError(.invalidInput, "\(name) cannot be evaluated: \(error)", subject: package)
            }
        }
        return CheckMetadata(fields: try document("__rego_metadata__"), input: try document("__rego_input__"))
    }
}

extension PolicyModule {
    /// Names of the rules whose results are findings, in the order of the source.
    var resultRules: [String] {
        var names: [String] = []
        for case let name? in rules.map(\.path.first) where RuleKind(name) != nil && !names.contains(name) {
            names.append(name)
        }
        return names
    }
}

/// A result of a check: a text, an object of `result.new`, or a list of both.
private struct CheckResult {
    var message: String?
    var file: String?
    var line: Int?

    init(_ value: RegoValue) {
        switch value {
        case .string(let text): message = text
        case .array(let elements):
            for element in elements {
                let part = CheckResult(element)
                message = element.string ?? part.message ?? message
                file = part.file ?? file
                line = part.line ?? line
            }
        case .object:
            message = value["msg"]?.string ?? value["msg"]?["msg"]?.string
            let nested = value["metadata"] ?? value
            let place = nested["__defsec_metadata"] ?? nested
            file = (place["filepath"] ?? place["Path"])?.string
            if file?.isEmpty == true { file = nil }
            line = (place["startline"] ?? place["StartLine"])?.int
            if let known = line, known < 1 { line = nil }
        default: break
        }
    }
}

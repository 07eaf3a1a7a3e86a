public import Documents
public import Rego
public import WaybillCore

/// Policies over configuration files: `deny`, `violation`, `warn` and `exception` in namespaces.
public struct FilePolicy: Sendable {
    private struct Namespace: Sendable {
        /// Names in the order of the source.
        var rules: [String] = []
        /// Definitions: a rule of two bodies counts twice.
        var definitions = 0
        var hasExceptions = false
    }

    private let policy: CompiledPolicy
    private let known: [String: Namespace]
    /// Packages in the order of the source.
    public let namespaces: [String]
    /// Results carry how they were evaluated.
    public var isTraced = false

    public init(_ sources: [PolicySource], data: Value = .object(Object())) throws(WaybillError) {
        var modules: [PolicyModule] = []
        var known: [String: Namespace] = [:]
        var namespaces: [String] = []
        for source in sources {
            let module: PolicyModule
            do {
                module = try PolicyModule(parsing: source.text, file: source.file, version: source.version)
            } catch {
                throw Self.failure(error)
            }
            modules.append(module)
            if !namespaces.contains(module.package) { namespaces.append(module.package) }
            for rule in module.rules {
                guard let name = rule.path.first else { continue }
                if name == "exception" { known[module.package, default: Namespace()].hasExceptions = true }
                guard RuleKind(name) != nil else { continue }
                known[module.package, default: Namespace()].definitions += 1
                if known[module.package]?.rules.contains(name) == false { known[module.package]?.rules.append(name) }
            }
        }
        self.known = known
        self.namespaces = namespaces
        do {
            policy = try CompiledPolicy(modules: modules, data: data)
        } catch {
            throw error.errors.first.map(Self.failure)
                ?? WaybillError(.invalidInput, "the policies do not compile", subject: "policy")
        }
    }

    private static func failure(_ error: RegoError) -> WaybillError {
        WaybillError(
            .invalidInput, "\(error.code.rawValue): \(error.message)",
            subject: error.row > 0 ? "\(error.file):\(error.row):\(error.column)" : error.file)
    }

    /// Whether any rule of the namespace can say anything.
    public func hasRules(_ namespace: String) -> Bool { known[namespace]?.rules.isEmpty == false }

    /// The document, or each document of a stream, before the rules of a namespace.
    public func check(
        _ file: ParsedFile, namespace: String, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws(WaybillError) -> FileResult {
        var result = FileResult(file: file.path, namespace: namespace)
        for document in file.documents {
            let call = Call(namespace: namespace, file: file.path, limits: limits, surroundings: surroundings)
            result.add(
                try check(RegoValue(document.value), call) { document.location(of: $0, in: file.path) })
        }
        return result
    }

    /// All files as one input: a list of `{path, contents}`.
    public func checkCombined(
        _ files: [ParsedFile], namespace: String, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws(WaybillError) -> FileResult {
        var entries: [(path: String, node: Node)] = []
        for file in files.sorted(by: { $0.path.precedesByBytes($1.path) }) {
            entries += file.documents.map { (file.path, $0) }
        }
        let input = Value.array(entries.map { ["path": .string($0.path), "contents": $0.node.value] })
        let call = Call(namespace: namespace, file: "Combined", limits: limits, surroundings: surroundings)
        return try check(RegoValue(input), call) { place in
            guard let index = place.tokens.first.flatMap({ Int($0) }), entries.indices.contains(index),
                place.tokens.dropFirst().first == "contents"
            else { return nil }
            return entries[index].node.location(of: Pointer(Array(place.tokens.dropFirst(2))), in: entries[index].path)
        }
    }

    private struct Call {
        var namespace: String
        var file: String
        var limits: EvaluationLimits
        var surroundings: EvaluationSurroundings
    }

    private func check(_ input: RegoValue, _ call: Call, location: (Pointer) -> SourceLocation?) throws(WaybillError)
        -> FileResult
    {
        var result = FileResult(file: call.file, namespace: call.namespace)
        guard let namespace = known[call.namespace] else { return result }
        for rule in namespace.rules {
            if namespace.hasExceptions {
                let excepted = try exceptions(for: rule, input, call)
                guard excepted.isEmpty else {
                    result.exceptions += excepted
                    continue
                }
            }
            let query = "data.\(call.namespace).\(rule)"
            if isTraced { result.traces.append(try trace(of: query, input, call)) }
            guard let values = try values(of: query, input, call) else { continue }
            // A rule without results has held.
            if values.isEmpty { result.successes += 1 }
            for value in values {
                let message = try Self.message(value, query, call.file, location)
                if RuleKind(rule) == .warning {
                    result.warnings.append(message)
                } else {
                    result.failures.append(message)
                }
            }
        }
        // Definitions beyond the results have held too.
        result.successes += max(0, namespace.definitions - result.total)
        return result
    }

    private func values(of query: String, _ input: RegoValue, _ call: Call) throws(WaybillError) -> [LocatedValue]? {
        do {
            return try policy.evaluateLocated(
                rule: query, regoInput: input, limits: call.limits, surroundings: call.surroundings)
        } catch {
            throw WaybillError(.failed, "\(query) cannot be evaluated: \(error)", subject: call.file)
        }
    }

    private func trace(of query: String, _ input: RegoValue, _ call: Call) throws(WaybillError) -> FileResult.Trace {
        let recorder = EvaluationRecorder(.init(hasTrace: true))
        do {
            _ = try policy.evaluate(
                rule: query, regoInput: input, limits: call.limits, surroundings: call.surroundings, recorder: recorder)
        } catch {
            throw WaybillError(.failed, "\(query) cannot be evaluated: \(error)", subject: call.file)
        }
        return FileResult.Trace(query: query, lines: recorder.events.lines(policy))
    }

    /// Every list in `exception` that names the rule.
    private func exceptions(for rule: String, _ input: RegoValue, _ call: Call) throws(WaybillError)
        -> [FileResult.Message]
    {
        let name = RuleKind.exceptionName(rule)
        var found: [FileResult.Message] = []
        for value in try values(of: "data.\(call.namespace).exception", input, call) ?? [] {
            let names = value.value.array ?? value.value.set?.elements ?? value.value.object?.members.map(\.value) ?? []
            for each in names where each.string == name {
                let query = "data.\(call.namespace).exception[_][_] == \"\(name)\""
                found.append(
                    FileResult.Message(text: query, query: query, location: nil, metadata: ["query": .string(query)]))
            }
        }
        return found
    }

    private static func message(
        _ found: LocatedValue, _ query: String, _ file: String, _ location: (Pointer) -> SourceLocation?
    ) throws(WaybillError) -> FileResult.Message {
        func failure(_ message: String) -> WaybillError {
            WaybillError(
                .invalidInput, "\(query): \(message)", subject: file,
                remedy: "let the rule be a set of texts or of objects with “msg”")
        }
        guard found.key == nil else { throw failure("the rule is an object, expected a set") }
        let place = found.places.lazy.compactMap(location).first
        if let text = found.value.string {
            return .init(text: text, query: query, location: place, metadata: ["query": .string(query)])
        }
        guard let object = found.value.document.object, found.value.object != nil else {
            throw failure("a result is \(found.value.typeName), expected a text or an object")
        }
        guard let text = object["msg"]?.string else { throw failure("a result has no “msg”") }
        var metadata: Object = ["query": .string(query)]
        for member in object where member.key != "msg" && member.key != "_loc" {
            metadata[member.key] = member.value
        }
        return .init(text: text, query: query, location: stated(object["_loc"]) ?? place, metadata: metadata)
    }

    /// The place that the policy itself says.
    private static func stated(_ value: Value?) -> SourceLocation? {
        guard let file = value?["file"]?.string else { return nil }
        return SourceLocation(file: file, position: value?["line"]?.integer.map { Position(line: $0, column: 1) })
    }
}

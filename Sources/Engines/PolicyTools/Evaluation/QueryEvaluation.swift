public import Documents
public import Rego

/// A query with what it is asked of.
public struct QueryRequest: Sendable {
    public var query: String
    /// Nil leaves `input` undefined.
    public var input: RegoValue?
    /// The package that the query's names belong to: `shop.authz`.
    public var package: String?
    /// `data.shop.roles`, or `input.user as caller`.
    public var imports: [String]
    public var limits: EvaluationLimits
    public var surroundings: EvaluationSurroundings

    public init(
        query: String, input: RegoValue? = nil, package: String? = nil, imports: [String] = [],
        limits: EvaluationLimits = .standard, surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) {
        self.query = query
        self.input = input
        self.package = package
        self.imports = imports
        self.limits = limits
        self.surroundings = surroundings
    }
}

/// The solutions of a query, each with the values of the query's expressions and variables.
public struct QueryResult: Sendable {
    public struct Expression: Sendable, Hashable {
        public var value: RegoValue
        public var text: String
        public var row: Int
        public var column: Int
    }

    public struct Solution: Sendable {
        public var expressions: [Expression]
        /// Ordered by name.
        public var bindings: [(name: String, value: RegoValue)]
    }

    public var solutions: [Solution]

    /// As `eval` and `/v1/query` write them.
    public var value: Value {
        .array(
            solutions.map { solution in
                var object: Object = [
                    "expressions": .array(
                        solution.expressions.map { expression in
                            [
                                "value": expression.value.document, "text": .string(expression.text),
                                "location": ["row": .integer(expression.row), "col": .integer(expression.column)],
                            ]
                        })
                ]
                if !solution.bindings.isEmpty { object["bindings"] = solution.bindingsValue }
                return .object(object)
            })
    }
}

extension QueryResult.Solution {
    public var bindingsValue: Value {
        .object(Object(bindings.map { (key: $0.name, value: $0.value.document) }))
    }
}

/// Evaluates a query so that the value of each of its expressions is known, not only its variables.
///
/// Each expression `e` becomes `v = e` with a variable of its own; where there may be several solutions, `v` must hold.
public struct QueryEvaluation: Sendable {
    private let sources: PolicySources
    let policy: CompiledPolicy

    static let valuePrefix = "waybill_value_"

    public init(_ sources: PolicySources, checks: CheckOptions = CheckOptions()) throws(RegoErrors) {
        self.init(sources, policy: try sources.compiled(checks: checks))
    }

    /// `policy` is compiled from the sources.
    public init(_ sources: PolicySources, policy: CompiledPolicy) {
        self.sources = sources
        self.policy = policy
    }

    /// `recorder` sees what happens.
    public func result(of request: QueryRequest, recorder: EvaluationRecorder? = nil) throws -> QueryResult {
        let outline = try QueryOutline(parsing: request.query)
        let rewritten = Self.rewritten(request.query, outline)
        if request.package == nil, request.imports.isEmpty {
            let solutions: [[String: RegoValue]]
            do {
                solutions = try policy.evaluate(
                    query: rewritten, regoInput: request.input, limits: request.limits,
                    surroundings: request.surroundings, recorder: recorder)
            } catch {
                throw Self.moved(error, outline, rows: 0)
            }
            return QueryResult(
                solutions: solutions.map { solution in
                    Self.solution(
                        outline, values: { solution[$0] }, names: solution.keys.sorted { $0.precedesByBytes($1) })
                })
        }
        return try resultInPackage(request, outline, rewritten, recorder)
    }

    /// In a package the query becomes a rule of that package.
    private func resultInPackage(
        _ request: QueryRequest, _ outline: QueryOutline, _ rewritten: String, _ recorder: EvaluationRecorder?
    ) throws -> QueryResult {
        let package = request.package ?? "waybill_query"
        let head = (["package \(package)"] + request.imports.map { "import \($0)" })
        let home = try PolicyModule(parsing: head[0], file: "query").packagePath
        var taken = Set(request.imports.compactMap { Self.importedName($0) })
        for module in sources.modules where module.module.packagePath == home {
            taken.formUnion(module.module.rules.compactMap(\.path.first))
        }
        let names = outline.variables.filter { !taken.contains($0) }
        let values = outline.statements.indices.map { Self.valuePrefix + String($0) }
            .filter { rewritten.contains($0) }
        let members = (names + values).map { "\"\($0)\": \($0)" }.joined(separator: ", ")
        let text = (head + ["waybill_solutions := [{\(members)} |", rewritten, "]"]).joined(separator: "\n")
        let found: RegoValue?
        do {
            let module = try PolicyModule(parsing: text, file: "")
            let policy = try CompiledPolicy(
                modules: sources.modules.map(\.module) + [module], data: .object(sources.data))
            found = try policy.evaluate(
                rule: (["data"] + home + ["waybill_solutions"]).joined(separator: "."), regoInput: request.input,
                limits: request.limits, surroundings: request.surroundings, recorder: recorder)
        } catch {
            throw Self.moved(error, outline, rows: head.count + 1)
        }
        return QueryResult(
            solutions: (found?.array ?? []).map { solution in
                Self.solution(outline, values: { solution[$0] }, names: names.sorted { $0.precedesByBytes($1) })
            })
    }

    private static func importedName(_ text: String) -> String? {
        let words = text.split(separator: " ").map(String.init)
        if words.count == 3, words[1] == "as" { return words[2] }
        return words.first?.split(separator: ".").last.map(String.init)
    }

    private static func solution(
        _ outline: QueryOutline, values: (String) -> RegoValue?, names: [String]
    ) -> QueryResult.Solution {
        QueryResult.Solution(
            expressions: outline.statements.enumerated().map { index, statement in
                QueryResult.Expression(
                    value: values(valuePrefix + String(index)) ?? .bool(true), text: statement.text,
                    row: statement.row, column: statement.column)
            },
            bindings: names.compactMap { name in
                // Names of the compiler's own begin with a dollar sign or two underscores.
                guard !name.hasPrefix(valuePrefix), !name.hasPrefix("$"), !name.hasPrefix("__"), name != "_" else {
                    return nil
                }
                return values(name).map { (name, $0) }
            })
    }

    /// The query with a variable for the value of each expression.
    static func rewritten(_ query: String, _ outline: QueryOutline) -> String {
        var bytes: [UInt8] = []
        let source = Array(query.utf8)
        var position = 0
        var checks = ""
        let mustHold = outline.iterates || outline.statements.count > 1
        for (index, statement) in outline.statements.enumerated() where statement.isValue {
            bytes += source[position..<max(position, statement.offset)]
            bytes += Array("\(valuePrefix)\(index) = ".utf8)
            position = max(position, statement.offset)
            if mustHold { checks += "\n\(valuePrefix)\(index)" }
        }
        bytes += source[position...]
        return String(decoding: bytes, as: UTF8.self) + checks
    }

    /// An error's place in the query as it was asked.
    private static func moved(_ error: any Error, _ outline: QueryOutline, rows: Int) -> any Error {
        func moved(_ error: RegoError) -> RegoError {
            guard error.file.isEmpty, error.row > rows else { return error }
            var result = error
            result.row -= rows
            var shift = 0
            for (index, statement) in outline.statements.enumerated()
            where statement.isValue && statement.row == result.row {
                let length = "\(valuePrefix)\(index) = ".utf8.count
                if statement.column + shift + length <= result.column { shift += length }
            }
            result.column -= shift
            return result
        }
        switch error {
        case let error as RegoError: return moved(error)
        case let errors as RegoErrors: return RegoErrors(errors.errors.map(moved))
        default: return error
        }
    }
}

extension CompiledPolicy {
    /// The document at a path behind `data`, whatever characters its names have; nil when it is undefined. A name of
    /// digits is a list's position, as in OPA's API.
    public func document(
        at path: [String], input: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings(), recorder: EvaluationRecorder? = nil
    ) throws -> RegoValue? {
        guard path.contains(where: { $0.contains(".") || $0.isEmpty || Int($0) != nil }) else {
            return try evaluate(
                rule: (["data"] + path).joined(separator: "."), regoInput: input, limits: limits,
                surroundings: surroundings, recorder: recorder)
        }
        let keys = path.map { name in
            "[" + (Int(name).map(String.init) ?? JSONWriter.string(.string(name))) + "]"
        }.joined()
        return try evaluate(
            query: "waybill_value = data\(keys)", regoInput: input, limits: limits, surroundings: surroundings,
            recorder: recorder
        ).first?["waybill_value"]
    }
}

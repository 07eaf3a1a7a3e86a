import Documents
import HTTPServing
import Hummingbird
import PolicyTools
import Rego
import WaybillCore

/// `/v1/compile`: what is left of a query, as a syntax tree or as a filter for databases.
extension PolicyServer {
    func compile(_ call: PolicyCall) async throws -> Response {
        let document = try call.document("request") ?? [:]
        guard call.path.count == 2 else { return try filter(call, Array(call.path.dropFirst(2)), document) }
        guard let text = document["query"]?.string, !text.isEmpty else {
            throw PolicyFailure(.badRequest, "invalid_parameter", "missing required 'query' value")
        }
        let start = host.clock()
        let kept = try paths(document["options"]?["disableInlining"], "disableInlining") ?? []
        let partial = try partial(text, document, unknowns: ["input"], kept: kept)
        var answer: Object = ["result": partial.document]
        if call.flag("metrics") { answer["metrics"] = ["timer_rego_partial_eval_ns": .integer(host.clock() - start)] }
        return call.json(.object(answer))
    }

    private func paths(_ value: Value?, _ name: String) throws -> [String]? {
        guard let value, !value.isNull else { return nil }
        guard let names = value.array?.compactMap(\.string), names.count == value.array?.count else {
            throw PolicyFailure(.badRequest, "invalid_parameter", "\(name): expected a list of paths")
        }
        return names
    }

    private func partial(
        _ query: String, _ document: Value, unknowns: [String], kept: [String] = []
    ) throws -> PartialResult {
        let unknowns = try paths(document["unknowns"], "unknowns") ?? unknowns
        do {
            return try store.snapshot.compiled.partiallyEvaluate(
                query: query, regoInput: document["input"].map { RegoValue($0) }, unknowns: unknowns, keeping: kept,
                limits: limits(), surroundings: host.surroundings())
        } catch  where error is RegoErrors || (error as? RegoError)?.code == .parse {
            throw PolicyFailure(
                .badRequest, "invalid_parameter", "error(s) occurred while compiling module(s)", error)
        }
    }

    // MARK: Filters

    private enum Target: Hashable {
        case sql(DataFilter.Dialect)
        case tree(DataFilter.TreeKind)
        case several

        /// By the media type that is asked for.
        init?(mediaType: String) {
            let names = Dictionary(
                uniqueKeysWithValues: DataFilter.Dialect.allCases.map { ("sql.\($0.rawValue)", Target.sql($0)) }
                    + DataFilter.TreeKind.allCases.map { ("ucast.\($0.rawValue)", Target.tree($0)) }
                    + [("multitarget", Target.several)])
            guard
                let found = names.first(where: { "application/vnd.opa.\($0.key)+json" == mediaType })?.value
            else { return nil }
            self = found
        }

        /// As `targetDialects` names it: `sql+postgresql`, `ucast+prisma`.
        init?(dialect name: String) {
            guard
                let found = Target(
                    mediaType: "application/vnd.opa.\(name.split(separator: "+").joined(separator: "."))+json"),
                found != .several
            else { return nil }
            self = found
        }

        /// The member of the answer, and of the table mappings.
        var name: String {
            switch self {
            case .sql(let dialect): dialect.rawValue
            case .tree: "ucast"
            case .several: ""
            }
        }
    }

    private func filter(_ call: PolicyCall, _ path: [String], _ document: Value) throws -> Response {
        let accepted = (call.headers[.accept] ?? "").split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " })
            .first
            .map(String.init)
        guard let target = accepted.flatMap(Target.init(mediaType:)) else {
            throw PolicyFailure(
                .badRequest, "invalid_parameter",
                "the Accept header must name a filter: application/vnd.opa.sql.postgresql+json, …ucast.all+json, …")
        }
        let rule = "data." + path.joined(separator: ".")
        let declared = store.snapshot.compiled.annotated(path)
        let unknowns = declared["unknowns"]?.array?.compactMap(\.string) ?? ["input"]
        let partial = try partial("\(rule) == true", document, unknowns: unknowns)
        let masks = try self.masks(document, declared)
        func part(_ target: Target) throws -> Value {
            var answer: Object = [:]
            if let condition = try DataFilter.from(partial) {
                let mappings = document["options"]?["targetSQLTableMappings"]?[target.name]
                let renamed = if let mappings { try condition.renamed(mappings) } else { condition }
                switch target {
                case .sql(let dialect): answer["query"] = .string(renamed.sql(dialect))
                case .tree(let kind): answer["query"] = try renamed.tree(kind)
                case .several: break
                }
            }
            if let masks { answer["masks"] = masks }
            return .object(answer)
        }
        guard target == .several else {
            return call.json(["result": try part(target)], type: accepted ?? "application/json")
        }
        let names = try paths(document["options"]?["targetDialects"], "targetDialects") ?? []
        guard !names.isEmpty else {
            throw PolicyFailure(.badRequest, "invalid_parameter", "missing required 'options.targetDialects' value")
        }
        var result: Object = [:]
        for name in names {
            guard let target = Target(dialect: name) else {
                throw PolicyFailure(.badRequest, "invalid_parameter", "unsupported targetDialect: \(name)")
            }
            result[target.name] = try part(target)
        }
        return call.json(["result": .object(result)], type: accepted ?? "application/json")
    }

    /// What a rule says of columns that are not shown as they are.
    private func masks(_ document: Value, _ declared: Value) throws -> Value? {
        guard let rule = document["options"]?["maskRule"]?.string ?? declared["mask_rule"]?.string else { return nil }
        return try store.snapshot.compiled.evaluate(
            rule: rule.hasPrefix("data.") ? rule : "data.\(rule)",
            regoInput: document["input"].map { RegoValue($0) }, limits: limits(), surroundings: host.surroundings())?
            .document
    }
}

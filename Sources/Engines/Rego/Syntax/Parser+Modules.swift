/// Whole modules: package, imports, rules.
extension Parser {
    /// What a text's statements are before they are put together.
    enum Statement {
        case package(Term, Location)
        case `import`(Module.Import)
        case rules([Rule])
        /// An expression, which may still be a rule without a body.
        case body([Literal])

        var location: Location {
            switch self {
            case .package(_, let location): location
            case .import(let item): item.location
            case .rules(let rules): rules.first?.location ?? .none
            case .body(let literals): literals.first?.location ?? .none
            }
        }
    }

    static func module(
        _ text: String, file: String, version: RegoVersion, extensions: LanguageExtensions = [],
        readsAnnotations: Bool = true
    ) throws(RegoErrors) -> Module {
        var lexer = Lexer(text, file: file)
        let tokens = lexer.tokens()
        var parser = Parser(tokens: tokens, version: version, extensions: extensions)
        let statements = parser.statementList()
        guard parser.errors.isEmpty else { throw RegoErrors(Self.sorted(parser.errors)) }
        guard !statements.isEmpty else {
            if let comment = lexer.comments.first {
                throw RegoErrors([RegoError(.parse, "package expected", at: comment.location)])
            }
            throw RegoErrors([RegoError(.parse, "empty module", file: file)])
        }
        var module = Module(
            file: file, package: [], packageLocation: statements[0].location, imports: [], rules: [], annotations: [],
            version: parser.isCompatible ? .v1 : version, hasSafeNegation: parser.hasSafeNegation, source: lexer.bytes,
            comments: lexer.comments)
        parser.assemble(statements, &module)
        guard parser.errors.isEmpty else { throw RegoErrors(Self.sorted(parser.errors)) }
        guard readsAnnotations else { return module }
        module.annotations = try AnnotationReader(comments: lexer.comments, module: module).annotations()
        return module
    }

    static func sorted(_ errors: [RegoError]) -> [RegoError] {
        errors.enumerated().sorted {
            ($0.element.row, $0.element.column, $0.offset) < ($1.element.row, $1.element.column, $1.offset)
        }.map(\.element)
    }

    private mutating func statementList() -> [Statement] {
        var result: [Statement] = []
        while !isAtEnd {
            let beginning = mark()
            if at(keyword: "package") {
                guard let statement = packageStatement() else { return result }
                result.append(statement)
                continue
            }
            if at(keyword: "import") {
                guard let item = importStatement() else { return result }
                result.append(.import(item))
                use(item)
                guard errors.isEmpty else { return result }
                continue
            }
            if let rules = rules() {
                result.append(.rules(rules))
                continue
            }
            guard errors.isEmpty else { return result }
            restore(beginning)
            guard let body = statements(until: nil) else { return result }
            result.append(.body(body))
        }
        return result
    }

    private mutating func packageStatement() -> Statement? {
        let start = location
        advance()
        guard current.kind == .word else {
            unexpected()
            return nil
        }
        guard let path = path() else { return nil }
        return .package(path, text(from: start.start, to: lastEnd, like: start))
    }

    /// `a.b["c"]`, in which every word may be a keyword.
    mutating func path() -> Term? {
        let start = location
        let head = Term(.variable(current.text), at: start)
        advance()
        let kept = keywords
        keywords = []
        defer { keywords = kept }
        guard let term = finish(head, from: start.start) else { return nil }
        guard case .reference(_, let keys) = term.kind else {
            if case .call = term.kind {
                unexpected()
                return nil
            }
            return term
        }
        for key in keys where key.value?.string == nil {
            fail("unexpected \(key.typeName) token: expecting string", at: key.location)
            return nil
        }
        return term
    }

    private mutating func assemble(_ statements: [Statement], _ module: inout Module) {
        if case .package(let term, let location) = statements[0] {
            module.package = term.dottedPath ?? []
            module.packageLocation = location
            module.packageTerm = term
        } else {
            fail("package expected", at: statements[0].location)
        }
        for statement in statements.dropFirst() {
            switch statement {
            case .package(_, let location): fail("unexpected package", at: location)
            case .import(let item): module.imports.append(item)
            case .rules(let rules): module.rules += rules
            case .body(let body):
                do {
                    module.rules.append(try Rule(statement: body))
                } catch {
                    fail(error.message, at: body[0].location)
                }
            }
        }
        guard module.version == .v1 else { return }
        for rule in module.rules { checkKeywords(rule) }
    }

    /// New Rego asks for `if` and `contains`.
    private mutating func checkKeywords(_ rule: Rule) {
        let kind = rule.head.parameters == nil ? "rule" : "function"
        if rule.form.hasGeneratedBody, rule.head.value == nil, rule.head.element == nil, rule.head.parameters == nil {
            fail("\(kind) must have value assignment and/or body declaration", at: rule.location)
        }
        if !rule.form.hasGeneratedBody, !rule.form.usesIf, !rule.isDefault {
            fail("`if` keyword is required before \(kind) body", at: rule.location)
        }
        if rule.head.element != nil, !rule.form.usesContains {
            fail("`contains` keyword is required for partial set rules", at: rule.location)
        }
        for alternative in rule.alternatives where !alternative.form.hasGeneratedBody && !alternative.form.usesIf {
            fail("`if` keyword is required before \(kind) body", at: alternative.location)
        }
    }
}

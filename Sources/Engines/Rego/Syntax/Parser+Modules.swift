/// Whole modules: package, imports, rules.
extension Parser {
    static func module(_ text: String, file: String, version: RegoVersion) throws(RegoError) -> Module {
        // Imports can add keywords, so that old modules are cut into words a second time.
        var keywords = Lexer.baseKeywords
        var effective = version
        var hasSafeNegation = false
        var lexer = Lexer(text, file: file, keywords: keywords)
        let words = try lexer.tokens()
        for (index, word) in words.enumerated() where word.text == "import" && word.kind == .keyword {
            let path = words[(index + 1)...].prefix {
                !$0.startsLine && ($0.kind == .identifier || $0.kind == .keyword || $0.isSymbol("."))
            }
            .filter { $0.kind != .symbol }.map(\.text)
            if path == ["rego", "v1"] || path == ["rego", "v2"] { effective = .v1 }
            if path.starts(with: ["future", "keywords"]) {
                keywords.formUnion(path.count > 2 ? [path[2]] : Lexer.futureKeywords)
                if path.count > 2, path[2] == "every" { keywords.insert("in") }
            }
            if path == ["rego", "v2"] || path.starts(with: ["future", "keywords", "not"]) { hasSafeNegation = true }
        }
        if effective == .v1 { keywords.formUnion(Lexer.futureKeywords) }
        lexer = Lexer(text, file: file, keywords: keywords)
        let tokens = try lexer.tokens()
        var parser = Parser(tokens: tokens, version: effective)
        parser.hasSafeNegation = hasSafeNegation
        if parser.isAtEnd, lexer.comments.isEmpty { throw RegoError(.parse, "empty module", file: file) }
        return try parser.module(file: file, comments: lexer.comments)
    }

    private mutating func module(file: String, comments: [Comment]) throws(RegoError) -> Module {
        guard accept(keyword: "package") else { throw RegoError(.parse, "package expected", at: location) }
        let packageLocation = tokens[index - 1].location
        let package = try path()
        var module = Module(
            file: file, package: package, packageLocation: packageLocation, imports: [], rules: [], annotations: [],
            version: version, hasSafeNegation: hasSafeNegation)
        while !isAtEnd {
            if accept(";") { continue }
            if current.isKeyword("import"), !isName {
                module.imports.append(try importStatement())
            } else {
                module.rules += try rule()
            }
            guard isAtEnd || current.startsLine || at(";") || at("{") else { throw unexpected() }
        }
        module.annotations = try AnnotationReader(comments: comments, module: module).annotations()
        return module
    }

    /// `a.b["c"]`
    private mutating func path() throws(RegoError) -> [String] {
        guard current.kind == .identifier || current.kind == .keyword else {
            throw unexpected("expected ident")
        }
        var result = [current.text]
        advance()
        while !current.startsLine {
            if at(".") {
                guard let text = try field().value?.string else { break }
                result.append(text)
            } else if at("["), !current.hasSpaceBefore {
                advance()
                guard current.kind == .string else { throw unexpected("expected string") }
                result.append(current.text)
                advance()
                try expect("]")
            } else {
                break
            }
        }
        return result
    }

    private mutating func importStatement() throws(RegoError) -> Module.Import {
        let start = location
        advance()
        let place = location
        let path = try path()
        switch path[0] {
        case "data", "input": break
        case "future":
            guard path.count >= 2, path[1] == "keywords" else {
                throw RegoError(.parse, "invalid import, must be `future.keywords`", at: place)
            }
            guard path.count < 3 || Lexer.futureKeywords.contains(path[2]) || path[2] == "not" else {
                throw RegoError(.parse, "unexpected keyword, must be one of [contains every if in not]", at: place)
            }
        case "rego":
            guard path == ["rego", "v1"] || path == ["rego", "v2"] else {
                throw RegoError(.parse, "invalid import `\(path.joined(separator: "."))`, must be `rego.v1`", at: place)
            }
        default:
            throw RegoError(
                .parse,
                "unexpected import path, must begin with one of: {data, future, input, rego}, got: \(path[0])"
                    + " (hint: if this is unexpected, try updating OPA)", at: place)
        }
        var alias: String?
        if accept(keyword: "as") {
            guard current.kind == .identifier else { throw unexpected("expected var") }
            alias = current.text
            advance()
        }
        let isKeyword =
            Lexer.baseKeywords.contains(path[path.count - 1]) || Lexer.futureKeywords.contains(path[path.count - 1])
        if alias == nil, isKeyword, version == .v1, path[0] == "data" || path[0] == "input" {
            let end = tokens[index - 1].location
            throw RegoError(
                .parse,
                "unexpected import path, must not end with a keyword, got: \(path[path.count - 1])"
                    + " (hint: import a different path or use an alias)", at: end)
        }
        return Module.Import(path: path, alias: alias, location: start)
    }
}

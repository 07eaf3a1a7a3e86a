/// Imports and what they change.
extension Parser {
    mutating func importStatement() -> Module.Import? {
        let start = location
        advance()
        guard current.kind == .word else {
            unexpected()
            return nil
        }
        guard let term = path() else {
            if errors.isEmpty { fail("expected path") }
            return nil
        }
        let names = term.dottedPath ?? []
        guard let root = names.first, ["data", "input", "future", "rego"].contains(root) else {
            hints.append("if this is unexpected, try updating OPA")
            fail(
                "unexpected import path, must begin with one of: {data, future, input, rego}, got: \(names.first ?? "")",
                at: term.location)
            return nil
        }
        var alias: String?
        if accept(keyword: "as") {
            guard current.kind == .word, !isKeyword(current) else {
                unexpected("expected var")
                return nil
            }
            alias = current.text
            advance()
            // These two are documents, never names.
            if alias == "data" || alias == "input" {
                unexpected("expected var")
                return nil
            }
        } else if root != "future", root != "rego", let last = names.last, isKeywordOfVersion(last) {
            var place = term.location
            if case .reference(_, let keys) = term.kind { place = keys[keys.count - 1].location }
            hints.append("import a different path or use an alias")
            fail("unexpected import path, must not end with a keyword, got: \(last)", at: place)
        }
        let place = text(from: start.start, to: lastEnd, like: start)
        return Module.Import(path: names, alias: alias, location: place, term: term)
    }

    private func isKeywordOfVersion(_ name: String) -> Bool {
        Self.baseKeywords.contains(name) || version == .v1 && Self.futureKeywords.contains(name)
    }

    /// Keywords that the import brings.
    mutating func use(_ item: Module.Import) {
        let place = item.term.location
        switch item.path[0] {
        case "future":
            guard item.path.count >= 2, item.path[1] == "keywords" else {
                return fail("invalid import, must be `future.keywords`", at: place)
            }
            guard item.alias == nil else { return fail("`future` imports cannot be aliased", at: place) }
            guard item.path.count > 2 else {
                if extensions.contains(.logicalKeywords) { keywords.formUnion(["and", "or"]) }
                return keywords.formUnion(Self.futureKeywords)
            }
            let word = item.path[2]
            guard Self.futureKeywords.contains(word) || word == "not" || isLogical(word) else {
                let words = Self.futureKeywords.union(["not"]).union(
                    extensions.contains(.logicalKeywords) ? ["and", "or"] : [])
                return fail(
                    "unexpected keyword, must be one of [\(words.sorted().joined(separator: " "))]", at: place)
            }
            if word == "not" { hasSafeNegation = true } else { keywords.insert(word) }
            if word == "every" { keywords.insert("in") }
        case "rego":
            if item.path == ["rego", "v2"], extensions.contains(.logicalKeywords) {
                keywords.formUnion(Self.futureKeywords.union(["and", "or"]))
                hasSafeNegation = true
                isCompatible = true
                return
            }
            guard item.path == ["rego", "v1"] else {
                return fail(
                    "invalid import `\(item.path.joined(separator: "."))`, must be `rego.v1`", at: place)
            }
            guard version == .v0 else { return }
            guard item.alias == nil else { return fail("`rego` imports cannot be aliased", at: place) }
            keywords.formUnion(Self.futureKeywords)
            isCompatible = true
        default: break
        }
    }

    private func isLogical(_ word: String) -> Bool {
        extensions.contains(.logicalKeywords) && (word == "and" || word == "or")
    }
}

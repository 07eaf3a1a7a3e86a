import Documents
public import WaybillCore

/// Reads rules in the TOML format of gitleaks.
public enum GitleaksConfiguration {
    static let rulesMax = 5000

    /// `extend.useDefault` adds our own rules. Throws for what is not understood: a rule that is left out finds nothing.
    public static func rules(from bytes: [UInt8], file: String) throws(WaybillError) -> SecretRuleSet {
        do {
            let root = try TOMLReader.node(from: bytes)
            var set = SecretRuleSet(rules: [])
            let nodes = root["rules"]?.elements ?? []
            guard nodes.count <= rulesMax else {
                throw WaybillError(.limitExceeded, "more than \(rulesMax) rules", subject: file)
            }
            for node in nodes { set.rules.append(try rule(node)) }
            for node in (root["allowlists"]?.elements ?? []) + (root["allowlist"].map { [$0] } ?? []) {
                set.allowLists.append(try allowList(node))
            }
            try extend(&set, root["extend"], file)
            guard !set.rules.isEmpty else {
                throw WaybillError(
                    .invalidInput, "holds no rule", subject: file, remedy: "add [[rules]], or leave the option out")
            }
            return set
        } catch let error as DocumentError {
            throw error.inFile(file)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: file, cause: error)
        }
    }

    private static func extend(_ set: inout SecretRuleSet, _ node: Node?, _ file: String) throws(WaybillError) {
        guard let node else { return }
        if node["path"] != nil || node["url"] != nil {
            throw WaybillError(
                .unsupported, "extends another file", subject: file, remedy: "pass both files, one after the other")
        }
        let disabled = Set((node["disabledRules"]?.elements ?? []).compactMap(\.string))
        if node["useDefault"]?.scalar?.bool == true {
            let own = Set(set.rules.map(\.id))
            set.rules += SecretRule.standard.filter { !own.contains($0.id) }
        }
        set.rules.removeAll { disabled.contains($0.id) }
    }

    private static let ruleKeys: Set<String> = [
        "id", "description", "regex", "path", "secretGroup", "entropy", "keywords", "tags", "allowlist", "allowlists",
        "skipReport", "required", "severity",
    ]

    private static func rule(_ node: Node) throws(DocumentError) -> SecretRule {
        for member in node.members ?? [] where !ruleKeys.contains(member.key) {
            throw DocumentError(at: member.keyPosition, "unknown key \(Redaction.excerpt(member.key)) of a rule")
        }
        guard let id = node["id"]?.string, !id.isEmpty else {
            throw DocumentError(at: node.position, "a rule without id")
        }
        let pattern = node["regex"]?.string ?? "", path = node["path"]?.string
        guard !pattern.isEmpty || path != nil else {
            throw DocumentError(at: node.position, "the rule \(Redaction.excerpt(id)) has neither regex nor path")
        }
        var rule = SecretRule(
            id: id, title: node["description"]?.string ?? id,
            severity: node["severity"]?.string.flatMap { Severity(rawValue: $0.lowercased()) } ?? .high,
            pattern: pattern, keywords: try texts(node["keywords"]),
            entropyMin: try number(node["entropy"]) ?? 0, path: path, group: node["secretGroup"]?.scalar?.integer)
        if rule.group == 0 { rule.group = nil }
        // Its words are common ones: without a digit it is prose.
        rule.needsDigit = id.hasPrefix("generic")
        for each in (node["allowlists"]?.elements ?? []) + (node["allowlist"].map { [$0] } ?? []) {
            rule.allowLists.append(try allowList(each))
        }
        return rule
    }

    private static func allowList(_ node: Node) throws(DocumentError) -> SecretAllowList {
        var list = SecretAllowList()
        list.patterns = try texts(node["regexes"])
        list.paths = try texts(node["paths"])
        list.stopWords = try texts(node["stopwords"]).map { $0.lowercased() }
        list.commits = try texts(node["commits"]).map { $0.lowercased() }
        if let text = node["regexTarget"]?.string {
            guard let target = SecretAllowList.Target(rawValue: text) else {
                throw DocumentError(at: node.position, "regexTarget: unknown \(Redaction.excerpt(text))")
            }
            list.target = target
        }
        if let condition = node["condition"]?.string {
            guard ["AND", "OR", "&&", "||"].contains(condition.uppercased()) else {
                throw DocumentError(at: node.position, "condition: neither AND nor OR")
            }
            list.needsAll = condition.uppercased() == "AND" || condition == "&&"
        }
        return list
    }

    private static func texts(_ node: Node?) throws(DocumentError) -> [String] {
        guard let node else { return [] }
        guard let elements = node.elements else { throw DocumentError(at: node.position, "expected a list of texts") }
        var result: [String] = []
        for element in elements {
            guard let text = element.string else { throw DocumentError(at: element.position, "expected a text") }
            result.append(text)
        }
        return result
    }

    private static func number(_ node: Node?) throws(DocumentError) -> Double? {
        guard let node else { return nil }
        guard let text = node.scalar?.number?.text, let value = Double(text) else {
            throw DocumentError(at: node.position, "expected a number")
        }
        return value
    }
}

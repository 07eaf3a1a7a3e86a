import Documents
public import WaybillCore

/// Reads rules in the YAML format of Trivy: rules of one's own beside the standard ones, and ones to leave out.
public enum TrivySecretConfiguration {
    public static func rules(from bytes: [UInt8], file: String) throws(WaybillError) -> SecretRuleSet {
        do {
            let root = try YAMLReader.node(from: bytes, schema: .core, limits: InventoryFile.limits)
            var set = SecretRuleSet(rules: [])
            for node in root["rules"]?.elements ?? [] { set.rules.append(try rule(node)) }
            let disabled = Set((root["disable-rules"]?.elements ?? []).compactMap(\.string))
            let enabled = root["enable-builtin-rules"]?.elements.map { Set($0.compactMap(\.string)) }
            set.rules += SecretRule.standard.filter { rule in
                let names = Set([rule.id] + rule.aliases)
                return names.isDisjoint(with: disabled) && enabled.map { !names.isDisjoint(with: $0) } ?? true
            }
            for node in root["allow-rules"]?.elements ?? [] { set.allowLists.append(allowList(node)) }
            return set
        } catch {
            throw error.inFile(file)
        }
    }

    private static func rule(_ node: Node) throws(DocumentError) -> SecretRule {
        guard let id = node["id"]?.string, let pattern = node["regex"]?.string, !id.isEmpty, !pattern.isEmpty else {
            throw DocumentError(at: node.position, "a rule needs id and regex")
        }
        var rule = SecretRule(
            id: id, title: node["title"]?.string ?? id,
            severity: node["severity"]?.string.flatMap { Severity(rawValue: $0.lowercased()) } ?? .high,
            pattern: pattern, keywords: (node["keywords"]?.elements ?? []).compactMap(\.string),
            path: node["path"]?.string)
        rule.groupName = node["secret-group-name"]?.string
        rule.allowLists = (node["allow-rules"]?.elements ?? []).map(allowList)
        return rule
    }

    private static func allowList(_ node: Node) -> SecretAllowList {
        var list = SecretAllowList()
        list.target = .match
        if let pattern = node["regex"]?.string { list.patterns = [pattern] }
        if let path = node["path"]?.string { list.paths = [path] }
        return list
    }
}

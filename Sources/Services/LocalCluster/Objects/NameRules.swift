/// The rules for names and labels, with the real server's words for breaking them.
enum NameRules {
    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte)
    }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerAlphanumeric(byte) || (65...90).contains(byte) }

    private static func isPart(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && bytes.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// A DNS label: lower case letters, digits and `-`, at most 63.
    static func isLabel(_ text: some StringProtocol) -> Bool { isPart(text) && text.utf8.count <= 63 }

    /// DNS labels joined by dots, at most 253. The labels themselves have no limit of their own.
    static func isSubdomain(_ text: String) -> Bool { subdomainProblems(text).isEmpty }

    static func labelProblems(_ text: String) -> [String] {
        (text.utf8.count > 63 ? ["must be no more than 63 bytes"] : []) + (isPart(text) ? [] : [labelDetail])
    }

    static func subdomainProblems(_ text: String) -> [String] {
        let isFit = !text.isEmpty && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isPart)
        return (text.utf8.count > 253 ? ["must be no more than 253 characters"] : []) + (isFit ? [] : [subdomainDetail])
    }

    /// The same where `_` stands for a letter, as in searches of resolvers.
    static func underscoredSubdomainProblems(_ text: String) -> [String] {
        let plain = text.replacing("_", with: "a")
        let problems = subdomainProblems(plain)
        return problems.map { $0 == subdomainDetail ? underscoredDetail : $0 }
    }

    /// A DNS label as of old: it begins with a letter.
    static func oldLabelProblems(_ text: String) -> [String] {
        let isFit = isPart(text) && text.utf8.first.map { (97...122).contains($0) } ?? false
        return (text.utf8.count > 63 ? ["must be no more than 63 bytes"] : []) + (isFit ? [] : [oldLabelDetail])
    }

    /// A part of a path: what names of roles may be.
    static func segmentProblems(_ text: String) -> [String] {
        if text == "." || text == ".." { return ["may not be '\(text)'"] }
        return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
    }

    /// The name part of a label's key, and a label's value where it is not empty.
    static func isQualifiedPart(_ text: some StringProtocol) -> Bool {
        isPartOfKey(text) && text.utf8.count <= 63
    }

    private static func isPartOfKey(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy {
                isAlphanumeric($0) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
            }
    }

    static func isLabelKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return switch parts.count {
        case 1: isQualifiedPart(parts[0])
        case 2: isSubdomain(String(parts[0])) && isQualifiedPart(parts[1])
        default: false
        }
    }

    static func labelKeyProblem(_ text: String) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return partProblem(parts[0])
        case 2:
            if parts[0].isEmpty { return "prefix part must be non-empty" }
            if let problem = subdomainProblems(parts[0]).first { return "prefix part \(problem)" }
            return partProblem(parts[1])
        default:
            return
                "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        }
    }

    /// Everything that is wrong with the key of a label; empty where nothing is.
    static func labelKeyProblems(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { return [labelKeyProblem(text)] }
        var problems: [String] = []
        if parts.count == 2 {
            problems =
                parts[0].isEmpty
                ? ["prefix part must be non-empty"] : subdomainProblems(parts[0]).map { "prefix part \($0)" }
        }
        let name = parts[parts.count - 1]
        if name.isEmpty { problems.append("name part must be non-empty") }
        if name.utf8.count > 63 { problems.append("name part must be no more than 63 bytes") }
        if !name.isEmpty, !isPartOfKey(name) { problems.append(labelKeyDetail) }
        return problems
    }

    /// What is wrong with a host name that begins with `*.`.
    static func wildcardProblems(_ text: String) -> [String] {
        let isFit = text.hasPrefix("*.") && isSubdomain(String(text.dropFirst(2)))
        return (text.utf8.count > 253 ? ["must be no more than 253 characters"] : []) + (isFit ? [] : [wildcardDetail])
    }

    /// What is wrong with the key of a config map; empty where nothing is.
    static func configKeyProblems(_ key: String) -> [String] {
        var problems: [String] = []
        if key.utf8.count > 253 { problems.append("must be no more than 253 characters") }
        if key.isEmpty || !key.utf8.allSatisfy({ isAlphanumeric($0) || [45, 46, 95].contains($0) }) {
            problems.append(configKeyDetail)
        }
        if key == "." {
            problems.append("must not be '.'")
        } else if key == ".." {
            problems.append("must not be '..'")
        } else if key.hasPrefix("..") {
            problems.append("must not start with '..'")
        }
        return problems
    }

    private static func partProblem(_ text: String) -> String {
        if text.isEmpty { return "name part must be non-empty" }
        if text.utf8.count > 63 { return "name part must be no more than 63 bytes" }
        return labelKeyDetail
    }

    static func isLabelValue(_ text: String) -> Bool { text.isEmpty || isQualifiedPart(text) }

    static func labelValueProblem(_ text: String) -> String {
        text.utf8.count > 63 ? "must be no more than 63 bytes" : labelValueDetail
    }

    /// What is wrong with the name of a port; empty where nothing is.
    static func portNameProblems(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 15 { problems.append("must be no more than 15 characters") }
        if !text.utf8.allSatisfy({ isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }) {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !text.utf8.contains(where: { (97...122).contains($0) }) {
            problems.append("must contain at least one letter (a-z)")
        }
        if text.contains("--") { problems.append("must not contain consecutive hyphens") }
        if text.hasPrefix("-") || text.hasSuffix("-") { problems.append("must not begin or end with a hyphen") }
        return problems
    }

    private static let wildcardDetail =
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    private static let configKeyDetail =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
    private static let oldLabelDetail =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    private static let underscoredDetail =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*')"
    static let labelDetail =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    static let subdomainDetail =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    static let labelValueDetail =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    static let labelKeyDetail =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
}

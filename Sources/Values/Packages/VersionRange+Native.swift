public import WaybillCore

extension VersionRange {
    /// Turns a range in an ecosystem's own notation into the common one. Throws `.invalidInput`, and `.unsupported` for
    /// a scheme whose notation is not known here.
    public init(native text: String, scheme: String) throws(WaybillError) {
        let constraints: [Constraint]? =
            switch scheme {
            case "npm": Self.npm(text)
            case "pypi": Self.list(text, separator: ",")
            case "gem": Self.gem(text)
            case "nuget", "maven": Self.interval(text)
            case "nginx": Self.nginx(text)
            case "openssl": Self.list(text, separator: ",")
            case "conan": Self.conan(text)
            default:
                throw WaybillError(.unsupported, "ranges of \(Redaction.excerpt(scheme)) are not read", subject: "vers")
            }
        guard let constraints, let range = VersionRange(scheme: scheme, constraints: constraints) else {
            throw Self.invalid("not a range of \(scheme)", text)
        }
        self = range
    }

    /// Comparators with optional space before the version, between separators.
    private static func list(_ text: String, separator: Character) -> [Constraint]? {
        var result: [Constraint] = []
        for part in text.split(separator: separator) {
            guard let constraint = constraint(ASCII.trimmed(part)) else { return nil }
            result.append(constraint)
        }
        return result.isEmpty ? nil : result
    }

    static func constraint(_ text: String) -> Constraint? {
        let spellings: [(String, Comparator)] = [
            ("===", .equal), ("==", .equal), ("!=", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual),
            ("<", .less),
            (">", .greater), ("=", .equal),
        ]
        let found = spellings.first { text.hasPrefix($0.0) }
        let version = ASCII.trimmed(text.dropFirst(found?.0.count ?? 0))
        guard !version.isEmpty, !version.utf8.contains(where: ASCII.isSpace) else { return nil }
        return Constraint(found?.1 ?? .equal, version)
    }

    /// vers has no word for npm's rule about prereleases: upper bounds lose their `-0`.
    private static func npm(_ text: String) -> [Constraint]? {
        guard let range = NpmRange(text, .loose) else { return nil }
        var result: [Constraint] = []
        for alternative in range.alternatives {
            if alternative.isEmpty { return [] }
            for comparator in alternative {
                var version = comparator.version
                if version.prerelease == ["0"], comparator.operator == .less { version.prerelease = [] }
                let kind: Comparator =
                    switch comparator.operator {
                    case .equal: .equal
                    case .less: .less
                    case .lessOrEqual: .lessOrEqual
                    case .greater: .greater
                    case .greaterOrEqual: .greaterOrEqual
                    }
                result.append(Constraint(kind, version.description))
            }
        }
        return result
    }

    private static func gem(_ text: String) -> [Constraint]? {
        var result: [Constraint] = []
        for part in text.split(separator: ",").map({ ASCII.trimmed($0) }) {
            if part.hasPrefix("~>") {
                let version = ASCII.trimmed(part.dropFirst(2))
                guard let next = bumped(version, dropping: 1) else { return nil }
                result += [Constraint(.greaterOrEqual, version), Constraint(.less, next)]
            } else {
                guard let constraint = constraint(part) else { return nil }
                result.append(constraint)
            }
        }
        return result
    }

    /// The version with its last parts dropped and the one before raised by one.
    static func bumped(_ version: String, dropping count: Int) -> String? {
        let parts = version.split(separator: ".").prefix { $0.utf8.allSatisfy(ASCII.isDigit) }
        var numbers: [Int] = []
        for part in parts {
            guard let number = Int(part) else { return nil }
            numbers.append(number)
        }
        guard !numbers.isEmpty else { return nil }
        numbers = Array(numbers.prefix(max(1, numbers.count - count)))
        let last = numbers[numbers.count - 1].addingReportingOverflow(1)
        guard !last.overflow else { return nil }
        numbers[numbers.count - 1] = last.partialValue
        return numbers.map(String.init).joined(separator: ".")
    }

    /// `[1.0,2.0)`, `[1.0]`, `1.0`.
    private static func interval(_ text: String) -> [Constraint]? {
        let text = ASCII.trimmed(text)
        guard let first = text.first, let last = text.last, first == "[" || first == "(" else {
            return text.isEmpty ? nil : [Constraint(.greaterOrEqual, text)]
        }
        guard last == "]" || last == ")" else { return nil }
        let parts = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false).map {
            ASCII.trimmed($0)
        }
        if parts.count == 1 { return first == "[" && last == "]" ? [Constraint(.equal, parts[0])] : nil }
        guard parts.count == 2 else { return nil }
        var result: [Constraint] = []
        if !parts[0].isEmpty { result.append(Constraint(first == "[" ? .greaterOrEqual : .greater, parts[0])) }
        if !parts[1].isEmpty { result.append(Constraint(last == "]" ? .lessOrEqual : .less, parts[1])) }
        return result
    }

    /// nginx's advisories: `0.8.40+` to the end of the branch (or for ever on the mainline, whose minor is odd), `a-b`.
    private static func nginx(_ text: String) -> [Constraint]? {
        var result: [Constraint] = []
        for part in text.split(separator: ",").map({ ASCII.trimmed($0) }) {
            if part.hasSuffix("+") {
                let version = String(part.dropLast())
                let numbers = version.split(separator: ".").compactMap { Int($0) }
                guard numbers.count == 3 else { return nil }
                result.append(Constraint(.greaterOrEqual, version))
                if numbers[1].isMultiple(of: 2), numbers[1] < Int.max {
                    result.append(Constraint(.less, "\(numbers[0]).\(numbers[1] + 1).0"))
                }
            } else if let hyphen = part.firstIndex(of: "-") {
                result.append(Constraint(.greaterOrEqual, String(part[..<hyphen])))
                result.append(Constraint(.lessOrEqual, String(part[part.index(after: hyphen)...])))
            } else {
                guard let constraint = constraint(part) else { return nil }
                result.append(constraint)
            }
        }
        return result
    }

    private static func conan(_ text: String) -> [Constraint]? {
        var result: [Constraint] = []
        let expression =
            text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        for alternative in NpmRangeParser.alternatives(of: expression) {
            let words = alternative.split(separator: " ")
            if words.isEmpty || alternative == "*" || alternative == "*-" {
                result.append(Constraint(.greaterOrEqual, "0.0.0"))
                continue
            }
            for word in words {
                guard let constraints = conanWord(String(word)) else { return nil }
                result += constraints
            }
        }
        return result
    }

    private static func conanWord(_ word: String) -> [Constraint]? {
        guard let first = word.first, first == "~" || first == "^" else {
            guard var constraint = constraint(word) else { return nil }
            // A hyphen at the end only says that prereleases are meant.
            if constraint.version.hasSuffix("-") { constraint.version.removeLast() }
            return [constraint]
        }
        var version = ASCII.trimmed(word.dropFirst())
        if version.hasSuffix("-") { version.removeLast() }
        let core = String(version.split(separator: "-", maxSplits: 1).first ?? "")
        let parts = core.split(separator: ".")
        let fixed = first == "~" ? min(2, parts.count) : min(parts.prefix { $0 == "0" }.count + 1, parts.count)
        guard let next = bumped(core, dropping: parts.count - fixed) else { return nil }
        return [Constraint(.greaterOrEqual, version), Constraint(.less, next + "-")]
    }
}

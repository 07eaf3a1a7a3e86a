import Documents
import WaybillCore

/// The kinds of settings that delivery's files hold.
extension Fields {
    mutating func readVersion(_ expected: Int) throws(DocumentError) {
        let found = try required("version")
        guard found.scalar?.integer == expected else {
            throw DocumentError(at: found.position, "\(name).version: only version \(expected) is known")
        }
    }

    /// The elements of a list that may be missing.
    mutating func list(_ key: String) throws(DocumentError) -> [Node] {
        let elements = try elements(key) ?? []
        guard elements.count <= ProjectFile.entriesMax else {
            throw DocumentError(
                at: elements[0].position,
                "\(name).\(key): \(elements.count) entries, the limit is \(ProjectFile.entriesMax)")
        }
        return elements
    }

    /// Text that is not empty.
    mutating func text(_ key: String) throws(DocumentError) -> String? {
        guard let node = node(key) else { return nil }
        return try Self.text(node, "\(name).\(key)")
    }

    mutating func requiredText(_ key: String) throws(DocumentError) -> String {
        try Self.text(required(key), "\(name).\(key)")
    }

    mutating func requiredIdentity(_ key: String) throws(DocumentError) -> Identity {
        let node = try required(key)
        let text = try Self.text(node, "\(name).\(key)")
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw DocumentError(at: node.position, "\(name).\(key): a name without spaces, as author@shop.example")
        }
        return Identity(text)
    }

    mutating func requiredLabel(_ key: String) throws(DocumentError) -> String {
        try Self.label(required(key), "\(name).\(key)")
    }

    mutating func label(_ key: String) throws(DocumentError) -> String? {
        guard let node = node(key) else { return nil }
        return try Self.label(node, "\(name).\(key)")
    }

    mutating func path(_ key: String, exists: (String) -> Bool) throws(DocumentError) -> String? {
        guard let node = node(key) else { return nil }
        return try Self.path(node, "\(name).\(key)", exists: exists)
    }

    mutating func requiredPath(_ key: String, exists: (String) -> Bool) throws(DocumentError) -> String {
        try Self.path(required(key), "\(name).\(key)", exists: exists)
    }

    mutating func paths(_ key: String, exists: (String) -> Bool) throws(DocumentError) -> [String]? {
        guard node(key) != nil else { return nil }
        var paths: [String] = []
        for element in try list(key) {
            paths.append(try Self.path(element, "\(name).\(key)[\(paths.count)]", exists: exists))
        }
        return paths
    }

    /// A repository of the distribution specification.
    mutating func imageName(_ key: String) throws(DocumentError) -> String? {
        guard let node = node(key) else { return nil }
        let text = try Self.text(node, "\(name).\(key)")
        func isWord(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        let valid =
            text.utf8.count <= 255
            && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.first, let last = part.last else { return false }
                return isWord(first) && isWord(last) && part.allSatisfy { isWord($0) || "._-".utf8.contains($0) }
            }
        guard valid else {
            throw DocumentError(
                at: node.position,
                "\(name).\(key): \(Redaction.excerpt(text)) is not a repository such as shop/cart (without registry and tag)"
            )
        }
        return text
    }

    mutating func duration(_ key: String, in range: ClosedRange<Duration>) throws(DocumentError) -> Duration? {
        guard let node = node(key) else { return nil }
        guard let value = node.string.flatMap(Duration.init(setting:)), range.contains(value) else {
            throw DocumentError(
                at: node.position,
                "\(name).\(key): expected a time such as 90s, 10m or 1h30m, from \(range.lowerBound.seconds)s to \(range.upperBound.seconds)s"
            )
        }
        return value
    }

    mutating func size(_ key: String, in range: ClosedRange<Int>) throws(DocumentError) -> Int? {
        guard let node = node(key) else { return nil }
        let value = node.scalar?.integer ?? node.string.flatMap { ByteCount.parse($0) }
        guard let value, range.contains(value) else {
            throw DocumentError(
                at: node.position,
                "\(name).\(key): expected a size such as 512Mi or 2Gi, from \(range.lowerBound) to \(range.upperBound) bytes"
            )
        }
        return value
    }

    mutating func requiredDate(_ key: String) throws(DocumentError) -> CalendarDate {
        let node = try required(key)
        guard let date = node.string.flatMap(CalendarDate.init(parsing:)) else {
            throw DocumentError(at: node.position, "\(name).\(key): expected a date such as 2026-12-31")
        }
        return date
    }

    /// The texts of a list with their positions.
    static func texts(_ node: Node, _ what: String) throws(DocumentError) -> [(text: String, position: Position)] {
        guard let elements = node.elements, elements.count <= ProjectFile.entriesMax else {
            throw DocumentError(
                at: node.position,
                "\(what): expected a list of at most \(ProjectFile.entriesMax), found \(node.typeName)")
        }
        var texts: [(text: String, position: Position)] = []
        for element in elements { texts.append((try text(element, "\(what)[\(texts.count)]"), element.position)) }
        return texts
    }

    private static func text(_ node: Node, _ what: String) throws(DocumentError) -> String {
        guard let text = node.string, text.utf8.contains(where: { $0 > 0x20 }) else {
            throw DocumentError(
                at: node.position,
                "\(what): expected a text, found \(node.string == nil ? node.typeName : "an empty one")")
        }
        return text
    }

    /// A DNS label (RFC 1123), as namespaces and environments are named.
    private static func label(_ node: Node, _ what: String) throws(DocumentError) -> String {
        let label = try text(node, what)
        func isWord(_ byte: UInt8?) -> Bool { byte.map { (97...122).contains($0) || (48...57).contains($0) } ?? false }
        guard label.utf8.count <= 63, isWord(label.utf8.first), isWord(label.utf8.last),
            label.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "-") })
        else {
            throw DocumentError(
                at: node.position,
                "\(what): \(Redaction.excerpt(label)) is not a name of lower-case letters, digits and “-”, at most 63")
        }
        return label
    }

    /// A path inside the repository, without `.` components and a slash at the end.
    private static func path(_ node: Node, _ what: String, exists: (String) -> Bool) throws(DocumentError) -> String {
        let written = try text(node, what)
        let parts = written.split(separator: "/").filter { $0 != "." }
        guard !written.hasPrefix("/"), !parts.contains(".."), !written.contains("\\"),
            written.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw DocumentError(
                at: node.position, "\(what): \(Redaction.excerpt(written)) is not a path inside the repository")
        }
        let path = parts.isEmpty ? "." : parts.joined(separator: "/")
        guard path == "." || exists(path) else {
            throw DocumentError(at: node.position, "\(what): \(Redaction.excerpt(path)) does not exist")
        }
        return path
    }
}

extension Duration {
    var seconds: Int64 { components.seconds }

    /// Whole numbers with units from the largest to the smallest: `1h30m`, `90s`, `250ms`.
    init?(setting text: String) {
        let units: [(name: String, milliseconds: Int)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        var rest = Substring(text)
        var total = 0
        var next = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard digits.utf8.count <= 9, let number = Int(digits),
                let index = units[next...].firstIndex(where: { $0.name == unit })
            else { return nil }
            total += number * units[index].milliseconds
            next = index + 1
        }
        self = .milliseconds(total)
    }
}

/// Sizes as Kubernetes writes them.
enum ByteCount {
    private static let units: [(suffix: String, factor: Int)] = [
        ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40), ("k", 1000), ("M", 1_000_000),
        ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("", 1),
    ]

    static func parse(_ text: String) -> Int? {
        for unit in units where text.hasSuffix(unit.suffix) {
            let digits = text.dropLast(unit.suffix.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else {
                return nil
            }
            let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.factor)
            return overflow ? nil : bytes
        }
        return nil
    }
}

public import WaybillCore

/// A package URL (ECMA-427): `pkg:npm/%40angular/animation@12.3.1`.
///
/// A `PackageURL` that exists follows its type's rules: letters are folded where the type says so, required parts are
/// there, and prohibited ones are not.
public struct PackageURL: Hashable, Sendable, CustomStringConvertible {
    /// Lower case: `npm`, `deb`.
    public let type: String
    /// Segments joined by `/`, decoded: `@angular`, `github.com/gorilla`.
    public let namespace: String?
    public let name: String
    public let version: String?
    /// Ordered by the bytes of the key; keys in lower case, values decoded and not empty.
    public let qualifiers: [Qualifier]
    public let subpath: String?

    public struct Qualifier: Hashable, Sendable {
        public var key: String
        public var value: String
        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Builds a package URL of parts that are not encoded. Throws `.invalidInput` where the type's rules forbid it.
    public init(
        type: String, namespace: String? = nil, name: String, version: String? = nil, qualifiers: [Qualifier] = [],
        subpath: String? = nil
    ) throws(WaybillError) {
        guard Self.isType(type) else {
            throw Self.invalid("the type is missing or has other characters than a-z 0-9 . -", type)
        }
        let type = PackageURLType(type.lowercased())
        var kept: [Qualifier] = []
        for qualifier in qualifiers where !qualifier.value.isEmpty {
            guard Self.isQualifierKey(qualifier.key) else {
                throw Self.invalid("the qualifier's key has other characters than a-z 0-9 . - _", qualifier.key)
            }
            guard !kept.contains(where: { $0.key == qualifier.key }) else {
                throw Self.invalid("the qualifier is there twice", qualifier.key)
            }
            kept.append(qualifier)
        }
        self.type = type.name
        self.namespace = namespace.map { Self.segments($0).joined(separator: "/") }.flatMap {
            $0.isEmpty ? nil : type.namespace($0)
        }
        self.name = type.packageName(Self.trimmed(name), kept)
        self.version = version.flatMap { $0.isEmpty ? nil : type.version($0) }
        self.qualifiers = kept.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        self.subpath = subpath.map { Self.segments($0).filter { $0 != "." && $0 != ".." }.joined(separator: "/") }
            .flatMap { $0.isEmpty ? nil : $0 }
        if let problem = type.problem(self) { throw Self.invalid(problem, name) }
    }

    public subscript(qualifier key: String) -> String? { qualifiers.first { $0.key == key }?.value }

    /// The canonical form.
    public var description: String {
        var text = "pkg:\(type)/"
        if let namespace { text += Self.encoded(path: namespace) + "/" }
        // A Git host's repositories are folders: the name keeps its slashes.
        text += type == "git" ? Self.encoded(path: name) : Self.encoded(name)
        if let version { text += "@" + Self.encoded(version) }
        if !qualifiers.isEmpty {
            text += "?" + qualifiers.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
        }
        if let subpath { text += "#" + Self.encoded(path: subpath) }
        return text
    }

    static func invalid(_ problem: String, _ text: String) -> WaybillError {
        WaybillError(
            .invalidInput, "not a package URL, \(problem): \(Redaction.excerpt(text))", subject: "package URL",
            remedy: "write it as pkg:type/namespace/name@version")
    }

    static func isType(_ text: String) -> Bool {
        guard let first = text.utf8.first, ASCII.isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    static func isQualifierKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, ASCII.isLower(first) else { return false }
        return text.utf8.allSatisfy {
            ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
    }

    static func segments(_ path: String) -> [Substring] { path.split(separator: "/") }
    private static func trimmed(_ name: String) -> String { segments(name).joined(separator: "/") }

    private static func encoded(path: String) -> String {
        segments(path).map { encoded(String($0)) }.joined(separator: "/")
    }

    /// Percent-encodes everything but letters, digits, `.`, `-`, `_`, `~` and the colon.
    static func encoded(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case _ where ASCII.isLetter(byte) || ASCII.isDigit(byte),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"):
                output.append(byte)
            default:
                output += Array("%\(Hex.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

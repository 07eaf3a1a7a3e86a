import WaybillCore

/// A token taken apart.
struct WebToken {
    /// The three parts, of which the first two are signed.
    struct Sections {
        let signed: [UInt8]
        let parts: [String]

        init(_ token: String) throws(BuiltinFailure) {
            parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1 else { throw BuiltinFailure("encoded JWT had no period separators") }
            guard parts.count == 3 else {
                throw BuiltinFailure("encoded JWT must have 3 sections, found \(parts.count)")
            }
            signed = Array("\(parts[0]).\(parts[1])".utf8)
        }

        func signature(_ what: String? = nil) throws(BuiltinFailure) -> [UInt8] {
            try WebToken.decode(parts[2], what)
        }
    }

    /// The first part: how the token is signed.
    struct Header {
        let fields: RegoValue
        private(set) var algorithm = ""
        private(set) var identifier: String?
        private(set) var type = ""
        /// What whoever reads the token must understand.
        private var critical: Set<String> = []

        init(_ part: String) throws(BuiltinFailure) {
            let bytes = try WebToken.decode(part, "JWT header")
            let object: RegoObject
            do throws(BuiltinFailure) {
                object = try WebToken.object(bytes)
            } catch {
                throw BuiltinFailure("bad JWT header: \(error.message)")
            }
            guard object["enc"] == nil else { throw BuiltinFailure("JWT is a JWE object, which is not supported") }
            fields = .object(object)
            func text(_ name: String) throws(BuiltinFailure) -> String? {
                guard let value = object[name] else { return nil }
                guard let text = value.string else { throw BuiltinFailure("\(name): must be a string") }
                return text
            }
            algorithm = try text("alg") ?? ""
            identifier = try text("kid")
            type = try text("cty") ?? ""
            _ = try text("typ")
            guard let list = object["crit"] else { return }
            guard let names = list.array else { throw BuiltinFailure("crit: must be a list") }
            critical = Set(names.compactMap(\.string))
            guard !critical.isEmpty else { throw BuiltinFailure("crit: must be a nonempty list") }
        }

        private static let known: Set<String> = ["alg", "kid", "typ", "cty", "crit"]

        /// RFC 7515: an algorithm must be there, and an extension that must be understood is not understood here.
        var isUnderstood: Bool { !algorithm.isEmpty && critical.isSubset(of: Self.known) }
        var holdsToken: Bool { type.uppercased() == "JWT" }
    }

    /// Tokens within tokens, so deep.
    static let nestingMax = 8

    let sections: Sections
    let header: Header

    init(_ token: String) throws(BuiltinFailure) {
        sections = try Sections(token)
        header = try Header(sections.parts[0])
    }

    private func body() throws(BuiltinFailure) -> [UInt8] { try Self.decode(sections.parts[1], "JWT payload") }

    func payload() throws(BuiltinFailure) -> RegoValue { .object(try Self.object(try body())) }

    /// The token that is this one's payload; some writers put quotes around it.
    func inner() throws(BuiltinFailure) -> WebToken? {
        guard header.holdsToken else { return nil }
        var text = Substring(String(decoding: try body(), as: UTF8.self))
        while let first = text.first, first == "\"" || first == "'" { text.removeFirst() }
        while let last = text.last, last == "\"" || last == "'" { text.removeLast() }
        return try WebToken(String(text))
    }

    func innermost() throws(BuiltinFailure) -> WebToken {
        var token = self
        for _ in 0..<Self.nestingMax {
            guard let inner = try token.inner() else { return token }
            token = inner
        }
        throw BuiltinFailure("tokens nested deeper than \(Self.nestingMax) levels")
    }

    fileprivate static func decode(_ text: String, _ what: String?) throws(BuiltinFailure) -> [UInt8] {
        do throws(BuiltinFailure) {
            return try EncodingBuiltins.decodedBytes(text, isURL: true)
        } catch {
            throw BuiltinFailure((what.map { $0 + " had invalid encoding: " } ?? "") + error.message)
        }
    }

    /// Of members with the same name the last one counts, as in the tokens that other programs read.
    fileprivate static func object(_ bytes: [UInt8]) throws(BuiltinFailure) -> RegoObject {
        guard let value = LenientJSON.value(bytes) else { throw BuiltinFailure("invalid JSON") }
        guard case .object(let object) = value else { throw BuiltinFailure("decoded JSON type was not an Object") }
        return object
    }
}

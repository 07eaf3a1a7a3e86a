import Crypto
import WaybillCore

/// Digests and message authentication codes.
enum CryptoBuiltins {
    static let all = [
        Builtin("crypto.md5", 1) { (a) throws(BuiltinFailure) in digest(Insecure.MD5.self, try a.string(0)) },
        Builtin("crypto.sha1", 1) { (a) throws(BuiltinFailure) in digest(Insecure.SHA1.self, try a.string(0)) },
        Builtin("crypto.sha256", 1) { (a) throws(BuiltinFailure) in digest(SHA256.self, try a.string(0)) },
        Builtin("crypto.hmac.md5", 2) { (a) throws(BuiltinFailure) in
            code(Insecure.MD5.self, try a.string(0), try a.string(1))
        },
        Builtin("crypto.hmac.sha1", 2) { (a) throws(BuiltinFailure) in
            code(Insecure.SHA1.self, try a.string(0), try a.string(1))
        },
        Builtin("crypto.hmac.sha256", 2) { (a) throws(BuiltinFailure) in
            code(SHA256.self, try a.string(0), try a.string(1))
        },
        Builtin("crypto.hmac.sha512", 2) { (a) throws(BuiltinFailure) in
            code(SHA512.self, try a.string(0), try a.string(1))
        },
        Builtin("crypto.hmac.equal", 2) { (a) throws(BuiltinFailure) in
            .bool(equal(Array(try a.string(0).utf8), Array(try a.string(1).utf8)))
        },
    ]

    private static func digest<H: HashFunction>(_ type: H.Type, _ text: String) -> RegoValue {
        .string(Hex.encode(Array(H.hash(data: Array(text.utf8)))))
    }

    private static func code<H: HashFunction>(_ type: H.Type, _ text: String, _ key: String) -> RegoValue {
        let key = SymmetricKey(data: Array(key.utf8))
        return .string(Hex.encode(Array(HMAC<H>.authenticationCode(for: Array(text.utf8), using: key))))
    }

    /// In a time that does not tell where the difference is.
    private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

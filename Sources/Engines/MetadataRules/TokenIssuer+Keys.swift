public import Documents
import Trust
public import WaybillCore

extension TokenIssuer {
    /// Reads a JSON Web Key Set (RFC 7517). Keys for other uses are left out; a set without one for signatures is refused.
    public static func keys(of set: Value) throws(WaybillError) -> [Key] {
        guard let list = set["keys"]?.array, list.count <= keysMax else {
            throw WaybillError(.invalidInput, "“keys” is missing, or holds more than \(keysMax)", subject: "key set")
        }
        var keys: [Key] = []
        for element in list where element["use"].map({ $0.string == "sig" }) ?? true {
            if let key = try key(element) { keys.append(key) }
        }
        guard !keys.isEmpty else { throw WaybillError(.invalidInput, "no key for signatures", subject: "key set") }
        return keys
    }

    /// Nil for kinds of keys that are not known here.
    private static func key(_ value: Value) throws(WaybillError) -> Key? {
        func bytes(_ name: String) -> [UInt8] { value[name]?.string.flatMap { Base64.decode($0) } ?? [] }
        let stated = value["alg"]?.string
        let id = value["kid"]?.string ?? ""
        var key: PublicKey?
        let algorithm: String
        switch (value["kty"]?.string, value["crv"]?.string) {
        case ("RSA", _):
            algorithm = stated ?? "RS256"
            key = PublicKey(rsaModulus: bytes("n"), exponent: bytes("e"))
            key?.encoding = algorithm.hasPrefix("PS") ? .probabilistic : .standard
            switch algorithm {
            case "RS256", "PS256": key?.hash = .sha256
            case "RS384", "PS384": key?.hash = .sha384
            case "RS512", "PS512": key?.hash = .sha512
            default: return nil
            }
        case ("EC", let curve?):
            let curves: [String: (PublicKey.Algorithm, String, Int)] = [
                "P-256": (.ecdsaP256, "ES256", 32), "P-384": (.ecdsaP384, "ES384", 48),
                "P-521": (.ecdsaP521, "ES512", 66),
            ]
            guard let (kind, name, width) = curves[curve] else { return nil }
            algorithm = name
            let x = bytes("x")
            let y = bytes("y")
            if x.count == width, y.count == width { key = PublicKey(ecdsa: kind, point: [4] + x + y) }
            key?.encoding = .fixedWidth
        case ("OKP", "Ed25519"?):
            algorithm = "EdDSA"
            key = PublicKey(ed25519: bytes("x"))
        default: return nil
        }
        guard let key, stated.map({ $0 == algorithm }) ?? true else {
            throw WaybillError(.invalidInput, "the key \(Redaction.excerpt(id)) is not one", subject: "key set")
        }
        return Key(id: id, algorithm: algorithm, key: key)
    }
}

import Crypto
import CryptoExtras
import Documents
import Testing
import WaybillCore

@testable import PolicyTools

@Suite struct SignatureTests {
    static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    /// Private and public key as PEM, or the same secret.
    static func pair(_ algorithm: SigningAlgorithm) throws -> (String, String) {
        switch algorithm {
        case .hs256, .hs384, .hs512: return ("a secret", "a secret")
        case .es256:
            let key = P256.Signing.PrivateKey()
            return (key.pemRepresentation, key.publicKey.pemRepresentation)
        case .es384:
            let key = P384.Signing.PrivateKey()
            return (key.pemRepresentation, key.publicKey.pemRepresentation)
        case .es512:
            let key = P521.Signing.PrivateKey()
            return (key.pemRepresentation, key.publicKey.pemRepresentation)
        case .eddsa:
            let key = Curve25519.Signing.PrivateKey()
            let head: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
            let tail: [UInt8] = [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0]
            func pem(_ name: String, _ bytes: [UInt8]) -> String {
                "-----BEGIN \(name)-----\n\(Base64.encode(bytes))\n-----END \(name)-----\n"
            }
            return (
                pem("PRIVATE KEY", head + Array(key.rawRepresentation)),
                pem("PUBLIC KEY", tail + Array(key.publicKey.rawRepresentation))
            )
        default:
            let key = try #require(rsa)
            return (key.pemRepresentation, key.publicKey.pemRepresentation)
        }
    }

    static func signed(_ algorithm: SigningAlgorithm, claims: Object = [:]) throws -> ([BundleFile], VerificationKey) {
        let (secret, open) = try pair(algorithm)
        let signer = BundleSigner(
            key: try SigningKey(secret, algorithm: algorithm), keyIdentifier: "default", claims: claims)
        return (
            Shop.files + [try signer.signature(over: Shop.files, subject: "shop")],
            try VerificationKey(open, algorithm: algorithm)
        )
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `what one key signs, its other half verifies`(_ algorithm: SigningAlgorithm) throws {
        let (files, key) = try Self.signed(algorithm)
        let verification = BundleVerification(keys: ["default": key])
        _ = try PolicyBundle(files: files, name: "shop", verification: verification)
        let (_, other) = try Self.signed(.hs256)
        if algorithm != .hs256 {
            #expect(throws: WaybillError.self) {
                try BundleVerification(keys: ["default": other]).verify(files, subject: "shop")
            }
        }
    }

    @Test func `a token cannot choose its algorithm`() throws {
        // A public key taken for a shared secret is the classic attack.
        let (_, open) = try Self.pair(.rs256)
        let forged = BundleSigner(key: try SigningKey(open, algorithm: .hs256), keyIdentifier: "default")
        let files = Shop.files + [try forged.signature(over: Shop.files, subject: "shop")]
        let verification = BundleVerification(keys: ["default": try VerificationKey(open, algorithm: .rs256)])
        let error = #expect(throws: WaybillError.self) { try verification.verify(files, subject: "shop") }
        #expect(error?.code == .forbidden)
    }

    @Test func `a changed, an added and a removed file are found`() throws {
        let (files, key) = try Self.signed(.es256)
        let verification = BundleVerification(keys: ["default": key])
        var changed = files
        changed[2] = BundleFile(path: "shop/authz.rego", text: "package shop.authz\nallow := true")
        var error = #expect(throws: WaybillError.self) { try verification.verify(changed, subject: "shop") }
        #expect(error?.message.hasPrefix("shop/authz.rego: digest mismatch (want: ") == true)
        error = #expect(throws: WaybillError.self) {
            try verification.verify(files + [BundleFile(path: "shop/more.rego", text: "package shop")], subject: "shop")
        }
        #expect(error?.message == "file shop/more.rego not included in bundle signature")
        error = #expect(throws: WaybillError.self) {
            try verification.verify(files.filter { $0.path != "data.json" }, subject: "shop")
        }
        #expect(error?.message == "file data.json specified in bundle signature but not found in the bundle")
        var excluding = verification
        excluding.excluded = ["shop/*.rego"]
        try excluding.verify(changed, subject: "shop")
    }

    @Test func `data may be laid out anew under the same signature`() throws {
        let (files, key) = try Self.signed(.es256)
        var other = files
        other[1] = BundleFile(
            path: "data.json", text: JSONWriter.string(try JSONReader.value(from: Shop.data), style: .pretty))
        try BundleVerification(keys: ["default": key]).verify(other, subject: "shop")
    }

    @Test func `hashes are those of the bundle format`() throws {
        func hash(_ path: String, _ text: String, _ algorithm: FileHash.Algorithm) throws -> String {
            try FileHash.hash(of: BundleFile(path: path, text: text), algorithm, subject: path)
        }
        #expect(try hash(".manifest", #"{"revision": "quickbrownfaux"}"#, .md5) == "a005c38a509dc2d5a7407b9494efb2ad")
        #expect(try hash("a/b/d/data.json", "true", .md5) == "b326b5062b2f0e69046810717534cb09")
        #expect(
            try hash("data.json", #"{"x": {"y": true}, "a": {"b": {"z": true}}}"#, .md5)
                == "36669864a622563256817033b1fc53db")
    }

    @Test func `unsigned, unknown and wrongly scoped bundles are refused`() throws {
        let (files, key) = try Self.signed(.hs256, claims: ["scope": "write"])
        let verification = BundleVerification(keys: ["default": key])
        var error = #expect(throws: WaybillError.self) { try verification.verify(Shop.files, subject: "shop") }
        #expect(error?.message == "bundle missing .signatures.json file")
        try BundleVerification.unsignedOnly.verify(Shop.files, subject: "shop")
        error = #expect(throws: WaybillError.self) {
            try BundleVerification.unsignedOnly.verify(files, subject: "shop")
        }
        #expect(error?.message == "the bundle is signed, and there is no key to check it with")
        error = #expect(throws: WaybillError.self) {
            try BundleVerification(keys: ["other": key]).verify(files, subject: "shop")
        }
        #expect(error?.message == "verification key corresponding to ID default not found")
        var scoped = verification
        scoped.scope = "read"
        error = #expect(throws: WaybillError.self) { try scoped.verify(files, subject: "shop") }
        #expect(error?.message == "scope mismatch: the signature is not for “read”")
        scoped.scope = "write"
        try scoped.verify(files, subject: "shop")
    }

    @Test(arguments: [
        #"{"signatures": []}"#, #"{"signatures": ["a.b"]}"#, #"{"signatures": ["!.!.!"]}"#, "[]", "{",
        #"{"signatures": ["e30.e30.AA", "e30.e30.AA"]}"#,
        #"{"signatures": ["e30.e30.AA"]}"#, #"{"signatures": ["bnVsbA.bnVsbA.AA"]}"#,
    ])
    func `signatures that are none are refused`(_ text: String) throws {
        let (_, key) = try Self.signed(.hs256)
        let files = Shop.files + [BundleFile(path: ".signatures.json", text: text)]
        #expect(throws: WaybillError.self) {
            try BundleVerification(keys: ["default": key]).verify(files, subject: "shop")
        }
    }

    @Test(arguments: [
        ("", SigningAlgorithm.hs256), ("no PEM", .rs256), ("-----BEGIN X-----\nAA==\n-----END X-----", .eddsa),
    ])
    func `keys that do not fit are refused`(_ text: String, _ algorithm: SigningAlgorithm) {
        #expect(throws: WaybillError.self) { try SigningKey(text, algorithm: algorithm) }
        #expect(throws: WaybillError.self) { try VerificationKey(text, algorithm: algorithm) }
    }
}

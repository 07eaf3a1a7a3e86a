import Attestations
import Crypto
import Documents
import WaybillCore

@testable import Trust

/// A key pair for tests, with envelopes and commits that it signed.
struct TestKey {
    let secret = Curve25519.Signing.PrivateKey()
    var name: String

    init(_ name: String) { self.name = name }

    var key: PublicKey { PublicKey(ed25519: Array(secret.publicKey.rawRepresentation))! }
    var trusted: TrustedKey { TrustedKey(key, name: name) }
    var person: AllowedSigners.Entry { AllowedSigners.Entry(principals: [name], key: key) }

    func sign(_ bytes: [UInt8]) -> [UInt8] { Array(try! secret.signature(for: bytes)) }

    func envelope(_ statement: Statement) -> Envelope { envelope(statement.bytes, type: Statement.payloadType) }

    func envelope(_ payload: [UInt8], type: String) -> Envelope {
        let message = Envelope.preAuthenticationEncoding(payloadType: type, payload: payload)
        return Envelope(payloadType: type, payload: payload, signatures: [.init(keyID: key.keyID, bytes: sign(message))])
    }

    /// The binary SSH signature over a message.
    func sshSignature(_ message: [UInt8], namespace: String) -> [UInt8] {
        func string(_ bytes: [UInt8]) -> [UInt8] { SSHWriter.string(bytes) }
        let head = string(Array(namespace.utf8)) + string([]) + string(Array("sha512".utf8))
        let signed = SSHSignature.magic + head + string(Array(SHA512.hash(data: message)))
        let signature = string(Array("ssh-ed25519".utf8)) + string(sign(signed))
        return SSHSignature.magic + [0, 0, 0, 1] + string(key.sshBlob) + head + string(signature)
    }

    func sshEnvelope(_ statement: Statement, namespace: String = TrustedKey.sshNamespace) -> Envelope {
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        return Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: key.sshFingerprint, bytes: sshSignature(message, namespace: namespace))])
    }

    /// A commit by this key's holder, signed, as a verifier sees it.
    func commit(
        parents: [String] = [], by email: String? = nil, tree: String = "4b825dc642cb6eb9a060e54bf8d69288fbee4904", message: String = "Change\n",
        isSigned: Bool = true
    ) -> (id: String, bytes: [UInt8]) {
        let person = "A <\(email ?? name)> 1790000000 +0000\n"
        let headers = "tree \(tree)\n" + parents.map { "parent \($0)\n" }.joined() + "author \(person)committer \(person)"
        let payload = Array("\(headers)\n\(message)".utf8)
        var bytes = payload
        if isSigned {
            let armored = PEM.encode(sshSignature(payload, namespace: "git"), label: SSHSignature.label, width: 70)
            let lines = armored.split(separator: "\n").joined(separator: "\n ")
            bytes = Array("\(headers)gpgsig \(lines)\n\n\(message)".utf8)
        }
        return (Hex.encode(SHA1Name.of(bytes)), bytes)
    }
}

let testImage = WaybillCore.Digest.sha256(of: Array("image".utf8))
let testNow = Timestamp(seconds: 1_790_000_000)

func testStatement(_ type: String, _ predicate: Value, about image: WaybillCore.Digest = testImage) -> Statement {
    Statement(subjects: [Statement.Subject(name: "shop/cart", digest: image)], predicateType: type, predicate: predicate)
}

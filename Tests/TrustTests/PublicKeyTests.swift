import Crypto
import Testing
import WaybillCore

@testable import Trust

struct PublicKeyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var type: String
        var bits: Int?
        var algorithm: PublicKey.Algorithm
        var testDescription: String { "\(type) \(bits ?? 0)" }
    }

    static let cases = [
        Case(type: "ed25519", algorithm: .ed25519), Case(type: "ecdsa", bits: 256, algorithm: .ecdsaP256),
        Case(type: "ecdsa", bits: 384, algorithm: .ecdsaP384), Case(type: "ecdsa", bits: 521, algorithm: .ecdsaP521),
        Case(type: "rsa", bits: 2048, algorithm: .rsa),
    ]

    @Test(.enabled(if: RealTools.areThere, "git or ssh-keygen is missing"), arguments: cases)
    func `a key that ssh-keygen made has the same fingerprint and PEM form here`(_ example: Case) throws {
        let tools = try RealTools()
        defer { tools.clean() }
        let line = try tools.key("k", type: example.type, bits: example.bits)
        let key = try PublicKey(openSSH: line)
        #expect(key.algorithm == example.algorithm)
        let listing = String(decoding: try tools.run("ssh-keygen", ["-l", "-f", "k.pub"]), as: UTF8.self)
        #expect(listing.contains(key.sshFingerprint))
        #expect(line.hasPrefix(key.openSSH))
        let pem = String(decoding: try tools.run("ssh-keygen", ["-e", "-m", "PKCS8", "-f", "k.pub"]), as: UTF8.self)
        #expect(try PublicKey(pem: pem) == key)
        #expect(key.pem == pem)
    }

    @Test(.enabled(if: RealTools.areThere, "git or ssh-keygen is missing"), arguments: cases, ["sha256", "sha512"])
    func `a signature of ssh-keygen is valid over its message and namespace only`(_ example: Case, _ hash: String) throws {
        let tools = try RealTools()
        defer { tools.clean() }
        let line = try tools.key("k", type: example.type, bits: example.bits)
        let message = Array("DSSEv1 3 a/b 5 hello".utf8)
        let armored = try tools.sign(message, with: "k", namespace: "waybill", hash: hash)
        let signature = try SSHSignature(armored: armored)
        #expect(signature.key == (try PublicKey(openSSH: line)))
        #expect(signature.hashAlgorithm.rawValue == hash)
        #expect(signature.isValid(of: message, namespace: "waybill"))
        #expect(!signature.isValid(of: message, namespace: "git"))
        #expect(!signature.isValid(of: message + [0], namespace: "waybill"))
        #expect(try SSHSignature(parsing: signature.bytes) == signature)
        #expect(signature.armored == String(decoding: armored, as: UTF8.self))
    }

    @Test func `the same key has one name, whatever form it came in`() throws {
        let bytes = Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation)
        let key = try #require(PublicKey(ed25519: bytes))
        #expect(try PublicKey(pem: key.pem).keyID == key.keyID)
        #expect(try PublicKey(openSSH: key.openSSH).keyID == key.keyID)
        #expect(key.keyID.hasPrefix("SHA256:") && key.keyID.utf8.count == 7 + 43)
        #expect(key.keyID != key.sshFingerprint)
    }

    @Test(arguments: [
        "", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-ed25519 AAAA", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIGPmxeXWWJaDNVXh2mMJxBfwjPFWPDHn5EgwnzZ4jOJ1",
        "ssh-dss AAAAB3NzaC1kc3M=", "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t",
    ])
    func `what is no supported key is refused`(_ line: String) {
        #expect(throws: WaybillError.self) { try PublicKey(openSSH: line) }
    }

    @Test func `a signature in the other encoding of ECDSA is refused`() throws {
        let secret = P256.Signing.PrivateKey()
        var key = try PublicKey(pem: secret.publicKey.pemRepresentation + "\n")
        let message = Array("a message".utf8)
        let signature = try secret.signature(for: message)
        let der = Array(signature.derRepresentation), raw = Array(signature.rawRepresentation)
        #expect(key.isValid(signature: der, of: message))
        #expect(!key.isValid(signature: raw, of: message))
        #expect(!key.isValid(signature: der + [0], of: message))
        key.encoding = .fixedWidth
        #expect(key.isValid(signature: raw, of: message))
        #expect(!key.isValid(signature: der, of: message))
    }

    @Test func `a PEM text holds one block and nothing else`() throws {
        let pem = try #require(PublicKey(ed25519: Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation))).pem
        for text in ["", pem + pem, "x\n" + pem, String(pem.dropLast(30)), pem.replacing("PUBLIC", with: "PRIVATE")] {
            #expect(throws: WaybillError.self) { try PublicKey(pem: text) }
        }
        #expect(throws: Never.self) { try PublicKey(pem: "\n" + pem.replacing("\n", with: "\r\n") + "\n") }
    }
}

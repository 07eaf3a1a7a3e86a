import Attestations
import Documents
import Foundation
import Testing
import Trust
import WaybillCore

@testable import Signers

struct PrivateKeyTests {
    static let password = Array("correct horse".utf8)

    @Test(arguments: PublicKey.Algorithm.allCases)
    func `a key of each kind signs, and survives its file`(_ algorithm: PublicKey.Algorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let message = Array("message".utf8)
        #expect(key.publicKey.isValid(signature: try key.sign(message), of: message))
        #expect(!key.publicKey.isValid(signature: try key.sign(message), of: message + [0]))
        let again = try PrivateKey(pem: key.pem) { () throws(WaybillError) in [] }
        #expect(again.publicKey == key.publicKey)
    }

    @Test func `each encoding is the key's own`() throws {
        let message = Array("message".utf8)
        for (algorithm, encoding) in [
            (PublicKey.Algorithm.ecdsaP256, PublicKey.SignatureEncoding.fixedWidth), (.ecdsaP521, .fixedWidth),
            (.rsa, .probabilistic),
        ] {
            let key = try PrivateKey.generate(algorithm)
            let other = try key.signing(as: encoding)
            let signature = try other.sign(message)
            #expect(other.publicKey.isValid(signature: signature, of: message))
            #expect(!key.publicKey.isValid(signature: signature, of: message))
        }
    }

    @Test func `an encrypted key opens with its password and no other`() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let text = try EncryptedKey.encrypt(key, password: Self.password)
        #expect(text.hasPrefix("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----"))
        let opened = try PrivateKey(pem: text) { () throws(WaybillError) in Self.password }
        #expect(opened.publicKey == key.publicKey)
        let refused = #expect(throws: WaybillError.self) {
            try PrivateKey(pem: text) { () throws(WaybillError) in Array("wrong".utf8) }
        }
        #expect(refused?.code == .forbidden)
    }

    @Test(
        arguments: [
            (1 << 24, 8, 1, WaybillError.Code.limitExceeded), (32768, 0, 1, .limitExceeded),
            (32768, 8, 99, .limitExceeded),
            (32767, 8, 1, .limitExceeded),
        ] as [(Int, Int, Int, WaybillError.Code)])
    func `a file cannot ask for more memory than there is`(_ n: Int, _ r: Int, _ p: Int, _ code: WaybillError.Code) {
        let value: Value = [
            "kdf": [
                "name": "scrypt", "params": ["N": .integer(n), "r": .integer(r), "p": .integer(p)], "salt": "AAAA",
            ],
            "cipher": ["name": "nacl/secretbox", "nonce": .string(Base64.encode([UInt8](repeating: 0, count: 24)))],
            "ciphertext": .string(Base64.encode([UInt8](repeating: 0, count: 64))),
        ]
        let text = PEM.encode(JSONWriter.bytes(value), label: EncryptedKey.label)
        let error = #expect(throws: WaybillError.self) { try EncryptedKey(pem: text) }
        #expect(error?.code == code)
    }

    @Test func `a key that others can read is refused`() throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let path = "\(folder.path)/open.key"
        try Data(try PrivateKey.generate(.ed25519).pem.utf8).write(to: URL(filePath: path))
        chmod(path, 0o644)
        let error = #expect(throws: WaybillError.self) {
            try PrivateKey(file: path) { () throws(WaybillError) in [] }
        }
        #expect(error?.code == .forbidden)
        chmod(path, 0o600)
        #expect(throws: Never.self) { try PrivateKey(file: path) { () throws(WaybillError) in [] } }
    }
}

/// What somebody gains who has taken over the control plane.
struct SigningPolicyShapeTests {
    static let policy = SigningPolicy(
        builderID: builder, verifierPrefix: "https://waybill.dev/gate/", checksShapes: true)

    static func verdict(by verifier: String) -> Statement {
        statement(
            PredicateType.verdict,
            VerificationSummary(
                verifierID: verifier, time: Timestamp(seconds: 1), resourceURI: "oci:x", policy: .init(uri: "p"),
                outcome: .passed, levels: ["SLSA_BUILD_LEVEL_3"]
            ).value)
    }

    @Test func `it speaks for its own builder and its own gates`() async throws {
        let signer = InMemorySigner(policy: Self.policy)
        #expect(try await signer.sign(provenance(by: builder)).signatures.count == 1)
        #expect(try await signer.sign(Self.verdict(by: "https://waybill.dev/gate/publish")).signatures.count == 1)
    }

    @Test(
        arguments: [
            provenance(by: "https://github.com/actions/runner"),
            provenance(by: builder + "/other"),
            verdict(by: "https://github.com/verifier"),
            verdict(by: "https://waybill.dev/gate"),
            statement(
                PredicateType.provenance02, ["builder": ["id": "https://github.com/actions/runner"], "buildType": "b"]),
            statement(PredicateType.review, ["decision": "approve"]),
            statement("https://example.org/anything", ["builder": ["id": .string(builder)]]),
            statement(PredicateType.testResult, ["result": "PASSED", "failedTests": ["a"]]),
            statement(PredicateType.testResult, ["outcome": "PASSED"]),
            statement(PredicateType.testResult, digest: ["gitCommit": String(repeating: "a", count: 40)]),
            statement(PredicateType.vulnerabilities, ["scanner": ["uri": "s"]]),
            statement(PredicateType.cycloneDX, ["bomFormat": "other"]),
            statement(
                PredicateType.referenceMove, ["from": "a", "to": "b"],
                digest: ["gitCommit": String(repeating: "a", count: 40)]),
            statement(PredicateType.posture, ["result": "PASSED"]),
        ] as [Statement])
    func `it signs nothing about another builder and nothing that is not whole`(_ wanted: Statement) async throws {
        let signer = InMemorySigner(policy: Self.policy)
        await #expect(throws: WaybillError.self) { try await signer.sign(wanted) }
        #expect(await signer.desk.linesInMemory.isEmpty)
    }
}

import Documents
import Testing
import WaybillCore

@testable import Secrets

@Suite struct SOPSTests {
    private static let modified = "2026-11-21T12:00:00Z"
    private let sealer = SOPSSealer()
    private let identity: AgeIdentity

    init() throws {
        let key = Bech32.encode(prefix: "age-secret-key-", (0..<32).map { _ in UInt8.random(in: 0...255) })
        identity = try #require(AgeIdentity(key.uppercased()))
    }

    /// A Secret whose data is encrypted and whose frame is not.
    private func secret(
        token: (String) throws -> String = { $0 }, rule: String = "encrypted_regex: ^(data|stringData)$",
        code: String? = nil
    ) throws -> String {
        let sealed = try sealer.value("s3cr3t", at: "stringData:token:")
        let code =
            try code ?? sealer.code(over: ["v1", "Secret", "token", "s3cr3t", "7", "True"], modified: Self.modified)
        return """
            apiVersion: v1
            kind: Secret
            metadata:
              name: token
            stringData:
              token: \(try token(sealed))
              count: \(try sealer.value("7", at: "stringData:count:", type: "int"))
              flag: \(try sealer.value("True", at: "stringData:flag:", type: "bool"))
              empty: ""
            sops:
              kms: []
              age:
              - recipient: \(identity.recipient)
                enc: |
            \(try sealer.sealedKey(for: identity).split(separator: "\n").map { "      \($0)" }.joined(separator: "\n"))
              lastmodified: "\(Self.modified)"
              mac: \(code)
              \(rule)
              version: 3.9.0
            """
    }

    private func opened(_ text: String, file: String = "secret.yaml") throws -> Value {
        let bytes = try SOPSFile.decrypted(Array(text.utf8), file: file, with: [identity])
        return try YAMLReader.node(from: bytes).value
    }

    @Test func `a manifest is opened, each value in its type, and the metadata is gone`() throws {
        let text = try secret()
        #expect(SOPSFile.isEncrypted(Array(text.utf8)))
        #expect(
            try opened(text) == [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "token"],
                "stringData": ["token": "s3cr3t", "count": 7, "flag": true, "empty": ""],
            ])
    }

    @Test func `JSON is opened and stays JSON`() throws {
        let text = JSONWriter.string(try YAMLReader.node(from: try secret()).value)
        let bytes = try SOPSFile.decrypted(Array(text.utf8), file: "secret.json", with: [identity])
        #expect(try JSONReader.value(from: bytes)[path: "stringData", "token"]?.string == "s3cr3t")
    }

    @Test func `a value that was changed, moved or put in plain is refused, and never shown`() throws {
        let cases: [(String, (String) throws -> String)] = [
            ("should be encrypted", { _ in "plain" }), ("should be encrypted", { _ in "12" }),
            ("cannot be decrypted", { try self.moved($0) }),
            ("cannot be decrypted", { $0.replacing("type:str", with: "type:list") }),
        ]
        for (message, change) in cases {
            do {
                _ = try opened(try secret(token: change))
                Issue.record("\(message): was taken")
            } catch let error as WaybillError {
                #expect(error.message.contains(message) && error.message.contains("stringData.token"), "\(error)")
                #expect(!"\(error)".contains("s3cr3t"))
            }
        }
    }

    private func moved(_ text: String) throws -> String { try sealer.value("s3cr3t", at: "data:token:") }

    @Test func `the code over all values must fit`() throws {
        let other = try sealer.code(over: ["v1", "Secret", "other", "s3cr3t", "7", "True"], modified: Self.modified)
        let late = try sealer.code(over: ["v1", "Secret", "token", "s3cr3t", "7", "True"], modified: "2026-11-22")
        for code in [other, late, "none"] {
            #expect(throws: WaybillError.self) { try opened(try secret(code: code)) }
        }
        // Something that was never encrypted is covered too.
        let text = try secret().replacing("name: token", with: "name: other")
        #expect(throws: WaybillError.self) { try opened(text) }
    }

    @Test func `with mac_only_encrypted the frame may change`() throws {
        let digest = Digest.sha256(of: "sops".utf8)
        let start = Hex.decode(digest.hex) ?? []
        #expect(start.count == 32)
        let sum = SOPSSums.hex(start + Array("s3cr3t7True".utf8))
        let code = try sealer.value(sum, at: Self.modified)
        let rule = "mac_only_encrypted: true\n  encrypted_regex: ^stringData$"
        let text = try secret(rule: rule, code: code).replacing("name: token", with: "name: other")
        #expect(try opened(text)[path: "metadata", "name"] == "other")
    }

    @Test func `keys that do not fit, key groups and other services say so`() throws {
        let key = Bech32.encode(prefix: "age-secret-key-", [UInt8](repeating: 9, count: 32))
        let other = try #require(AgeIdentity(key.uppercased()))
        #expect(throws: WaybillError.self) {
            try SOPSFile.decrypted(Array(try secret().utf8), file: "s.yaml", with: [other])
        }
        let groups = try secret(rule: "key_groups: []\n  encrypted_regex: ^stringData$")
        do {
            _ = try opened(groups)
            Issue.record("key groups were taken")
        } catch let error as WaybillError { #expect(error.code == .unsupported) }
    }

    @Test func `an environment file is opened`() throws {
        let sealed = try sealer.value("line 1\nline 2", at: "TEXT:")
        let code = try sealer.code(over: ["line 1\nline 2", "shown"], modified: Self.modified)
        let enc = try sealer.sealedKey(for: identity).replacing("\n", with: "\\n")
        let text = """
            TEXT=\(sealed)
            plain_unencrypted=shown
            sops_age__list_0__map_enc=\(enc)
            sops_age__list_0__map_recipient=\(identity.recipient)
            sops_lastmodified=\(Self.modified)
            sops_mac=\(code)
            sops_unencrypted_suffix=_unencrypted
            sops_version=3.9.0

            """
        #expect(SOPSFile.isEncrypted(Array(text.utf8)))
        let plain = try SOPSFile.decrypted(Array(text.utf8), file: "app.env", with: [identity])
        #expect(String(decoding: plain, as: UTF8.self) == "TEXT=line 1\\nline 2\nplain_unencrypted=shown\n")
        for broken in ["sops_age__list_7__map_enc=x\n", "no equals sign\n", "TEXT=twice\n"] {
            #expect(throws: WaybillError.self) {
                try SOPSFile.decrypted(Array((text + broken).utf8), file: "app.env", with: [identity])
            }
        }
    }

    @Test(arguments: ["", "sops: {}\na: ENC[AES256_GCM,]", "a: 1", "- 1", "{", "sops:\n  mac: ENC[AES256_GCM,data:]\n"])
    func `damaged files are refused`(_ text: String) {
        #expect(throws: WaybillError.self) {
            try SOPSFile.decrypted(Array(text.utf8), file: "secret.yaml", with: [identity])
        }
    }
}

extension Value {
    fileprivate subscript(path path: String...) -> Value? { self[Pointer(path)] }
}

import Crypto
import Testing

@testable import HTTPServing

/// Webhooks as forges sign them.
@Suite struct ForgeSignatureTests {
    private static let body = Array(#"{"ref":"refs/heads/main"}"#.utf8)
    private static func code(_ body: [UInt8] = body, secret: String = "secret") -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(secret.utf8))).map {
            let hex = String($0, radix: 16)
            return hex.count < 2 ? "0" + hex : hex
        }.joined()
    }

    private func isValid(_ name: String, _ value: String, secret: String = "secret") -> Bool {
        ForgeSignature.isValid({ $0 == name ? value : nil }, body: Self.body, secret: secret)
    }

    @Test(arguments: [
        ("X-Hub-Signature-256", "sha256="), ("X-Gitea-Signature", ""), ("X-Forgejo-Signature", ""),
        ("X-Gogs-Signature", ""),
    ])
    func `a code over the body with the secret is believed, any other is not`(_ name: String, _ prefix: String) {
        #expect(isValid(name, prefix + Self.code()))
        #expect(isValid(name, prefix + Self.code().uppercased()))
        #expect(!isValid(name, prefix + Self.code(secret: "other")))
        #expect(!isValid(name, prefix + Self.code([1, 2, 3])))
        #expect(!isValid(name, prefix + String(Self.code().dropLast())))
        #expect(!isValid(name, prefix + "zz" + Self.code().dropFirst(2)))
        #expect(!isValid(name, ""))
        #expect(!isValid(name, prefix + Self.code(secret: ""), secret: ""))
    }

    @Test func `GitLab sends the secret itself`() {
        #expect(isValid("X-Gitlab-Token", "secret"))
        #expect(!isValid("X-Gitlab-Token", "secre"))
        #expect(!isValid("X-Gitlab-Token", ""))
        #expect(!isValid("X-Gitlab-Token", "", secret: ""))
    }

    @Test func `a code that is wrong is not saved by a token beside it`() {
        let headers = ["X-Hub-Signature-256": "sha256=00", "X-Gitlab-Token": "secret"]
        #expect(!ForgeSignature.isValid({ headers[$0] }, body: Self.body, secret: "secret"))
        #expect(!ForgeSignature.isValid({ _ in nil }, body: Self.body, secret: "secret"))
    }
}

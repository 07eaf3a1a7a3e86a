import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// `waybill sign` and `verify` beside more programs that people use: notation and podman.
@Suite(.serialized) struct OtherSignersTests {
    static let notation = "\(OtherTools.folder)/notation"
    static let missingNotation = OtherTools.missing([OtherTools.registry, notation, "/usr/bin/openssl"])
    static let missingPodman =
        OtherTools.missing([OtherTools.registry, "/usr/bin/podman", "/usr/bin/gpg"])
        + (geteuid() == 0 ? [] : ["the rights of root, which podman's storage asks for here"])

    @Test(.enabled(if: missingNotation.isEmpty, "not there: \(missingNotation)"))
    func `notation verifies what we sign, and we verify what it signs`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        func openssl(_ arguments: String...) async throws { try await shop.succeed("openssl", arguments) }
        try await openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
            "-out",
            "ca.pem", "-days", "30", "-subj", "/C=DE/O=shop/CN=ca", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign")
        try await openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key", "-out",
            "leaf.csr", "-subj", "/C=DE/ST=BE/O=shop/CN=builder")
        try shop.write(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n",
            to: "leaf.ext")
        try await openssl(
            "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20",
            "-extfile", "leaf.ext", "-out", "leaf.pem")
        let chain = try ["leaf.pem", "ca.pem"].map { try Files.text(shop.path($0)) }.joined()
        try shop.write(chain, to: "chain.pem")
        try shop.write(
            """
            {"version":"1.0","trustPolicies":[{"name":"shop","registryScopes":["*"],
             "signatureVerification":{"level":"strict"},"trustStores":["ca:ours"],"trustedIdentities":["*"]}]}
            """, to: "trust.json")
        func notation(_ arguments: String...) async throws -> Outcome {
            try await shop.run(Self.notation, arguments, environment: ["XDG_CONFIG_HOME": shop.path("config")])
        }
        #expect(try await notation("cert", "add", "--type", "ca", "--store", "ours", shop.path("ca.pem")).isSuccess)
        #expect(try await notation("policy", "import", shop.path("trust.json")).isSuccess)
        #expect(try await notation("cert", "generate-test", "--default", "theirs.example").isSuccess)
        let theirs = shop.path("config/notation/localkeys/theirs.example.crt")
        try await shop.withRegistry { _, image, _ in
            #expect(!(try await notation("verify", "--insecure-registry", image).isSuccess))
            try await shop.ours(
                "sign", image, "--key", "leaf.key", "--form", "notation", "--certificates", "chain.pem")
            let verified = try await notation("verify", "--insecure-registry", image)
            #expect(verified.isSuccess, "\(verified.errorText)")
            try await shop.ours("verify", image, "--authority", "ca.pem")
            #expect(try await shop.waybill("verify", image, "--authority", theirs).exit == .exited(1))
            let signed = try await notation("sign", "--insecure-registry", image)
            #expect(signed.isSuccess, "\(signed.errorText)")
            try await shop.ours("verify", image, "--authority", theirs)
            // The other encoding is named, and counts for nothing.
            let binary = try await notation("sign", "--insecure-registry", "--signature-format", "cose", image)
            #expect(binary.isSuccess, "\(binary.errorText)")
            #expect(try await shop.ours("verify", image, "--authority", theirs).text.contains("COSE"))
        }
    }

    @Test(.enabled(if: missingPodman.isEmpty, "not there: \(missingPodman)"))
    func `podman pulls what gpg signed for us, and nothing else`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        let home = "/tmp/wb-gnupg-\(UInt32.random(in: 0 ... .max))"
        try Files.makeFolder(home, mode: 0o700)
        defer { try? Files.remove(home) }
        let gpg = ["--homedir", home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""]
        try await shop.succeed(
            "gpg", gpg + ["--quick-generate-key", "ann <ann@example.test>", "rsa2048", "sign", "never"])
        let list = try await shop.succeed("gpg", gpg + ["--with-colons", "--list-keys"]).text
        let fingerprint = try #require(
            list.split(separator: "\n").first { $0.hasPrefix("fpr:") }?.split(separator: ":").last.map(String.init))
        try await shop.succeed("gpg", gpg + ["--armor", "--output", shop.path("ann.asc"), "--export", "ann"])
        try await shop.withRegistry { host, _, _ in
            let image = "\(host)/shop/cart:1.4"
            try shop.write(
                """
                {"default":[{"type":"reject"}],"transports":{"docker":{"\(host)":[
                  {"type":"signedBy","keyType":"GPGKeys","keyPath":"\(shop.path("ann.asc"))"}]}}}
                """, to: "policy.json")
            try Files.makeFolder(shop.path(".config/containers/registries.d"))
            try shop.write(
                "docker:\n  \(host):\n    lookaside: file://\(shop.path("lookaside"))\n",
                to: ".config/containers/registries.d/shop.yaml")
            func pull() async throws -> Outcome {
                try await shop.run(
                    "podman",
                    [
                        "--root", shop.path("storage"), "--runroot", shop.path("run"), "--storage-driver", "vfs",
                        "--cgroup-manager", "cgroupfs", "pull", "--signature-policy", shop.path("policy.json"),
                        "--tls-verify=false", image,
                    ])
            }
            let before = try await pull()
            #expect(before.errorText.contains("signature"))
            #expect(!before.isSuccess)
            let signed = try await shop.waybill(
                "sign", image, "--gpg-key", fingerprint, "--lookaside", shop.path("lookaside"),
                environment: ["GNUPGHOME": home])
            #expect(signed.isSuccess, "\(signed.errorText)")
            let after = try await pull()
            #expect(after.isSuccess, "\(after.errorText)")
        }
        _ = try await shop.run("gpgconf", ["--homedir", home, "--kill", "all"])
    }
}

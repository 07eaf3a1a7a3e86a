import Documents
import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// `waybill sign`, `attest` and `verify` beside the programs that people use.
@Suite(.serialized) struct SignatureCommandTests {
    @Test(.enabled(if: OtherTools.missingCosign.isEmpty, "not there: \(OtherTools.missingCosign)"))
    func `cosign verifies what we sign and attest, and we verify what it does`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        try shop.write(#"{"result":"PASSED","configuration":[]}"#, to: "test.json")
        try await shop.ours("key", "create", "ours", "--encrypted")
        try await shop.succeed(OtherTools.cosign(2), ["generate-key-pair", "--output-key-prefix", "theirs"])
        let offline = ["--insecure-ignore-tlog=true", "--allow-http-registry"]
        try await shop.withRegistry { _, image, _ in
            #expect(try await shop.waybill("verify", image, "--key", "ours.pub").exit == .exited(1))
            try await shop.ours("sign", image, "--key", "ours.key")
            try await shop.succeed(OtherTools.cosign(2), ["verify", "--key", "ours.pub", image] + offline)
            try await shop.ours(
                "attest", image, "--key", "ours.key", "--type", "test-result", "--predicate", "test.json", "--form",
                "cosign")
            try await shop.succeed(
                OtherTools.cosign(2),
                [
                    "verify-attestation", "--key", "ours.pub", "--type",
                    "https://in-toto.io/attestation/test-result/v0.1", image,
                ] + offline)
            // The keys go both ways: cosign signs with ours, we sign with theirs.
            let quiet = ["--tlog-upload=false", "--allow-http-registry", "-y", image]
            try await shop.succeed(OtherTools.cosign(2), ["sign", "--key", "theirs.key"] + quiet)
            try await shop.succeed(
                OtherTools.cosign(2),
                ["attest", "--key", "ours.key", "--type", "custom", "--predicate", "test.json"] + quiet)
            try await shop.ours("verify", image, "--key", "theirs.pub")
            try await shop.ours("verify", image, "--key", "ours.pub", "--key", "theirs.pub", "--threshold", "2")
            try await shop.ours("verify", image, "--key", "ours.pub", "--type", "custom")
            try await shop.ours("verify", image, "--key", "ours.pub", "--type", "test-result")
            let refused = try await shop.waybill("verify", image, "--key", "theirs.pub", "--type", "test-result")
            #expect(refused.exit == .exited(1))
            #expect(refused.text.contains("key: is not signed by a trusted key"))
        }
    }

    @Test(.enabled(if: OtherTools.missingCosign.isEmpty, "not there: \(OtherTools.missingCosign)"))
    func `bundles go both ways with the newer cosign`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        try shop.write(#"{"result":"PASSED","configuration":[]}"#, to: "test.json")
        try shop.write("a report", to: "report.txt")
        try await shop.ours("key", "create", "ours", "--encrypted")
        let cosign = OtherTools.cosign(3)
        try await shop.withRegistry { _, image, _ in
            try await shop.ours("sign", image, "--key", "ours.key", "--form", "bundle")
            let verify = ["--key", "ours.pub", "--insecure-ignore-tlog=true", "--allow-http-registry"]
            try await shop.succeed(cosign, ["verify"] + verify + [image])
            try await shop.ours(
                "attest", image, "--key", "ours.key", "--type", "test-result", "--predicate", "test.json")
            try await shop.succeed(
                cosign,
                ["verify-attestation", "--type", "https://in-toto.io/attestation/test-result/v0.1"] + verify + [image])
            try await shop.ours("verify", image, "--key", "ours.pub")
            try await shop.ours("verify", image, "--key", "ours.pub", "--type", "test-result")
        }
        try await shop.succeed(cosign, ["generate-key-pair", "--output-key-prefix", "theirs"])
        try await shop.withRegistry { _, image, _ in
            try await shop.succeed(
                cosign,
                [
                    "sign", "--key", "theirs.key", "--use-signing-config=false", "--tlog-upload=false",
                    "--new-bundle-format=true",
                    "--allow-http-registry", "-y", image,
                ])
            let report = try await shop.ours("verify", image, "--key", "theirs.pub", "--output", "json")
            let value = try JSONReader.value(from: report.output)
            #expect(value["verified"] == .bool(true))
            #expect(value["signatures"]?[0]?["form"] == "sigstore bundle")
        }
        try await shop.succeed(
            cosign,
            [
                "sign-blob", "--key", "theirs.key", "--use-signing-config=false", "--tlog-upload=false",
                "--new-bundle-format=true",
                "--bundle", "report.bundle", "-y", "report.txt",
            ])
        try await shop.ours("verify", "report.txt", "--key", "theirs.pub", "--signature", "report.bundle")
        try await shop.ours("sign", "report.txt", "--key", "theirs.key", "--signature", "ours.bundle")
        try await shop.succeed(
            cosign,
            [
                "verify-blob", "--key", "theirs.pub", "--bundle", "ours.bundle", "--insecure-ignore-tlog=true",
                "report.txt",
            ])
    }

    @Test(.enabled(if: OtherTools.missingSkopeo.isEmpty, "not there: \(OtherTools.missingSkopeo)"))
    func `skopeo lets through what gpg signed for us, and nothing else`() async throws {
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
        try await shop.withRegistry { host, _, digest in
            let image = "\(host)/shop/cart:1.4"
            try shop.write(
                """
                {"default":[{"type":"reject"}],"transports":{"docker":{"\(host)":[
                  {"type":"signedBy","keyType":"GPGKeys","keyPath":"\(shop.path("ann.asc"))"}]}}}
                """, to: "policy.json")
            try Files.makeFolder(shop.path("registries.d"))
            try shop.write(
                "docker:\n  \(host):\n    lookaside: file://\(shop.path("lookaside"))\n", to: "registries.d/shop.yaml")
            func copy(_ name: String) async throws -> Outcome {
                try await shop.run(
                    "skopeo",
                    [
                        "--policy", shop.path("policy.json"), "--registries.d", shop.path("registries.d"), "copy",
                        "--src-tls-verify=false", "docker://\(image)", "dir:\(shop.path(name))",
                    ])
            }
            #expect(!(try await copy("before").isSuccess))
            let signed = try await shop.waybill(
                "sign", image, "--gpg-key", fingerprint, "--lookaside", shop.path("lookaside"),
                environment: ["GNUPGHOME": home])
            #expect(signed.isSuccess, "\(signed.errorText)")
            let copied = try await copy("after")
            #expect(copied.isSuccess, "\(copied.errorText)")
            try await shop.ours(
                "verify", image, "--gpg-key", "ann.asc", "--lookaside", shop.path("lookaside"))
            // skopeo's own signature is believed by us in turn.
            try Files.remove(shop.path("lookaside"))
            let theirs = try await shop.run(
                "skopeo",
                [
                    "standalone-sign", shop.path("after/manifest.json"), image, fingerprint, "--output",
                    shop.path("theirs.sig"),
                ],
                environment: ["GNUPGHOME": home])
            #expect(theirs.isSuccess, "\(theirs.errorText)")
            try await shop.ours("verify", image, "--gpg-key", "ann.asc", "--signature", "theirs.sig")
            _ = digest
        }
        _ = try await shop.run("gpgconf", ["--homedir", home, "--kill", "all"])
    }

    @Test(.enabled(if: OtherTools.missingSystem.isEmpty, "not there: \(OtherTools.missingSystem)"))
    func `openssl and ssh-keygen agree with us about files, and a commit is verified by its signers`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        try shop.write("a report", to: "report.txt")
        for kind in ["p256", "p384", "p521", "rsa"] {
            try await shop.ours("key", "create", kind, "--kind", kind)
            try await shop.ours(
                "sign", "report.txt", "--key", "\(kind).key", "--form", "raw", "--signature", "\(kind).sig")
            let signature = try #require(Base64.decode(Files.text(shop.path("\(kind).sig"))))
            try Files.write(signature, to: shop.path("\(kind).bin"))
            let hash = ["p384": "sha384", "p521": "sha512"][kind] ?? "sha256"
            try await shop.succeed(
                "openssl", ["dgst", "-\(hash)", "-verify", "\(kind).pub", "-signature", "\(kind).bin", "report.txt"])
            try await shop.succeed(
                "openssl", ["dgst", "-\(hash)", "-sign", "\(kind).key", "-out", "back.bin", "report.txt"])
            try shop.write(Base64.encode(try Files.read(shop.path("back.bin"))), to: "back.sig")
            try await shop.ours("verify", "report.txt", "--key", "\(kind).pub", "--signature", "back.sig")
        }
        try await shop.succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ann", "-f", "ann"])
        let line = try Files.text(shop.path("ann.pub"))
        try shop.write("ann@example.test \(line)", to: "signers")
        try await shop.ours("sign", "report.txt", "--ssh-key", "ann", "--signature", "ours.sig")
        try await shop.succeed(
            "ssh-keygen", ["-Y", "verify", "-f", "signers", "-I", "ann@example.test", "-n", "file", "-s", "ours.sig"],
            input: Array("a report".utf8))
        try await shop.succeed("ssh-keygen", ["-Y", "sign", "-q", "-f", "ann", "-n", "file", "report.txt"])
        try await shop.ours("verify", "report.txt", "--allowed-signers", "signers", "--signature", "report.txt.sig")
        try await shop.succeed("git", ["init", "-q", "."])
        try await shop.succeed(
            "git",
            [
                "-c", "user.name=Ann", "-c", "user.email=ann@example.test", "-c", "gpg.format=ssh", "-c",
                "user.signingkey=\(shop.path("ann.pub"))", "commit", "-q", "-S", "--allow-empty", "-m", "first",
            ])
        try await shop.ours("verify", "commit:HEAD", "--allowed-signers", "signers")
        try await shop.ours("sign", "commit:HEAD", "--key", "p256.key", "--signature", "commit.json")
        try await shop.ours("verify", "commit:HEAD", "--key", "p256.pub", "--signature", "commit.json")
        try await shop.succeed(
            "git",
            [
                "-c", "user.name=Eve", "-c", "user.email=eve@example.test", "commit", "-q", "--allow-empty", "-m",
                "second",
            ])
        let refused = try await shop.waybill("verify", "commit:HEAD", "--allowed-signers", "signers")
        #expect(refused.exit == .exited(1))
        #expect(refused.text.contains("key: the commit is not signed"))
        let other = try await shop.waybill("verify", "commit:HEAD", "--key", "p256.pub", "--signature", "commit.json")
        #expect(other.text.contains("subject: "))
    }

    @Test(.enabled(if: OtherTools.missingPython.isEmpty, "not there: \(OtherTools.missingPython)"))
    func `securesystemslib and in-toto verify what we sign, and we verify what they do`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        try shop.write("a report", to: "report.txt")
        try shop.write(#"{"name":"build","command":["make"]}"#, to: "link.json")
        try shop.write(
            """
            import json, sys
            from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_pem_private_key
            from securesystemslib.dsse import Envelope
            from securesystemslib.signer import SSlibKey, CryptoSigner
            kind = sys.argv[1]
            key = SSlibKey.from_crypto(load_pem_public_key(open(kind + ".pub", "rb").read()))
            if sys.argv[2] == "verify":
                envelope = Envelope.from_dict(json.load(open(sys.argv[3])))
                for name in list(envelope.signatures):
                    key.keyid = name
                print(len(envelope.verify([key], 1)))
            else:
                signer = CryptoSigner(load_pem_private_key(open(kind + ".key", "rb").read(), None), key)
                envelope = Envelope(open(sys.argv[3], "rb").read(), "application/vnd.in-toto+json", {})
                envelope.sign(signer)
                json.dump(envelope.to_dict(), open(sys.argv[4], "w"))
            """, to: "dsse.py")
        let digest = Digest.sha256(of: Array("a report".utf8)).hex
        try shop.write(
            """
            {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"r","digest":{"sha256":"\(digest)"}}],
            "predicateType":"https://in-toto.io/attestation/link/v0.3","predicate":{"name":"build"}}
            """, to: "statement.json")
        for kind in ["ed25519", "p256", "rsa"] {
            try await shop.ours("key", "create", kind, "--kind", kind)
            // securesystemslib takes PSS for RSA keys; ours is told so.
            let encoding = kind == "rsa" ? "probabilistic" : "standard"
            if kind != "rsa" {
                try await shop.ours(
                    "attest", "report.txt", "--key", "\(kind).key", "--type", "link", "--predicate", "link.json",
                    "--signature",
                    "\(kind).json")
                try await shop.succeed(OtherTools.python, ["dsse.py", kind, "verify", "\(kind).json"])
            }
            try await shop.succeed(OtherTools.python, ["dsse.py", kind, "sign", "statement.json", "\(kind).theirs"])
            try await shop.ours(
                "verify", "report.txt", "--key", "\(kind).pub", "--signatures", encoding, "--type", "link",
                "--signature",
                "\(kind).theirs")
        }
    }

    @Test(.enabled(if: OtherTools.missingPython.isEmpty, "not there: \(OtherTools.missingPython)"))
    func `in-toto verifies our layouts and links, and we verify its links`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        try shop.write("print('shop')", to: "shop.py")
        try shop.write("packed", to: "shop.tar")
        try shop.write(
            """
            import sys
            from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_pem_private_key
            from in_toto.models.metadata import Metadata, Envelope
            from in_toto.models.link import Link
            from in_toto.verifylib import in_toto_verify
            from securesystemslib.signer import SSlibKey, CryptoSigner
            if sys.argv[1] == "verify":
                key = SSlibKey.from_crypto(load_pem_public_key(open(sys.argv[2], "rb").read()))
                document = dict(key.to_dict(), keyid=key.keyid)
                in_toto_verify(Metadata.load(sys.argv[3]), {key.keyid: document}, link_dir_path=".")
                print("verified")
            else:
                key = SSlibKey.from_crypto(load_pem_public_key(open(sys.argv[2] + ".pub", "rb").read()))
                signer = CryptoSigner(load_pem_private_key(open(sys.argv[2] + ".key", "rb").read(), None), key)
                ours = Metadata.load(sys.argv[3]).get_payload()
                link = Envelope.from_signable(Link(name=ours.name, materials=ours.materials, products=ours.products))
                link.create_signature(signer)
                link.dump(sys.argv[3])
            """, to: "intoto.py")
        for kind in ["ed25519", "p256", "rsa"] {
            let owner = "\(kind)-owner", ann = "\(kind)-ann"
            try await shop.ours("key", "create", owner, "--kind", kind)
            try await shop.ours("key", "create", ann, "--kind", kind)
            try shop.write(
                """
                {"expires": "2040-01-01T00:00:00Z", "steps": [
                  {"name": "write", "pubkeys": ["\(ann).pub"], "expected_products": [["CREATE", "shop.py"], ["DISALLOW", "*"]]},
                  {"name": "pack", "pubkeys": ["\(ann).pub"],
                   "expected_materials": [["MATCH", "shop.py", "WITH", "PRODUCTS", "FROM", "write"], ["DISALLOW", "*"]],
                   "expected_products": [["CREATE", "shop.tar"], ["ALLOW", "shop.py"], ["DISALLOW", "*"]]}]}
                """, to: "layout.json")
            try await shop.ours(
                "layout", "sign", "layout.json", "--key", "\(owner).key", "--functionary", "\(ann).pub", "--out",
                "\(kind).layout")
            let write = try await shop.waybill("layout", "link", "write", "--key", "\(ann).key", "--product", "shop.py")
            let pack = try await shop.waybill(
                "layout", "link", "pack", "--key", "\(ann).key", "--material", "shop.py", "--product", "shop.tar",
                "--command", "tar c")
            let links = [write, pack].map { $0.text.filter { $0 != "\n" } }
            #expect(links.allSatisfy { $0.hasSuffix(".link") }, "\(write.errorText) \(pack.errorText)")
            try await shop.succeed(OtherTools.python, ["intoto.py", "verify", "\(owner).pub", "\(kind).layout"])
            let verify = ["layout", "verify", "\(kind).layout"] + links + ["--key", "\(owner).pub"]
            let ours = try await shop.run(BuiltProgram.path, verify)
            #expect(ours.exit == .exited(0), "\(ours.text)\(ours.errorText)")
            // The same link, signed by in-toto.
            try await shop.succeed(OtherTools.python, ["intoto.py", "sign", ann, links[1]])
            let theirs = try await shop.run(BuiltProgram.path, verify)
            #expect(theirs.exit == .exited(0), "\(theirs.text)\(theirs.errorText)")
            // Another owner's layout, and a link by somebody whom the layout does not name, count for nothing.
            let other = try await shop.run(OtherTools.python, ["intoto.py", "verify", "\(ann).pub", "\(kind).layout"])
            #expect(other.exit != .exited(0))
            let foreign = try await shop.waybill(
                "layout", "link", "pack", "--key", "\(owner).key", "--material", "shop.py", "--product", "shop.tar")
            let swapped = try await shop.run(
                BuiltProgram.path,
                [
                    "layout", "verify", "\(kind).layout", links[0], foreign.text.filter { $0 != "\n" }, "--key",
                    "\(owner).pub",
                ])
            #expect(swapped.exit == .exited(1))
        }
    }

    @Test(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
    func `each way of asking wrongly ends as the manual says`() async throws {
        let shop = try SignatureWorkshop()
        defer { shop.clean() }
        try shop.write("a report", to: "report.txt")
        try await shop.ours("key", "create", "ann", "--kind", "ed25519")
        #expect(try await shop.waybill("key", "create", "ann").exit == .exited(2))
        #expect(try await shop.waybill("sign", "report.txt").exit == .exited(64))
        #expect(try await shop.waybill("verify", "report.txt").exit == .exited(2))
        #expect(try await shop.waybill("verify", "nothing.example/x", "--key", "none.pub").exit == .exited(2))
        #expect(try await shop.waybill("verify", "report.txt", "--key", "ann.pub").exit == .exited(1))
        try await shop.ours("sign", "report.txt", "--key", "ann.key", "--signature", "b.json")
        try await shop.ours("verify", "report.txt", "--key", "ann.pub", "--signature", "b.json")
        try shop.write("another report", to: "report.txt")
        let changed = try await shop.waybill("verify", "report.txt", "--key", "ann.pub", "--signature", "b.json")
        #expect(changed.exit == .exited(1))
        #expect(changed.text.contains("subject: the bundle is about another file"))
        try shop.write(#"{"result":"PASSED","failedTests":["a"]}"#, to: "bad.json")
        let bad = try await shop.waybill(
            "attest", "report.txt", "--key", "ann.key", "--type", "test-result", "--predicate", "bad.json")
        #expect(bad.exit == .exited(2))
        #expect(!Files.exists(shop.path("report.txt.intoto.json")))
    }
}

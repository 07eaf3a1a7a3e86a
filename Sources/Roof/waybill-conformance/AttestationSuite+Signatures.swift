import Attestations
import Documents
import Files
import RegularExpressions
import Signatures
import Signers
import Trust
import WaybillCore

extension AttestationSuite {
    /// Directories with a bundle each; a name that ends in `_fail` must be refused.
    static func bundles(_ directory: String) -> [SuiteReport.Result] {
        let folder = "\(directory)/sigstore-bundle"
        let identity = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon"
        return SuiteFiles.names(in: folder).filter { Files.isFolder("\(folder)/\($0)") }.sorted().map { name in
            result("sigstore bundles", name) {
                let path = "\(folder)/\(name)"
                func text(_ file: String) -> String? {
                    guard Files.exists("\(path)/\(file)") else { return nil }
                    return String(decoding: SuiteFiles.bytes("\(path)/\(file)"), as: UTF8.self)
                }
                func line(_ file: String, _ standard: String) -> String {
                    text(file).map { String($0.prefix { !$0.isNewline }) } ?? standard
                }
                let artifact =
                    Files.exists("\(path)/artifact") ? "\(path)/artifact" : "\(folder)/a.txt"
                let rootFile =
                    Files.exists("\(path)/trusted_root.json")
                    ? "\(path)/trusted_root.json" : "\(folder)/trusted_root_public_good.json"
                var refusal: String?
                do {
                    let keys = try text("key.pub").map { [TrustedKey(try PublicKey(pem: $0), name: "key")] } ?? []
                    let pattern = IdentityPattern(
                        subject: .exact(
                            line(
                                "identity",
                                "\(identity)/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main")),
                        issuer: .exact(line("issuer", "https://token.actions.githubusercontent.com")))
                    let verifier = BundleVerifier(
                        keys: keys, root: try TrustedRoot(parsing: SuiteFiles.bytes(rootFile)),
                        identities: keys.isEmpty ? [pattern] : [])
                    let bundle = try SigstoreBundle(parsing: SuiteFiles.bytes("\(path)/bundle.sigstore.json"))
                    _ = try verifier.verify(
                        bundle, subject: .bytes(SuiteFiles.bytes(artifact)), at: Timestamp(seconds: 1_790_000_000))
                } catch {
                    refusal = "\(error)"
                }
                if name.hasSuffix("_fail") { return refusal == nil ? "was accepted" : nil }
                return refusal
            }
        }
    }

    /// Keys and signatures in cosign's forms.
    static func cosign(_ directory: String) -> [SuiteReport.Result] {
        let folder = "\(directory)/cosign"
        func text(_ file: String) -> String { String(decoding: SuiteFiles.bytes("\(folder)/\(file)"), as: UTF8.self) }
        func password(_ file: String) -> [UInt8] { Array(SuiteFiles.bytes("\(folder)/\(file)").prefix { $0 != 0x0A }) }
        func open(_ key: String, _ secret: String, public file: String) -> SuiteReport.Result {
            result("cosign keys", key) {
                let secret = password(secret)
                let found = try PrivateKey(pem: text(key)) { secret }
                guard found.publicKey == (try PublicKey(pem: text(file))) else { return "is another key" }
                let wrong = try? PrivateKey(pem: text(key)) { Array("not it".utf8) }
                guard wrong == nil else { return "opens with a wrong password" }
                let again = try PrivateKey(pem: EncryptedKey.encrypt(found, password: secret)) { secret }
                return again.publicKey == found.publicKey ? nil : "does not survive being written"
            }
        }
        var results: [SuiteReport.Result] = []
        if Files.exists("\(folder)/cosign.key") {
            results.append(open("cosign.key", "cosign.password", public: "cosign.pub"))
        }
        for size in ["n32768", "n65536"] where Files.exists("\(folder)/sample/key-\(size).key") {
            let publicFile = size == "n32768" ? "sample/key.pub" : "sample/key-\(size).pub"
            results.append(open("sample/key-\(size).key", "sample/password", public: publicFile))
        }
        guard let manifest = SuiteFiles.json("\(folder)/sample/sig-manifest.json") else { return results }
        let image = Digest.sha256(of: SuiteFiles.bytes("\(folder)/sample/image-manifest.json"))
        func layer(_ payload: [UInt8]) -> CosignLayer {
            var annotations: [String: String] = [:]
            for member in manifest["layers"]?[0]?["annotations"]?.object?.members ?? [] {
                annotations[member.key] = member.value.string
            }
            return CosignLayer(
                mediaType: manifest["layers"]?[0]?["mediaType"]?.string ?? "", content: payload,
                annotations: annotations)
        }
        let payload = SuiteFiles.bytes("\(folder)/sample/payload.json")
        let moment = Timestamp(seconds: 1_790_000_000)
        results.append(
            result("cosign signatures", "sample") {
                guard manifest["layers"]?[0]?["digest"]?.string == Digest.sha256(of: payload).description else {
                    return "the layer is another payload"
                }
                let verifier = BundleVerifier(keys: [
                    TrustedKey(try PublicKey(pem: text("sample/key.pub")), name: "key")
                ])
                _ = try layer(payload).verify(verifier, image: image, at: moment)
                return nil
            })
        results.append(
            result("cosign signatures", "sample with another key") {
                let other = BundleVerifier(
                    keys: [TrustedKey(try PublicKey(pem: text("sample/key-n65536.pub")), name: "key")])
                let accepted = (try? layer(payload).verify(other, image: image, at: moment)) != nil
                return accepted ? "was accepted" : nil
            })
        results.append(
            result("cosign signatures", "sample with a changed payload") {
                let verifier = BundleVerifier(keys: [
                    TrustedKey(try PublicKey(pem: text("sample/key.pub")), name: "key")
                ])
                let accepted = (try? layer(payload + [0x20]).verify(verifier, image: image, at: moment)) != nil
                return accepted ? "was accepted" : nil
            })
        return results
    }

    /// An image signature as skopeo makes it.
    static func simpleSigning(_ directory: String) -> [SuiteReport.Result] {
        let folder = "\(directory)/simple-signing"
        guard let expected = SuiteFiles.json("\(folder)/expected.json") else { return [] }
        return [
            result("simple signing", "signature-1") {
                let keys = try OpenPGPKey.all(in: SuiteFiles.bytes("\(folder)/pubkey.asc"))
                let message = try OpenPGPMessage(parsing: SuiteFiles.bytes("\(folder)/signature-1"))
                let signer = try message.signer(among: keys, at: Timestamp(seconds: 1_800_000_000))
                let payload = try message.imagePayload()
                guard signer.fingerprint == expected["fingerprint"]?.string else { return "another signer" }
                guard payload.reference == expected["docker-reference"]?.string,
                    payload.digest.description == expected["manifest-digest"]?.string,
                    payload.digest == Digest.sha256(of: SuiteFiles.bytes("\(folder)/manifest.json"))
                else { return "another payload" }
                return nil
            },
            result("simple signing", "signature-1 with a changed byte") {
                let keys = try OpenPGPKey.all(in: SuiteFiles.bytes("\(folder)/pubkey.asc"))
                var bytes = SuiteFiles.bytes("\(folder)/signature-1")
                for index in stride(from: 0, to: bytes.count, by: 7) {
                    bytes[index] ^= 0x10
                    let message = try? OpenPGPMessage(parsing: bytes)
                    let accepted = (try? message?.signer(among: keys, at: Timestamp(seconds: 1_800_000_000))) != nil
                    // The name of the literal packet is not signed; what is signed must not change.
                    if accepted, let payload = try? message?.imagePayload(),
                        payload.digest.description != expected["manifest-digest"]?.string
                    {
                        return "byte \(index) was changed, and the signature is believed"
                    }
                    bytes[index] ^= 0x10
                }
                return nil
            },
        ]
    }

    /// in-toto's demonstration: a layout and two links, in both wrappings. The links are checked against the layout's keys;
    /// the layouts themselves are templates without a signature and an end.
    static func layouts(_ directory: String) -> [SuiteReport.Result] {
        ["demo_dsse_files", "demo_files"].flatMap { name -> [SuiteReport.Result] in
            let folder = "\(directory)/in-toto/\(name)"
            guard Files.exists("\(folder)/demo.layout.template") else { return [] }
            let links = SuiteFiles.names(in: folder).filter { $0.hasSuffix(".link") }.sorted()
            let product = SuiteFiles.bytes("\(directory)/in-toto/demo_files/foo.tar.gz")
            let archive = ["sha256": Digest.sha256(of: product).hex]
            let inspected = [
                "untar": LayoutVerifier.Inspected(
                    materials: product.isEmpty ? [:] : ["foo.tar.gz": archive], products: [:])
            ]
            func verify(_ links: [[UInt8]]) throws {
                try LayoutVerifier(owners: []).verifyUnsigned(
                    layout: SuiteFiles.bytes("\(folder)/demo.layout.template"), links: links, inspected: inspected)
            }
            let bytes = links.map { SuiteFiles.bytes("\(folder)/\($0)") }
            return [
                result("in-toto", "\(name): links") {
                    try verify(bytes)
                    return nil
                },
                result("in-toto", "\(name): a missing link") {
                    (try? verify(Array(bytes.dropFirst()))) == nil ? nil : "was accepted"
                },
                result("in-toto", "\(name): a changed link") {
                    let changed = bytes.map { link in
                        Array(
                            String(decoding: link, as: UTF8.self).replacing("foo.py", with: "bar.py").utf8)
                    }
                    // In an envelope the names stand in base 64: the signature is changed instead.
                    let damaged =
                        changed == bytes
                        ? bytes.map { link in
                            Array(
                                String(decoding: link, as: UTF8.self).replacing("\"sig\": \"", with: "\"sig\": \"AAAA")
                                    .utf8)
                        } : changed
                    return damaged != bytes && (try? verify(damaged)) == nil ? nil : "was accepted"
                },
                result("in-toto", "\(name): an unsigned layout") {
                    let owners = try ["rsa_public", "ed25519_public", "ecdsa_public"].map { file in
                        LayoutKey(
                            try PublicKey(
                                pem: String(
                                    decoding: SuiteFiles.bytes("\(directory)/in-toto/pems/\(file).pem"), as: UTF8.self))
                        )
                    }
                    let accepted =
                        (try? LayoutVerifier(owners: owners).verify(
                            layout: SuiteFiles.bytes("\(folder)/demo.layout.template"), links: bytes,
                            inspected: inspected,
                            at: Timestamp(seconds: 0))) != nil
                    return accepted ? "was accepted" : nil
                },
            ]
        }
    }
}

import Attestations
import Testing
import WaybillCore

@testable import Trust

@Suite(.enabled(if: RealTools.areThere, "git or ssh-keygen is missing"))
struct CommitVerifierTests {
    let tools: RealTools

    init() throws { tools = try RealTools() }

    func signers(_ text: String) throws -> AllowedSigners { try AllowedSigners(parsing: Array(text.utf8)) }

    @Test func `a commit that the author's key signed is good`() throws {
        defer { tools.clean() }
        let line = try tools.key("ann")
        let commit = try tools.commit(key: "ann")
        let verifier = try CommitVerifier(signers: signers("author@shop.example namespaces=\"git\" \(line)"))
        let verification = try verifier.verify(commit: commit.bytes, id: commit.id)
        #expect(verification.outcome == .good(principal: "author@shop.example"))
        #expect(verification.commit.title == "Add the cart")
        #expect(verification.commit.author.name == "Ann Author")
        #expect(verification.commit.author.time == Timestamp(seconds: 1_790_000_000))
        #expect(verification.commit.author.zone == "+0200")
        #expect(verification.commit.parents.isEmpty)
        #expect(verification.key == (try PublicKey(openSSH: line)))
    }

    enum Setting: CaseIterable, Sendable {
        case unsigned, unknownKey, otherNamespaceInFile, author, committer, expired, notYetValid, revoked,
            expiredByClock
    }

    @Test(arguments: Setting.allCases)
    func `a commit that is not signed by its author's valid key is told apart`(_ setting: Setting) throws {
        defer { tools.clean() }
        let ann = try tools.key("ann"), bob = try tools.key("bob")
        let key = try PublicKey(openSSH: ann)
        let commit = try tools.commit(
            key: setting == .unsigned ? nil : "ann",
            author: setting == .author ? "boss@shop.example" : "author@shop.example",
            committer: setting == .committer ? "boss@shop.example" : "author@shop.example")
        let options: [Setting: String] = [
            .otherNamespaceInFile: "namespaces=\"waybill\"", .expired: "valid-before=\"20200101\"",
            .notYetValid: "valid-after=\"20300101\"",
            .expiredByClock: "valid-before=\"20270101\"",
        ]
        var file = "boss@shop.example \(bob)"
        if setting != .unknownKey { file += "author@shop.example \(options[setting] ?? "") \(ann)" }
        let verifier = try CommitVerifier(
            signers: signers(file), revoked: RevokedKeys(fingerprints: setting == .revoked ? [key.sshFingerprint] : []),
            moment: setting == .expiredByClock ? Timestamp("2027-06-01T00:00:00Z") : nil)
        let outcome = try verifier.verify(commit: commit.bytes, id: commit.id).outcome
        let fingerprint = key.sshFingerprint
        let expected: SignatureOutcome =
            switch setting {
            case .unsigned: .unsigned
            case .unknownKey, .otherNamespaceInFile: .unknownKey(fingerprint: fingerprint)
            case .author:
                .identityMismatch(role: "author", email: "boss@shop.example", principals: ["author@shop.example"])
            case .committer:
                .identityMismatch(role: "committer", email: "boss@shop.example", principals: ["author@shop.example"])
            case .expired: .expired(fingerprint: fingerprint, since: try #require(Timestamp("2020-01-01T00:00:00Z")))
            case .expiredByClock:
                .expired(fingerprint: fingerprint, since: try #require(Timestamp("2027-01-01T00:00:00Z")))
            case .notYetValid:
                .notYetValid(fingerprint: fingerprint, from: try #require(Timestamp("2030-01-01T00:00:00Z")))
            case .revoked: .revoked(fingerprint: fingerprint)
            }
        #expect(outcome == expected)
        #expect(!outcome.isGood)
    }

    @Test func `bytes that are not the named commit are refused, and a signature over other bytes is bad`() throws {
        defer { tools.clean() }
        let line = try tools.key("ann")
        let commit = try tools.commit(key: "ann")
        let verifier = try CommitVerifier(signers: signers("author@shop.example \(line)"))
        var tampered = commit.bytes
        tampered[tampered.count - 2] ^= 1
        #expect(throws: WaybillError.self) { try verifier.verify(commit: tampered, id: commit.id) }
        let id = try tools.hash(tampered)
        let outcome = try verifier.verify(commit: tampered, id: id).outcome
        #expect(outcome == .badSignature("it does not fit the object's bytes"))
    }

    @Test func `a signature that was made for another purpose does not sign a commit`() throws {
        defer { tools.clean() }
        let line = try tools.key("ann")
        let commit = try tools.commit(key: nil)
        let signature = String(decoding: try tools.sign(commit.bytes, with: "ann", namespace: "waybill"), as: UTF8.self)
        let header = "gpgsig " + signature.split(separator: "\n").joined(separator: "\n ") + "\n"
        let text = String(decoding: commit.bytes, as: UTF8.self)
        let headers = try #require(text.firstRange(of: "\n\n"))
        let bytes = Array((text[..<headers.lowerBound] + "\n" + header + text[headers.lowerBound...].dropFirst()).utf8)
        let verifier = try CommitVerifier(signers: signers("author@shop.example \(line)"))
        let verification = try verifier.verify(commit: bytes, id: tools.hash(bytes))
        #expect(verification.commit.signedPayload == commit.bytes)
        guard case .badSignature = verification.outcome else {
            Issue.record("\(verification.outcome)")
            return
        }
    }

    @Test func `a merge commit with a signed tag inside verifies as Git verifies it`() throws {
        defer { tools.clean() }
        let line = try tools.key("ann")
        let first = try tools.commit(key: "ann")
        let options = [
            "-c", "gpg.format=ssh", "-c", "user.signingkey=\(tools.folder)/ann", "-c", "user.name=Ann", "-c",
            "user.email=author@shop.example",
        ]
        try tools.run("git", ["checkout", "-q", "-b", "side"])
        _ = try tools.commit(key: "ann", message: "On the side")
        try tools.run("git", options + ["tag", "-s", "v1", "-m", "Version one"])
        try tools.run("git", ["checkout", "-q", "main"])
        try tools.run("git", options + ["merge", "-q", "--no-ff", "-S", "-m", "Merge v1", "v1"])
        let id = String(decoding: try tools.run("git", ["rev-parse", "HEAD"]), as: UTF8.self).split(separator: "\n")
            .joined()
        let bytes = try tools.run("git", ["cat-file", "commit", id])
        #expect(String(decoding: bytes, as: UTF8.self).contains("\nmergetag object "))
        let verifier = try CommitVerifier(signers: signers("author@shop.example \(line)"))
        let verification = try verifier.verify(commit: bytes, id: id)
        #expect(verification.outcome.isGood)
        #expect(verification.commit.parents.count == 2 && verification.commit.parents.first == first.id)

        let tag = String(decoding: try tools.run("git", ["rev-parse", "refs/tags/v1"]), as: UTF8.self).split(
            separator: "\n"
        ).joined()
        let tagBytes = try tools.run("git", ["cat-file", "tag", tag])
        let tagVerification = try verifier.verify(tag: tagBytes, id: tag)
        #expect(tagVerification.outcome.isGood)
        #expect(tagVerification.tag.name == "v1" && tagVerification.tag.message == "Version one\n")
        let stranger = CommitVerifier(signers: AllowedSigners())
        #expect(!(try stranger.verify(tag: tagBytes, id: tag).outcome.isGood))
    }

    @Test func `a repository with SHA-256 names is verified too`() throws {
        defer { tools.clean() }
        let line = try tools.key("ann")
        try tools.run("git", ["init", "-q", "-b", "main", "--object-format=sha256"])
        let commit = try tools.commit(key: "ann")
        #expect(commit.id.utf8.count == 64)
        let verifier = try CommitVerifier(signers: signers("author@shop.example \(line)"))
        #expect(try verifier.verify(commit: commit.bytes, id: commit.id).outcome.isGood)
    }

    @Test func `no mutation of a signed commit is good or ends the program`() throws {
        defer { tools.clean() }
        let line = try tools.key("ann")
        let commit = try tools.commit(key: "ann")
        let verifier = try CommitVerifier(signers: signers("author@shop.example \(line)"))
        var generator = SeededGenerator(seed: 20261121)
        for _ in 0..<3000 {
            let bytes = generator.mutate(commit.bytes)
            guard bytes != commit.bytes, let read = try? GitCommit(parsing: bytes), let armored = read.signature,
                let signature = try? SSHSignature(armored: armored)
            else { continue }
            // White space inside the armour is the only thing that may change without harm.
            if signature.isValid(of: read.signedPayload, namespace: "git") {
                #expect(try GitCommit(parsing: commit.bytes).signedPayload == read.signedPayload)
                #expect(try SSHSignature(armored: GitCommit(parsing: commit.bytes).signature ?? []) == signature)
            }
            _ = try? GitTag(parsing: bytes)
            _ = try? verifier.verify(commit: bytes, id: commit.id)
        }
    }
}

struct GitObjectTests {
    static let tree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    static let people = "author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"

    @Test(arguments: [
        "", "\n", "tree x\n\n", people + tree + "\n", tree + people, tree + tree + people + "\n",
        tree + "author A <a@x> 1 +0000\n\n",
        tree + "author A <a@x> 1 +0000\nauthor A <b@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n",
        tree + "author A <<a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n",
        tree + "author A <a@x> <b@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n",
        tree + "author A <a@x> -1 +0000\ncommitter A <a@x> 1 +0000\n\n",
        tree + "author A <a@x> 9999999999999999999 +0000\ncommitter A <a@x> 1 +0000\n\n",
        tree + "author A <a@x> 1 0000\ncommitter A <a@x> 1 +0000\n\n", tree + people + "gpgsig a\ngpgsig b\n\nm",
        tree + people + "gpgsig a\ngpgsig-sha256 b\n\nm", " \n" + tree + people + "\n", tree + people + "noname\n\nm",
        tree + "author A\u{0} <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n", tree + "parent 1\n" + people + "\n",
        "tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\n" + people + "\n",
    ])
    func `a commit that two readers could take differently is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try GitCommit(parsing: Array(text.utf8)) }
    }

    @Test func `a plain commit is read`() throws {
        let commit = try GitCommit(
            parsing: Array((Self.tree + Self.people + "encoding UTF-8\n\nSubject\n\nBody gpgsig x\n").utf8))
        #expect(commit.signature == nil)
        #expect(commit.title == "Subject")
    }

    @Test func `without a keyring OpenPGP signatures are named as not supported`() throws {
        let bytes = Array(
            (Self.tree + Self.people + "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nm")
                .utf8)
        let id = Hex.encode(SHA1Name.of(bytes))
        let outcome = try CommitVerifier(signers: AllowedSigners()).verify(commit: bytes, id: id).outcome
        guard case .unsupported(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("OpenPGP"))
    }
}

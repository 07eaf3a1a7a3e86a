import Attestations
import Foundation
import Processes
import Testing
import Trust
import WaybillCore

@testable import Signatures

/// A repository whose commits the real git signs through the real gpg.
struct SignedRepository {
    static let isThere = GPG.isThere && FileManager.default.isExecutableFile(atPath: "/usr/bin/git")

    let gpg: GPG
    let folder: String

    init() throws {
        gpg = try GPG()
        folder = gpg.home + "/repository"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    @discardableResult
    func git(_ arguments: [String], environment: [String: String] = [:]) async throws -> [UInt8] {
        var whole = [
            "PATH": "/usr/bin:/bin", "HOME": gpg.home, "GNUPGHOME": gpg.home, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.test", "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.test", "LC_ALL": "C.UTF-8",
        ]
        whole.merge(environment) { $1 }
        let output = try await ProcessRunner.output(
            of: Command("git", ["-C", folder] + arguments, environment: whole, timeout: .seconds(60)))
        return output.output
    }

    /// A commit that this key signs; its name and bytes.
    func commit(
        key: String, format: String = "openpgp", environment: [String: String] = [:]
    ) async throws -> (id: String, bytes: [UInt8]) {
        if !FileManager.default.fileExists(atPath: folder + "/.git") { try await git(["init", "-q", "-b", "main"]) }
        try await git(
            [
                "-c", "gpg.format=\(format)", "-c", "user.signingkey=\(key)", "commit", "-q", "--allow-empty", "-S",
                "-m", "x",
            ],
            environment: environment)
        let id = String(decoding: try await git(["rev-parse", "HEAD"]), as: UTF8.self).trimmingCharacters(in: .newlines)
        return (id, try await git(["cat-file", "commit", id]))
    }

    func keyring() async throws -> SignerKeyring {
        var keyring = SignerKeyring()
        try keyring.add(openPGP: await gpg.run(["--armor", "--export"]), file: "keys.asc")
        return keyring
    }
}

@Suite(.enabled(if: SignedRepository.isThere, "git or gpg is not installed in /usr/bin"))
struct CommitKeyringTests {
    func outcome(
        _ commit: (id: String, bytes: [UInt8]), _ keyring: (any CommitKeyring)?, at moment: Timestamp? = nil,
        revoked: RevokedKeys = RevokedKeys()
    ) throws -> SignatureOutcome {
        try CommitVerifier(signers: AllowedSigners(), revoked: revoked, keyring: keyring, moment: moment)
            .verify(commit: commit.bytes, id: commit.id).outcome
    }

    @Test(arguments: ["ed25519", "rsa2048", "nistp256"])
    func `a commit that a listed OpenPGP key signed is good`(_ algorithm: String) async throws {
        let repository = try SignedRepository()
        let fingerprint = try await repository.gpg.key("ann", algorithm: algorithm)
        let commit = try await repository.commit(key: fingerprint)
        let keyring = try await repository.keyring()
        let found = try CommitVerifier(signers: AllowedSigners(), keyring: keyring, moment: OpenPGPTests.now)
            .verify(commit: commit.bytes, id: commit.id)
        #expect(found.outcome == .good(principal: "ann@example.test"))
        #expect(found.identities == ["ann@example.test"])
        #expect(found.key == keyring.keys[0].primary.packet.key)
        #expect(try outcome(commit, SignerKeyring()) == .unknownKey(fingerprint: fingerprint))
        guard case .unsupported = try outcome(commit, nil) else { Issue.record("judged without a keyring"); return }
        let revoked = try RevokedKeys(parsing: Array("# lost\n\(fingerprint.lowercased())\n".utf8))
        #expect(try outcome(commit, keyring, revoked: revoked) == .revoked(fingerprint: fingerprint))
        let byKey = RevokedKeys(fingerprints: [keyring.keys[0].primary.packet.key.sshFingerprint])
        #expect(try outcome(commit, keyring, revoked: byKey) == .revoked(fingerprint: fingerprint))
        await repository.gpg.clean()
    }

    @Test func `an OpenPGP signature counts for the key's own valid names, and while the key is valid`() async throws {
        let repository = try SignedRepository()
        let gpg = repository.gpg
        let fingerprint = try await gpg.key("ann", algorithm: "ed25519", expires: "2d")
        _ = try await gpg.key("ben", algorithm: "ed25519")
        let commit = try await repository.commit(key: fingerprint)
        let now = OpenPGPTests.now
        let keyring = try await repository.keyring()
        #expect(keyring.keys.count == 2)
        #expect(try outcome(commit, keyring, at: now).isGood)
        guard case .expired = try outcome(commit, keyring, at: Timestamp(seconds: now.seconds + 300_000)) else {
            Issue.record("counts after the key's end")
            return
        }
        // The forge's clock is behind the signature's.
        guard case .badSignature = try outcome(commit, keyring, at: Timestamp(seconds: now.seconds - 100_000)) else {
            Issue.record("counts before it was made")
            return
        }
        let foreign = try await repository.commit(
            key: fingerprint, environment: ["GIT_AUTHOR_EMAIL": "ben@example.test"])
        #expect(
            try outcome(foreign, keyring)
                == .identityMismatch(role: "author", email: "ben@example.test", principals: ["ann@example.test"]))
        // A second name, then taken back: it speaks for nobody any more.
        try await gpg.run(["--quick-add-uid", fingerprint, "Ann <ben@example.test>"])
        let twoNames = try await repository.keyring()
        #expect(try outcome(foreign, twoNames, at: OpenPGPTests.now).isGood)
        #expect(twoNames.keys[0].identities(at: OpenPGPTests.now).sorted() == ["ann@example.test", "ben@example.test"])
        try await gpg.run(["--quick-revoke-uid", fingerprint, "Ann <ben@example.test>"])
        let oneName = try await repository.keyring()
        #expect(!(try outcome(foreign, oneName).isGood))
        #expect(try outcome(commit, oneName).isGood)
        let revocation = try String(contentsOfFile: "\(gpg.home)/openpgp-revocs.d/\(fingerprint).rev", encoding: .utf8)
            .replacing(":-----BEGIN", with: "-----BEGIN")
        try await gpg.run(["--import"], input: Array(revocation.utf8))
        let revoked = try await repository.keyring()
        #expect(try outcome(commit, revoked) == .revoked(fingerprint: fingerprint))
        await gpg.clean()
    }

    @Test func `a subkey signs for its certificate until it is revoked`() async throws {
        let repository = try SignedRepository()
        let gpg = repository.gpg
        let fingerprint = try await gpg.key("ann", algorithm: "ed25519")
        try await gpg.run(["--quick-add-key", fingerprint, "rsa2048", "sign", "never"])
        let keyring = try await repository.keyring()
        let subkey = try #require(keyring.keys[0].subkeys.first).packet
        let commit = try await repository.commit(key: subkey.fingerprint + "!")
        let found = try CommitVerifier(signers: AllowedSigners(), keyring: keyring)
            .verify(commit: commit.bytes, id: commit.id)
        #expect(found.outcome.isGood && found.key == subkey.key)
        let revoked = RevokedKeys(fingerprints: [subkey.fingerprint])
        #expect(!(try outcome(commit, keyring, revoked: revoked).isGood))
        await gpg.clean()
    }

    @Test func `a signature over other bytes, two of them, or another kind of one is none`() async throws {
        let repository = try SignedRepository()
        let fingerprint = try await repository.gpg.key("ann", algorithm: "ed25519")
        let commit = try await repository.commit(key: fingerprint)
        let keyring = try await repository.keyring()
        let read = try GitCommit(parsing: commit.bytes)
        let armored = try #require(read.signature)
        func answer(_ signature: [UInt8], _ payload: [UInt8]) -> CommitKeyringAnswer {
            keyring.judge(openPGP: signature, over: payload, at: nil)
        }
        guard case .signed = answer(armored, read.signedPayload) else { Issue.record("not signed"); return }
        for (signature, payload) in [
            (armored, read.signedPayload + [0x0A]), (armored + armored, read.signedPayload),
            (try await repository.gpg.run(["--armor", "--sign"], input: read.signedPayload), read.signedPayload),
            (
                try await repository.gpg.run(["--textmode", "--armor", "--detach-sign"], input: read.signedPayload),
                read.signedPayload
            ),
            (Array("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----".utf8), read.signedPayload),
        ] {
            guard case .refused(.badSignature, _) = answer(signature, payload) else {
                Issue.record("taken: \(String(decoding: signature, as: UTF8.self))")
                continue
            }
        }
        let single = try OpenPGPArmor.decode(armored)
        for mutant in MutationTests.mutants(of: single, step: 1) {
            guard case .signed(let signer) = answer(mutant, read.signedPayload) else { continue }
            // What is not hashed may change: hints, and parts that say nothing.
            #expect(signer.fingerprints == [fingerprint, fingerprint])
        }
        await repository.gpg.clean()
    }

    @Test func `keys that stand one behind the other in a file all count`() async throws {
        let repository = try SignedRepository()
        let gpg = repository.gpg
        let fingerprints = [
            try await gpg.key("ann", algorithm: "ed25519"), try await gpg.key("ben", algorithm: "ed25519"),
        ]
        let file = try await gpg.run(["--armor", "--export", "ann"]) + gpg.run(["--armor", "--export", "ben"])
        #expect(try OpenPGPKey.all(in: file).map(\.fingerprint) == fingerprints)
        var keyring = SignerKeyring()
        for bytes in [Array("no keys\n".utf8), [], Array(file.dropLast(60))] {
            #expect(throws: WaybillError.self) { try keyring.add(openPGP: bytes, file: "keys") }
        }
        await gpg.clean()
    }

    @Test(arguments: [
        ("Ann <ann@x.test>", "ann@x.test"), ("ann@x.test", "ann@x.test"), ("<a@b>", "a@b"),
        ("Ann (work) <ann@x.test>", "ann@x.test"), ("Ann", nil), ("Ann <a@b> <c@d>", nil), ("Ann <a@b> x", nil),
        ("Ann <a b@c>", nil), ("Ann <a@b@c>", nil), ("Ann <@b>", nil), ("Ann <a@>", nil), ("a@b, c@d", nil), ("", nil),
        ("Ann <a@b", nil), ("Ann a@b>", nil),
    ])
    func `only a name with one address speaks for somebody`(_ name: String, _ address: String?) {
        #expect(OpenPGPKey.address(in: name) == address)
    }
}

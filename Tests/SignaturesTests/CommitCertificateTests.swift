import Attestations
import Crypto
import Foundation
import Processes
import Testing
import Trust
import WaybillCore

@testable import Signatures

/// Commits that the real git signs through the real gpgsm, with certificates that openssl made.
@Suite(
    .enabled(
        if: SignedRepository.isThere && FileManager.default.isExecutableFile(atPath: "/usr/bin/gpgsm")
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"),
        "git, gpgsm or openssl is not installed in /usr/bin"))
struct CommitCertificateTests {
    let repository: SignedRepository
    var home: String { repository.gpg.home }

    init() throws { repository = try SignedRepository() }

    func openssl(_ arguments: [String], input: [UInt8] = []) async throws {
        _ = try await ProcessRunner.output(
            of: Command(
                "/bin/sh", ["-c", "cd \"$0\" && exec openssl \"$@\"", home] + arguments, input: input,
                timeout: .seconds(60)))
    }

    func authority(_ name: String) async throws -> [UInt8] {
        try await openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name).key",
            "-out", "\(name).pem", "-days", "30", "-subj", "/CN=\(name)", "-addext",
            "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
        ])
        return Array(try Data(contentsOf: URL(fileURLWithPath: "\(home)/\(name).pem")))
    }

    /// A certificate of that authority, put into gpgsm's keyring.
    func certificate(_ name: String, by authority: String) async throws {
        let extensions = """
            subjectAltName=email:\(name)@example.test
            keyUsage=critical,digitalSignature
            extendedKeyUsage=emailProtection
            basicConstraints=CA:FALSE

            """
        try Data(extensions.utf8).write(to: URL(fileURLWithPath: "\(home)/\(name).ext"))
        try Data("disable-crl-checks\ndisable-policy-checks\nno-greeting\n".utf8).write(
            to: URL(fileURLWithPath: "\(home)/gpgsm.conf"))
        try Data("allow-loopback-pinentry\n".utf8).write(to: URL(fileURLWithPath: "\(home)/gpg-agent.conf"))
        // gpgsm asks for the password again with each signature.
        let script = """
            #!/bin/sh
            exec gpgsm --batch --pinentry-mode loopback --passphrase-fd 9 "$@" 9<"$GNUPGHOME/word"

            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: "\(home)/gpgsm.sh"))
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(home)/word"))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(home)/gpgsm.sh")
        let fingerprint = try await ProcessRunner.output(
            of: Command("openssl", ["x509", "-in", "\(home)/\(authority).pem", "-noout", "-fingerprint", "-sha1"]))
        let text = String(decoding: fingerprint.output, as: UTF8.self).split(separator: "=").last ?? ""
        try Data((text.trimmingCharacters(in: .newlines) + " S relax\n").utf8).write(
            to: URL(fileURLWithPath: "\(home)/trustlist.txt"))
        // The key is gpgsm's own: keys of other programs are now and then taken for damaged by this version.
        let request = """
            Key-Type: RSA
            Key-Length: 2048
            Key-Usage: sign
            Name-DN: CN=\(name)
            Name-Email: \(name)@example.test

            """
        try await gpgsm(["--armor", "--output", "\(home)/\(name).csr", "--generate-key"], input: Array(request.utf8))
        try await openssl([
            "x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).pem", "-CAkey", "\(authority).key",
            "-CAcreateserial", "-days", "20", "-extfile", "\(name).ext", "-out", "\(name).pem",
        ])
        for certificate in [authority, name] { try await gpgsm(["--import", "\(home)/\(certificate).pem"]) }
    }

    func gpgsm(_ arguments: [String], input: [UInt8] = []) async throws {
        _ = try await ProcessRunner.output(
            of: Command(
                "\(home)/gpgsm.sh", arguments,
                environment: ["PATH": "/usr/bin:/bin", "HOME": home, "GNUPGHOME": home], input: input,
                timeout: .seconds(60)))
    }

    func commit(by name: String) async throws -> (id: String, bytes: [UInt8]) {
        if !FileManager.default.fileExists(atPath: repository.folder + "/.git") {
            try await repository.git(["init", "-q", "-b", "main"])
        }
        try await repository.git(["config", "gpg.x509.program", "\(home)/gpgsm.sh"])
        return try await repository.commit(key: "\(name)@example.test", format: "x509")
    }

    func outcome(
        _ commit: (id: String, bytes: [UInt8]), _ authorities: [UInt8]..., at moment: Timestamp? = nil,
        revoked: RevokedKeys = RevokedKeys()
    ) throws -> SignatureOutcome {
        var keyring = SignerKeyring()
        for each in authorities { try keyring.add(authorities: each, file: "authorities.pem") }
        return try CommitVerifier(signers: AllowedSigners(), revoked: revoked, keyring: keyring, moment: moment)
            .verify(commit: commit.bytes, id: commit.id).outcome
    }

    @Test func `a commit that a certificate of a listed authority signed is good, and no bent one`() async throws {
        let ours = try await authority("ours"), other = try await authority("other")
        try await certificate("ann", by: "ours")
        let commit = try await commit(by: "ann")
        #expect(String(decoding: commit.bytes, as: UTF8.self).contains("-----BEGIN SIGNED MESSAGE-----"))
        let now = OpenPGPTests.now
        #expect(try outcome(commit, ours) == .good(principal: "ann@example.test"))
        #expect(try outcome(commit, other, ours, at: now) == .good(principal: "ann@example.test"))
        for outcome in [try outcome(commit), try outcome(commit, other)] {
            guard case .unknownKey(let fingerprint) = outcome else { Issue.record("\(outcome)"); continue }
            #expect(fingerprint.count == 64)
            let revoked = try RevokedKeys(parsing: Array(fingerprint.utf8))
            #expect(try self.outcome(commit, ours, revoked: revoked) == .revoked(fingerprint: fingerprint))
        }
        guard case .expired = try outcome(commit, ours, at: Timestamp(seconds: now.seconds + 25 * 86_400)) else {
            Issue.record("counts after the certificate's end")
            return
        }
        guard case .notYetValid = try outcome(commit, ours, at: Timestamp(seconds: now.seconds - 86_400)) else {
            Issue.record("counts before the certificate's beginning")
            return
        }
        let read = try GitCommit(parsing: commit.bytes)
        let signature = try DetachedCMS(armored: read.signature ?? [])
        #expect(throws: SignatureFailure.self) { try signature.certificate(over: read.signedPayload + [0]) }
        let der = try PEM.decode(read.signature ?? [], label: DetachedCMS.label)
        for mutant in MutationTests.mutants(of: der, step: 7) {
            guard let bent = try? DetachedCMS(armored: Array(PEM.encode(mutant, label: DetachedCMS.label).utf8)) else {
                continue
            }
            #expect(((try? bent.certificate(over: read.signedPayload + [0])) == nil))
        }
        var text = String(decoding: commit.bytes, as: UTF8.self)
        text = text.replacing("committer Ann <ann@", with: "committer Ann <ben@")
        let header = "commit \(text.utf8.count)\0"
        let id = Hex.encode(Insecure.SHA1.hash(data: Array(header.utf8) + Array(text.utf8)))
        guard case .badSignature = try outcome((id, Array(text.utf8)), ours) else {
            Issue.record("a bent commit counts")
            return
        }
        let leaf = try SigningCertificate(pem: String(contentsOfFile: "\(home)/ann.pem", encoding: .utf8))
        #expect(DetachedCMS.objection(to: leaf) == nil)
        #expect(DetachedCMS.objection(to: try SigningCertificate(pem: String(decoding: ours, as: UTF8.self))) != nil)
        var keyring = SignerKeyring()
        #expect(throws: WaybillError.self) { try keyring.add(authorities: Array(leaf.pem.utf8), file: "leaf") }
        #expect(throws: WaybillError.self) { try keyring.add(authorities: [], file: "empty") }
        await repository.gpg.clean()
    }
}

import Attestations
import Foundation
import Processes
import Testing
import WaybillCore

@testable import Signatures

/// The real gpg, with a home of its own.
struct GPG {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/gpg")
    static let reason = "gpg is not installed in /usr/bin"

    let home = "/tmp/wb-gpg-\(UInt32.random(in: 0 ... .max))"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func clean() async {
        _ = try? await ProcessRunner.run(
            Command("gpgconf", ["--homedir", home, "--kill", "all"], timeout: .seconds(10)))
        try? FileManager.default.removeItem(atPath: home)
    }

    @discardableResult
    func run(_ arguments: [String], input: [UInt8] = []) async throws -> [UInt8] {
        try await ProcessRunner.output(
            of: Command(
                "gpg",
                ["--homedir", home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""]
                    + arguments,
                input: input, timeout: .seconds(60))
        ).output
    }

    /// Makes a key; its fingerprint.
    func key(_ name: String, algorithm: String, expires: String = "never") async throws -> String {
        try await run(["--quick-generate-key", "\(name) <\(name)@example.test>", algorithm, "sign", expires])
        let list = String(decoding: try await run(["--with-colons", "--list-keys", name]), as: UTF8.self)
        let line = try #require(list.split(separator: "\n").first { $0.hasPrefix("fpr:") })
        return String(line.split(separator: ":", omittingEmptySubsequences: false)[9])
    }
}

@Suite(.enabled(if: GPG.isThere, Comment(rawValue: GPG.reason)))
struct OpenPGPTests {
    static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    @Test(arguments: ["ed25519", "rsa2048", "nistp256", "nistp384"], [0, 1, 2])
    func `what gpg signs is believed, packed or not`(_ algorithm: String, _ packing: Int) async throws {
        let gpg = try GPG()
        let fingerprint = try await gpg.key("ann", algorithm: algorithm)
        let keys = try OpenPGPKey.all(in: await gpg.run(["--export", "ann"]))
        #expect(keys.map(\.fingerprint) == [fingerprint])
        let content = Array(String(repeating: "content ", count: 200).utf8)
        let bytes = try await gpg.run(["--compress-algo", "\(packing)", "--sign"], input: content)
        let message = try OpenPGPMessage(parsing: bytes)
        #expect(message.content == content)
        #expect(try message.signer(among: keys, at: Self.now).fingerprint == fingerprint)
        let armored = try await gpg.run(["--armor", "--sign"], input: content)
        #expect(try OpenPGPMessage(parsing: armored).signer(among: keys, at: Self.now).fingerprint == fingerprint)
        await gpg.clean()
    }

    @Test func `an unknown, an expired and a revoked key count for nothing`() async throws {
        let gpg = try GPG()
        let fingerprint = try await gpg.key("ann", algorithm: "ed25519", expires: "1d")
        _ = try await gpg.key("ben", algorithm: "ed25519")
        let bytes = try await gpg.run(["--local-user", "ann", "--sign"], input: [1, 2, 3])
        let message = try OpenPGPMessage(parsing: bytes)
        func check(_ keys: [OpenPGPKey], at moment: Timestamp = OpenPGPTests.now) -> SignatureFailure.Check? {
            do { _ = try message.signer(among: keys, at: moment) } catch { return error.check }
            return nil
        }
        let ann = try OpenPGPKey.all(in: await gpg.run(["--export", "ann"]))
        #expect(check(ann) == nil)
        #expect(check(try OpenPGPKey.all(in: await gpg.run(["--export", "ben"]))) == .key)
        #expect(check(ann, at: Timestamp(seconds: Self.now.seconds + 200_000)) == .time)
        #expect(check(ann, at: Timestamp(seconds: 0)) == .time)
        let revocation = try String(contentsOfFile: "\(gpg.home)/openpgp-revocs.d/\(fingerprint).rev", encoding: .utf8)
            .replacing(":-----BEGIN", with: "-----BEGIN")
        try await gpg.run(["--import"], input: Array(revocation.utf8))
        #expect(check(try OpenPGPKey.all(in: await gpg.run(["--armor", "--export", "ann"]))) == .key)
        await gpg.clean()
    }

    @Test func `a bent message is refused`() async throws {
        let gpg = try GPG()
        _ = try await gpg.key("ann", algorithm: "ed25519")
        let keys = try OpenPGPKey.all(in: await gpg.run(["--export", "ann"]))
        let bytes = try await gpg.run(["--compress-algo", "0", "--sign"], input: Array("content".utf8))
        for mutant in MutationTests.mutants(of: bytes, step: 1) {
            guard let message = try? OpenPGPMessage(parsing: mutant),
                (try? message.signer(among: keys, at: Self.now)) != nil
            else { continue }
            #expect(message.content == Array("content".utf8))
        }
        let key = try await gpg.run(["--export", "ann"])
        for mutant in MutationTests.mutants(of: key, step: 2) {
            let bent = (try? OpenPGPKey.all(in: mutant)) ?? []
            #expect(bent.allSatisfy { $0.fingerprint == keys[0].fingerprint || $0.fingerprint.count == 40 })
        }
        await gpg.clean()
    }

    @Test(arguments: [["--armor"], []])
    func `a signature apart from its file is believed for that file alone`(_ armor: [String]) async throws {
        let gpg = try GPG()
        let fingerprint = try await gpg.key("ann", algorithm: "ed25519", expires: "1d")
        let keys = try OpenPGPKey.all(in: await gpg.run(["--export", "ann"]))
        let file = Array("the file".utf8)
        let bytes = try await gpg.run(armor + ["--detach-sign"], input: file)
        #expect(OpenPGPDetachedSignature.isOne(bytes))
        #expect(!OpenPGPDetachedSignature.isOne(try await gpg.run(armor + ["--sign"], input: file)))
        let signature = try OpenPGPDetachedSignature(parsing: bytes)
        func check(_ file: [UInt8], _ keys: [OpenPGPKey], at moment: Timestamp = OpenPGPTests.now) -> SignatureFailure
            .Check?
        {
            do { _ = try signature.signer(of: file, among: keys, at: moment) } catch { return error.check }
            return nil
        }
        let signer = try signature.signer(of: file, among: keys, at: Self.now)
        #expect(signer.fingerprint == fingerprint)
        #expect(signer.certifiedNames(at: Self.now) == ["ann <ann@example.test>"])
        #expect(check(file + [0], keys) == .signature)
        #expect(check(file, []) == .key)
        #expect(check(file, keys, at: Timestamp(seconds: Self.now.seconds + 200_000)) == .time)
        await gpg.clean()
    }
}

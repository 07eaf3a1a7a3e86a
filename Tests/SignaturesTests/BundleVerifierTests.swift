import Attestations
import Crypto
import Foundation
import Testing
import Trust
import WaybillCore
import X509

@testable import Signatures

struct BundleVerifierTests {
    static let file = Array("the file".utf8)
    static let digest = WaybillCore.Digest.sha256(of: file)
    static let who = IdentityPattern(subject: .exact("https://ci.example/job"), issuer: .exact("https://ci.example"))

    static func failure(_ body: () throws -> Void) -> SignatureFailure.Check? {
        do { try body() } catch { return (error as? SignatureFailure)?.check }
        return nil
    }

    @Test func `a keyless signature is believed with its chain, its log and its name`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let bundle = try sample.keyless(Self.file, chain.leaf)
        let verifier = BundleVerifier(
            root: try sample.root(chain.root, chain.intermediate), identities: [Self.who], needsCertificateLog: false)
        let verified = try verifier.verify(
            SigstoreBundle(parsing: bundle.bytes), subject: .bytes(Self.file), at: Sample.now)
        guard case .identity(let names, let issuer) = verified.signer else {
            Issue.record("is no identity")
            return
        }
        #expect(names == ["https://ci.example/job"])
        #expect(issuer == "https://ci.example")
        #expect(verified.times == [Sample.now])
    }

    /// Each thing that vouches for a keyless signature, taken away or bent, and the check that must name it.
    @Test(
        arguments: [
            ("other file", SignatureFailure.Check.signature), ("other name", .identity), ("no name", .identity),
            ("other root", .certificate), ("late", .time), ("certificate log", .certificateTransparency),
            ("no log entry", .transparencyLog), ("other log", .transparencyLog), ("no proof", .transparencyLog),
            ("bent checkpoint", .transparencyLog), ("bent promise", .transparencyLog), ("own root", .certificate),
            ("for servers", .certificate), ("other entry", .transparencyLog),
        ] as [(String, SignatureFailure.Check)])
    func `a keyless signature without one of its proofs is refused, and the check is named`(
        _ change: String, _ check: SignatureFailure.Check
    ) throws {
        let sample = Sample()
        let chain = try Sample.chain(
            leaf: sample.secret.publicKey, to: change == "late" ? -1 : 600,
            purpose: change == "for servers" ? .serverAuth : .codeSigning)
        var bundle = try sample.keyless(Self.file, chain.leaf)
        var root = try sample.root(chain.root, chain.intermediate)
        var file = Self.file
        var identities = [Self.who]
        switch change {
        case "other file": file += [0]
        case "other name":
            identities = [IdentityPattern(subject: .exact("https://ci.example"), issuer: Self.who.issuer)]
        case "no name": identities = []
        case "other root":
            let other = try Sample.chain(leaf: sample.secret.publicKey)
            root.certificateAuthorities = [
                .init(
                    intermediates: [other.intermediate], root: other.root, validity: .init(start: Timestamp(seconds: 0))
                )
            ]
        case "no log entry": bundle.logEntries = []
        case "other log": root.logs = []
        case "no proof": bundle.logEntries[0].proof = nil
        case "bent checkpoint":
            let checkpoint = bundle.logEntries[0].proof?.checkpoint?.replacing("\n1\n", with: "\n2\n")
            bundle.logEntries[0].proof?.checkpoint = checkpoint
        case "bent promise": bundle.logEntries[0].integratedTime = Timestamp(seconds: Sample.now.seconds + 1)
        case "own root":
            bundle = SigstoreBundle(
                version: .v02, material: .certificates([chain.leaf.der, chain.root.der]), logEntries: bundle.logEntries,
                content: bundle.content)
        case "other entry":
            let other = try sample.keyless(Array("other".utf8), chain.leaf)
            bundle.logEntries = other.logEntries
        default: break
        }
        let verifier = BundleVerifier(
            root: root, identities: identities, needsCertificateLog: change == "certificate log")
        let found = Self.failure { _ = try verifier.verify(bundle, subject: .bytes(file), at: Sample.now) }
        #expect(found == check)
    }

    @Test func `a statement by a key is about its subject and nothing else`() throws {
        let sample = Sample()
        let bundle = try sample.keyed(Sample.statement(Self.digest))
        let verifier = BundleVerifier(keys: [try sample.trusted])
        let verified = try verifier.verify(
            bundle, subject: .digest(algorithm: "sha256", hash: Self.digest.hex), at: Sample.now)
        #expect(verified.statement?.isAbout(Self.digest) == true)
        #expect(throws: Never.self) { try verifier.verify(bundle, subject: .bytes(Self.file), at: Sample.now) }
        let other = WaybillCore.Digest.sha256(of: [1]).hex
        #expect(
            Self.failure {
                _ = try verifier.verify(bundle, subject: .digest(algorithm: "sha256", hash: other), at: Sample.now)
            } == .subject)
        #expect(
            Self.failure { _ = try BundleVerifier().verify(bundle, subject: .any, at: Sample.now) } == .key)
        #expect(
            Self.failure {
                _ = try BundleVerifier(keys: [try Sample().trusted]).verify(bundle, subject: .any, at: Sample.now)
            } == .key)
    }

    @Test func `a key that was revoked, has ended or may not sign such papers is refused`() throws {
        let sample = Sample()
        let bundle = try sample.keyed(Sample.statement(Self.digest))
        func check(_ change: (inout TrustedKey) -> Void) throws -> SignatureFailure.Check? {
            var key = try sample.trusted
            change(&key)
            return Self.failure { _ = try BundleVerifier(keys: [key]).verify(bundle, subject: .any, at: Sample.now) }
        }
        #expect(try check { $0.revoked = Sample.now } == .time)
        #expect(try check { $0.validBefore = Timestamp(seconds: Sample.now.seconds - 1) } == .time)
        #expect(try check { $0.validAfter = Timestamp(seconds: Sample.now.seconds + 1) } == .time)
        #expect(try check { $0.predicateTypes = [PredicateType.provenance] } == .predicate)
        #expect(try check { $0.revoked = Timestamp(seconds: Sample.now.seconds + 1) } == nil)
    }

    @Test func `a log that was asked for must have the entry`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let bundle = try sample.keyed(Sample.statement(Self.digest))
        let verifier = BundleVerifier(
            keys: [try sample.trusted], root: try sample.root(chain.root, chain.intermediate), needsLog: true)
        #expect(Self.failure { _ = try verifier.verify(bundle, subject: .any, at: Sample.now) } == .transparencyLog)
    }

    @Test(arguments: 1...17)
    func `a proof leads to the root of a tree of any size, and from no other leaf`(_ size: Int) {
        let leaves = (0..<size).map { MerkleTree.leafHash([UInt8($0)]) }
        for index in 0..<size {
            let path = Trees.path(index, leaves[...])
            #expect(
                MerkleTree.root(leaf: leaves[index], index: index, size: size, path: path) == Trees.root(leaves[...]))
            if size > 1 {
                let other = MerkleTree.root(leaf: leaves[(index + 1) % size], index: index, size: size, path: path)
                #expect(other != Trees.root(leaves[...]))
                #expect(MerkleTree.root(leaf: leaves[index], index: index, size: size, path: path.dropLast()) == nil)
            }
            #expect(MerkleTree.root(leaf: leaves[index], index: size, size: size, path: path) == nil)
        }
    }

    @Test func `the oldest bundles need the log's promise, newer ones its proof with a checkpoint`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let verifier = BundleVerifier(
            root: try sample.root(chain.root, chain.intermediate), identities: [Self.who], needsCertificateLog: false)
        func check(_ version: SigstoreBundle.Version, _ change: (inout SigstoreBundle.LogEntry) -> Void) throws
            -> SignatureFailure.Check?
        {
            var bundle = try sample.keyless(Self.file, chain.leaf)
            bundle.version = version
            change(&bundle.logEntries[0])
            return Self.failure { _ = try verifier.verify(bundle, subject: .bytes(Self.file), at: Sample.now) }
        }
        for version in [SigstoreBundle.Version.v01, .v02, .v03] {
            #expect(try check(version) { _ in } == nil)
            #expect(try check(version) { $0.proof?.rootHash[0] ^= 1 } == .transparencyLog)
        }
        #expect(try check(.v01) { $0.proof = nil } == nil)
        #expect(try check(.v01) { $0.proof?.checkpoint = nil } == nil)
        #expect(try check(.v01) { $0.promise = nil } == .transparencyLog)
        #expect(try check(.v01) { $0.promise?[5] ^= 1 } == .transparencyLog)
        for version in [SigstoreBundle.Version.v02, .v03] {
            #expect(try check(version) { $0.proof = nil } == .transparencyLog)
            #expect(try check(version) { $0.proof?.checkpoint = nil } == .transparencyLog)
            #expect(try check(version) { $0.proof?.checkpoint = "" } == .transparencyLog)
            // Without the promise nobody says when.
            #expect(try check(version) { $0.promise = nil } == .timestamp)
        }
    }

    @Test func `an entry of the second Rekor stands where its proof says`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        let root = try sample.root(chain.root, chain.intermediate)
        let entry = try sample.keyless(Self.file, chain.leaf).logEntries[0]
        func message(_ kind: String, _ version: String, index: Int) -> String? {
            var entry = entry
            entry.kind = kind
            entry.kindVersion = version
            entry.logIndex = index
            entry.promise = nil
            do throws(SignatureFailure) {
                _ = try LogEntryVerifier(logs: root.logs).time(of: entry, version: .v03)
                return nil
            } catch { return error.message }
        }
        let place = try #require(entry.proof?.index)
        #expect(message("hashedrekord", "0.0.2", index: place) == nil)
        #expect(message("hashedrekord", "0.0.2", index: place + 1)?.contains("place") == true)
        #expect(message("dsse", "0.0.2", index: place + 1)?.contains("place") == true)
        // The first Rekor counts through several trees.
        #expect(message("hashedrekord", "0.0.1", index: place + 1) == nil)
        #expect(message("intoto", "0.0.2", index: place + 1) == nil)
    }

    @Test func `proofs that stand there twice, and timestamps that are none, are refused`() throws {
        let sample = Sample()
        let chain = try Sample.chain(leaf: sample.secret.publicKey)
        var bundle = try sample.keyless(Self.file, chain.leaf)
        #expect(throws: Never.self) { try SigstoreBundle(parsing: bundle.bytes) }
        bundle.logEntries.append(bundle.logEntries[0])
        #expect(throws: WaybillError.self) { try SigstoreBundle(parsing: bundle.bytes) }
        var keyed = try sample.keyed(Sample.statement(Self.digest))
        let verifier = BundleVerifier(keys: [try sample.trusted], root: try sample.root(chain.root, chain.intermediate))
        #expect(Self.failure { _ = try verifier.verify(keyed, subject: .any, at: Sample.now) } == nil)
        keyed.timestamps = [[0x30, 0x00]]
        #expect(Self.failure { _ = try verifier.verify(keyed, subject: .any, at: Sample.now) } == .timestamp)
        keyed.timestamps = [[1], [1]]
        #expect(throws: WaybillError.self) { try SigstoreBundle(parsing: keyed.bytes) }
    }
}

import ArgumentParser
import Attestations
import Documents
import Files
import Foundation
import OCI
import Registries
import SignatureStores
import Signatures
import Trust
import WaybillCore

/// Is it signed, by somebody who is trusted?
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify signatures and attestations of an image, a file or a commit, and name the check that fails.",
        discussion: """
            Images: everything in the registry is looked at — cosign signatures and attestations, sigstore bundles,
            Notation and OpenPGP signatures, envelopes — and what is in --lookaside. Files: give the signature with
            --signature. Commits: their own SSH signature with --allowed-signers, or a paper with --signature.
            Exit status: 0 verified, 1 not verified, 2 we could not find out.
            """)

    @Argument(help: "registry/repository@sha256:…, a file, or a commit (also image:…, file:…, commit:…).") var target:
        String
    @Option(
        name: .customLong("signature"), help: "A signature, bundle or envelope in a file; may be given more than once.")
    var signatures: [String] = []
    @Option(help: "Ask for an attestation of this predicate type (also: provenance, verdict, vulns, …).") var type:
        String?
    @Option(help: "The builder that provenance must name.") var builder: String?
    @Option(help: "How many people must have signed.") var threshold = 1
    @Option(help: "A folder of OpenPGP signatures, as skopeo's lookaside has it.") var lookaside: String?
    @Option(help: "Verify as of this time (2026-11-21T12:00:00Z) instead of now.") var at: String?
    @Option(help: "The SSH signature's namespace.") var namespace = "file"
    @Flag(help: "Speak HTTP with the registry.") var plainHttp = false
    @Option(help: "text or json.") var output: OutputFormat = .text
    @OptionGroup var trust: TrustOption

    func run() async throws {
        let report: VerificationReport
        do { report = try await verify() } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .text: Terminal.result(report.text)
        case .json: Terminal.result(JSONWriter.string(report.value, style: .pretty))
        }
        if !report.isVerified { throw ExitStatus.no }
    }

    private func verify() async throws(WaybillError) -> VerificationReport {
        var moment = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        if let at {
            guard let time = Timestamp(at) else { throw WaybillError(.invalidInput, "is no time", subject: "--at") }
            moment = time
        }
        let trust = try trust.trust()
        guard !trust.isEmpty else {
            throw WaybillError(
                .invalidInput, "nobody is trusted, so nothing can be verified", subject: "trust",
                remedy: "name a key with --key, people with --allowed-signers, or a root with --trusted-root")
        }
        let resolved = try await ResolvedTarget(
            SignatureTarget(target), registry: RegistryAccess(isPlain: plainHttp, user: nil))
        let judge = SignatureJudge(
            target: resolved, trust: trust, predicateType: type.map(PredicateNames.type), builder: builder,
            moment: moment)
        var checks = try await stored(resolved).items.map { judge.check($0) }
        for path in signatures {
            checks.append(check(path, judge, try Files.read(path, bytesMax: SigstoreBundle.bytesMax)))
        }
        if let commit = resolved.commit, signatures.isEmpty, trust.signsCommits {
            checks.append(try judge.check(commit: commit))
        }
        return VerificationReport(subject: resolved.name, checks: checks, threshold: max(1, threshold))
    }

    private func stored(_ target: ResolvedTarget) async throws(WaybillError) -> StoredSignatures {
        guard let image = target.image else { return StoredSignatures() }
        var found = try await RegistrySignatures(registry: image.registry, repository: image.reference.repository).all(
            of: image.descriptor.digest)
        var openPGP = try await image.registry.signatures(
            of: image.descriptor.digest, in: image.reference.repository)
        if let lookaside {
            openPGP += try LookasideFolder(lookaside).all(of: image.descriptor.digest, in: image.reference.repository)
        }
        found.items += openPGP.map { .init(digest: .sha256(of: $0), content: .openPGP($0)) }
        return found
    }

    /// The form of a signature's file is told by its first bytes.
    private func check(_ path: String, _ judge: SignatureJudge, _ bytes: [UInt8]) -> SignatureCheck {
        let digest = Digest.sha256(of: bytes)
        let start = bytes.prefix(32)
        if start.starts(with: "-----BEGIN SSH SIGNATURE".utf8) { return judge.check(ssh: bytes, namespace: namespace) }
        if start.starts(with: "-----BEGIN PGP".utf8) || bytes.first.map({ $0 & 0x80 != 0 }) == true {
            return judge.check(.init(digest: digest, content: .openPGP(bytes)))
        }
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            let isBundle = (try? JSONReader.value(from: bytes))?["mediaType"]?.string != nil
            return judge.check(.init(digest: digest, content: isBundle ? .bundle(bytes) : .envelope(bytes)))
        }
        return judge.check(plain: bytes)
    }
}

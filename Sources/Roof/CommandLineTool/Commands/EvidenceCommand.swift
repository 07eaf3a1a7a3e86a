import ArgumentParser
import Attestations
import AuditService
import Documents
import Files
import Foundation
import Ledger
import Trust
import WaybillCore

/// Evidence that travels, and evidence that is taken back.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Export a chain of papers, or revoke a key or a paper.",
        subcommands: [EvidenceExportCommand.self, EvidenceRevokeCommand.self])
}

/// Everything that `waybill why` rests on, in one file.
struct EvidenceExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything that a chain of papers rests on into one file.",
        discussion: """
            The file holds envelopes, commits with the files that they are judged by, policies and keys, and is sealed by
            the installation's signer. `waybill why SUBJECT --evidence FILE --trust-root KEY` verifies it on any machine.
            The same chain gives the same bytes. Exit status as of `waybill why`: 1 when the chain does not hold.
            """)

    @OptionGroup var subject: ChainSubjectOption
    @Option(name: .shortAndLong, help: "The new file.") var output: String
    @OptionGroup var state: StateOption

    func run() async throws {
        let chain: PaperChain
        do {
            guard !Files.exists(output) else {
                throw WaybillError(.conflict, "something stands there already", subject: output)
            }
            let audit = AuditOperations(state: state.folder, ledger: try OpenState.ledger(state.folder))
            var pack: EvidencePack
            (chain, pack) = try await audit.evidence(of: subject.text, namespace: subject.namespace)
            pack.seal = try await StateSigner.sign(pack.sealStatement, state: state.folder)
            let bytes = pack.bytes
            try Files.write(bytes, to: output)
            Terminal.result(WhyReport.text(chain))
            Terminal.note(
                "\(output): \(pack.papers.count) papers, \(pack.objectCount) objects, \(bytes.count) bytes, \(Digest.sha256(of: bytes))"
            )
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        if !chain.isIntact { throw ExitStatus.no }
    }
}

/// A key or a paper counts no more.
struct EvidenceRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take the word of a key or an attestation back, and list what runs on it.",
        discussion: """
            The revocation is a signed paper in the ledger. From then on verification respects it: a revoked attestation
            counts no more, and neither does what a revoked key signed at or after the time of its revocation.
            For the keys of people, revoke them in the repositories as well: .waybill/revoked_keys.
            Exit status: 0 when nothing runs on it, 1 when something does, 2 when we could not find out.
            """)

    @Argument(help: "SHA256:… of a key (waybill key show), or sha256:… of an attestation (waybill why --output json).")
    var target: String
    @Option(help: "Why, for those who read it later.") var reason: String
    @Option(help: "Since when the key is not to be believed, as 2026-11-21T12:00:00Z. Default: from now on.")
    var since: String?
    @Option(name: .customLong("output"), help: "text or json.") var output: OutputFormat = .text
    @OptionGroup var state: StateOption

    /// Who sits at the terminal, as the system knows it.
    private static var user: String {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
        return name ?? "user \(getuid())"
    }

    func run() async throws {
        let affected: [RevocationReach.Affected]
        do {
            let target = try Revocation.target(target)
            let now = Platform.now()
            var time = Timestamp(seconds: now.milliseconds / 1000)
            if let since {
                guard let earlier = Timestamp(since) else {
                    throw WaybillError(
                        .invalidInput, "is no time", subject: Redaction.excerpt(since),
                        remedy: "write it as 2026-11-21T12:00:00Z")
                }
                time = earlier
            }
            let audit = AuditOperations(state: state.folder, ledger: try OpenState.ledger(state.folder))
            affected = try await audit.revoke(
                Revocation(target: target, reason: reason, actor: Self.user, time: time), recorded: now)
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .text: Terminal.result(RevocationText.text(target, affected))
        case .json: Terminal.result(JSONWriter.string(RevocationText.value(target, affected), style: .pretty))
        }
        if !affected.isEmpty { throw ExitStatus.no }
    }
}

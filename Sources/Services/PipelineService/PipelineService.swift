public import Advisories
import Attestations
import Delivery
import Documents
import Files
import Gates
public import GitRepositories
import ImageTests
import Inventory
public import Ledger
import Logging
import OCI
import Packages
public import Registries
public import Sandboxes
public import Signers
public import WaybillCore

/// Takes a commit through build, tests, scan, posture and policy, signs what was observed, and publishes what passes.
///
/// It decides nothing: every verdict is a function of `Gates`. One run leaves nothing behind but its papers.
public struct PipelineService: Sendable {
    /// Who builds, as provenance names it.
    public static let builderID = "https://waybill.dev/builder/local/v1"

    let ledger: any Ledger
    let signer: any StatementSigner
    let sandbox: any Sandbox
    let registry: any Registry
    /// The images that `FROM` may name.
    let baseImages: [BaseImageSource]
    /// The advisories that count now.
    let advisories: @Sendable () async throws(WaybillError) -> AdvisoryIndex
    /// Where checkouts and build outputs are put while a run lasts.
    let workFolder: String
    let now: @Sendable () -> Instant

    public init(
        ledger: any Ledger, signer: any StatementSigner, sandbox: any Sandbox, registry: any Registry,
        baseImages: [BaseImageSource], advisories: @escaping @Sendable () async throws(WaybillError) -> AdvisoryIndex,
        workFolder: String, now: @escaping @Sendable () -> Instant
    ) {
        self.ledger = ledger
        self.signer = signer
        self.sandbox = sandbox
        self.registry = registry
        self.baseImages = baseImages
        self.advisories = advisories
        self.workFolder = workFolder
        self.now = now
    }

    /// Runs the pipeline for a commit of a repository and records its end as an event.
    public func run(
        _ name: String, _ repository: any GitRepository, commit: ObjectID, actor: String
    ) async throws(WaybillError) -> PipelineRun {
        let folder = "\(workFolder)/run-\(commit.short)-\(UInt32.random(in: .min ... .max))"
        do throws(WaybillError) {
            let run = try await PipelineWork(service: self, name: name, commit: commit, folder: folder)
                .run(repository)
            try Files.remove(folder)
            try await record(run, actor)
            return run
        } catch {
            do throws(WaybillError) { try Files.remove(folder) } catch let second {
                Logger(label: "pipeline").warning(
                    "a work folder stays", metadata: ["folder": "\(folder)", "error": "\(second)"])
            }
            try await ledger.record(
                Event(
                    moment: now(), actor: actor, action: "pipeline.failed", subject: "gitCommit:\(commit.hex)",
                    verdict: "deny", message: error.description))
            throw error
        }
    }

    private func record(_ run: PipelineRun, _ actor: String) async throws(WaybillError) {
        let message =
            run.verdict.isAllowed
            ? "\(run.repository) \(run.commit.prefix(10)) passed every gate: \(run.reference ?? "")"
            : "\(run.repository) \(run.commit.prefix(10)) was denied: \(run.verdict.violations.count) violations"
        try await ledger.record(
            Event(
                moment: now(), actor: actor, action: "pipeline.finished", subject: "gitCommit:\(run.commit)",
                verdict: run.verdict.word, message: message, detail: run.value))
    }
}

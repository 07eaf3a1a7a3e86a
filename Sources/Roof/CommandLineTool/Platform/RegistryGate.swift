import AdmissionService
import Attestations
import Foundation
import Trust
import WaybillCore

/// Asks, before an image is served, whether its papers still allow it.
struct RegistryGate: Sendable {
    let index: PaperIndex
    let rules: PaperRules

    func verdict(_ repository: String, _ digest: Digest) async -> Verdict? {
        let moment = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let verdict = rules.judge(digest, papers: index.papers(about: digest), gate: .publish, at: moment)
        guard !verdict.isAllowed else { return verdict }
        do { try await index.catchUp() } catch {
            // The papers in memory decide: without an answer from the ledger the gate stays as it is, closed.
            return verdict
        }
        return rules.judge(digest, papers: index.papers(about: digest), gate: .publish, at: moment)
    }
}

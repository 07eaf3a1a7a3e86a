import Attestations
import Delivery
import Documents
import GitRepositories
import Ledger
import Signers
import WaybillCore

/// What people do with releases.
struct ReleaseOperations: Sendable {
    let catalog: EnvironmentCatalog
    let project: String
    let facts: PromotionFacts

    init(_ catalog: EnvironmentCatalog, project: String) async throws(WaybillError) {
        self.catalog = catalog
        self.project = project
        facts = try await ReleaseFacts(catalog: catalog, project: project).load()
    }

    /// By the first digits of its name or of its commit; the newest where none is named.
    func release(_ text: String?) throws(WaybillError) -> Release {
        guard let text else {
            if let newest = facts.releases.last { return newest }
            throw WaybillError(
                .notFound, "no commit of it has passed every gate", subject: project,
                remedy: "look at the pipeline's verdict: waybill change list \(project)")
        }
        let found =
            text.utf8.count < 4 ? [] : facts.releases.filter { $0.id.hex.hasPrefix(text) || $0.commit.hasPrefix(text) }
        guard found.count == 1 else {
            throw WaybillError(
                .notFound,
                found.isEmpty
                    ? "there is no release \(Redaction.excerpt(text))" : "the name fits \(found.count) releases",
                subject: project, remedy: "look at them: waybill release list \(project)")
        }
        return found[0]
    }

    /// The environments that a promotion can lead through, in the order in which they depend on each other.
    var order: [String] {
        var order: [String] = []
        var rest = catalog.environments.map(\.entry)
        while let index = rest.firstIndex(where: { $0.promotion.from.allSatisfy(order.contains) }) {
            order.append(rest.remove(at: index).name)
        }
        // Environments that wait for each other come last: their gates never open, and the board says which.
        return order + rest.map(\.name)
    }

    var gates: PromotionGates {
        PromotionGates(
            facts: facts,
            environments: Dictionary(catalog.environments.map { ($0.entry.name, $0.entry.promotion) }) { first, _ in
                first
            },
            now: Platform.now().milliseconds / 1000)
    }

    /// Signs an order with the person's own key and keeps it.
    func give(_ order: ReleaseOrder, key: String) async throws(WaybillError) {
        let envelope = try await SSHKeygenSigner(keyPath: key).sign(order.statement)
        let now = Platform.now()
        // What nobody would believe later is refused at once.
        for name in order.environment.map({ [$0] }) ?? catalog.environments.map(\.entry.name) {
            let verifier = try await catalog.verifier(of: name)
            do throws(WaybillError) {
                _ = try verifier.verify(envelope, at: Timestamp(seconds: now.milliseconds / 1000))
            } catch {
                guard order.environment == nil, name != catalog.environments.last?.entry.name else { throw error }
                continue
            }
            break
        }
        try await catalog.ledger.record([
            Paper(
                id: envelope.digest, subject: order.subject.description, predicateType: ReleaseOrder.predicateType,
                recorded: now, envelope: envelope)
        ])
        try await catalog.ledger.record(
            Event(
                moment: now, actor: order.person, action: "release.\(order.action.rawValue)",
                subject: order.release.map { "release:\($0.hex.prefix(10))" }
                    ?? "environment:\(order.environment ?? "")",
                message:
                    "\(order.action.rawValue) \(project)\(order.release.map { " \($0.hex.prefix(10))" } ?? "")\(order.environment.map { " in \($0)" } ?? "")\(order.reason.map { ": \($0)" } ?? "")"
            ))
    }
}

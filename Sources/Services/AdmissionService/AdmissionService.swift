import Attestations
import DeployPolicies
import Documents
public import HTTPServing
public import Hummingbird
public import Kubernetes
public import Ledger
import Logging
public import Signers
import Synchronization
import Trust
public import WaybillCore

/// The webhook that the API server asks before it stores a pod. It decides from papers in memory and fails closed.
public final class AdmissionService: Sendable {
    private let index: PaperIndex
    private let ledger: any Ledger
    private let signer: any StatementSigner
    private let dossiers: ImageDossiers?
    private let rules = Mutex<AdmissionRules?>(nil)
    private let policies = Mutex(DeployRules())
    private let now: @Sendable () -> Instant
    private let decisions: AsyncStream<Decision>.Continuation
    private let pending: AsyncStream<Decision>
    private let logger = Logger(label: "admission")
    /// Decisions that wait to be signed and recorded; the oldest is dropped, and said, when more come.
    private static let pendingMax = 10_000

    private struct Decision: Sendable {
        var request: AdmissionRequest
        var answer: AdmissionAnswer
        var moment: Instant
    }

    /// - Parameter dossiers: signatures and findings that deployment policies ask for; without them such policies find
    ///   nothing in an image's favour.
    public init(
        index: PaperIndex, ledger: any Ledger, signer: any StatementSigner, dossiers: ImageDossiers? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.index = index
        self.ledger = ledger
        self.signer = signer
        self.dossiers = dossiers
        self.now = now
        (pending, decisions) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.pendingMax))
    }

    /// The rules that count from now on. Until they are set everything is denied.
    public func setRules(_ rules: AdmissionRules) { self.rules.withLock { $0 = rules } }

    /// Changes the deployment policies that count beside the papers, from now on.
    public func changePolicies(_ change: @Sendable (inout DeployRules) -> Void) { policies.withLock { change(&$0) } }

    public func addRoutes(to router: Router<ServiceContext>) {
        router.post("/admit") { [self] request, _ in
            let request = try AdmissionRequest(review: try await JSONBody.value(of: request, bytesMax: 8 << 20))
            return JSONBody.response(AdmissionRequest.response(uid: request.uid, await decide(request)))
        }
    }

    /// The verdict about a request, recorded unless it is a dry run.
    public func decide(_ request: AdmissionRequest) async -> Verdict {
        let moment = now()
        var answer = await answer(request, moment, refreshing: false)
        if !answer.verdict.isAllowed {
            // A paper may have been recorded a moment ago: look once more before saying no.
            do {
                try await index.catchUp()
                answer = await self.answer(request, moment, refreshing: true)
            } catch {
                logger.error("the ledger does not answer", metadata: ["error": "\(error)"])
            }
        }
        if !request.isDryRun,
            case .dropped = decisions.yield(Decision(request: request, answer: answer, moment: moment))
        {
            logger.error("a decision was not recorded: too many wait")
        }
        return answer.verdict
    }

    /// What the verdict about a pod that runs already would be; nothing is recorded.
    public func review(_ pod: Resource) async -> Verdict {
        await decide(
            AdmissionRequest(
                uid: pod.uid ?? "", kind: pod.objectKind, namespace: pod.namespace, name: pod.name, operation: "CREATE",
                user: "", isDryRun: true, object: pod.value))
    }

    private func answer(_ request: AdmissionRequest, _ moment: Instant, refreshing: Bool) async -> AdmissionAnswer {
        guard let rules = rules.withLock({ $0 }) else {
            return AdmissionAnswer(
                Verdict(
                    gate: .admit, subject: "\(request.kind.kind)/\(request.name)",
                    violations: [
                        Finding(
                            rule: "WB-ADM-006", kind: .policy, severity: .high, message: "admission has no rules yet",
                            remedy: "wait until the services have started")
                    ]))
        }
        let policies = policies.withLock { $0 }
        var evidence: [String: ImageEvidence] = [:]
        if let dossiers, let object = request.object, !rules.exemptNamespaces.contains(request.namespace),
            !policies.sources(for: request.namespace).isEmpty
        {
            // An object that cannot be read has no images to ask for, and is denied below.
            let images = (try? Resource(object))?.images ?? []
            evidence = await dossiers.evidence(of: images, index, at: moment, refreshing: refreshing)
        }
        return AdmissionAnswer(
            request, rules, policies, index, evidence: evidence,
            at: Timestamp(seconds: moment.milliseconds / 1000))
    }

    /// Signs and records decisions as they come, and follows the ledger, until the task is cancelled.
    public func run(interval: Duration = .milliseconds(500)) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await decision in pending { await record(decision) }
            }
            group.addTask { [self] in
                while !Task.isCancelled {
                    do { try await index.catchUp() } catch {
                        logger.error("the ledger does not answer", metadata: ["error": "\(error)"])
                    }
                    do { try await Task.sleep(for: interval) } catch { return }
                }
            }
        }
    }

    private func record(_ decision: Decision) async {
        do throws(WaybillError) {
            let record = AdmissionRecord(decision.request, decision.answer, decision.moment)
            try await ledger.record(record.event)
            guard let statement = record.statement, let subject = statement.subjects.first else { return }
            let envelope = try await signer.sign(statement)
            try await ledger.record([
                Paper(
                    id: envelope.digest, subject: subject.digest.map { "\($0.key):\($0.value)" }.first ?? "",
                    predicateType: PredicateType.admission, recorded: decision.moment, envelope: envelope)
            ])
        } catch {
            logger.error(
                "a decision was not recorded",
                metadata: ["object": "\(decision.answer.verdict.subject)", "error": "\(error)"])
        }
    }
}

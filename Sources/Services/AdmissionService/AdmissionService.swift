import Attestations
import Documents
public import HTTPServing
public import Hummingbird
import Kubernetes
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
    private let rules = Mutex<AdmissionRules?>(nil)
    private let now: @Sendable () -> Instant
    private let decisions: AsyncStream<Decision>.Continuation
    private let pending: AsyncStream<Decision>
    private let logger = Logger(label: "admission")
    /// Decisions that wait to be signed and recorded; the oldest is dropped, and said, when more come.
    private static let pendingMax = 10_000

    private struct Decision: Sendable {
        var request: AdmissionRequest
        var verdict: Verdict
        var moment: Instant
    }

    public init(
        index: PaperIndex, ledger: any Ledger, signer: any StatementSigner, now: @escaping @Sendable () -> Instant
    ) {
        self.index = index
        self.ledger = ledger
        self.signer = signer
        self.now = now
        (pending, decisions) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.pendingMax))
    }

    /// The rules that count from now on. Until they are set everything is denied.
    public func setRules(_ rules: AdmissionRules) { self.rules.withLock { $0 = rules } }

    public func addRoutes(to router: Router<ServiceContext>) {
        router.post("/admit") { [self] request, _ in
            let request = try AdmissionRequest(review: try await JSONBody.value(of: request, bytesMax: 8 << 20))
            return JSONBody.response(AdmissionRequest.response(uid: request.uid, await decide(request)))
        }
    }

    /// The verdict about a request, recorded unless it is a dry run.
    public func decide(_ request: AdmissionRequest) async -> Verdict {
        let moment = now()
        var verdict = judge(request, moment)
        if !verdict.isAllowed {
            // A paper may have been recorded a moment ago: look once more before saying no.
            do {
                try await index.catchUp()
                verdict = judge(request, moment)
            } catch {
                logger.error("the ledger does not answer", metadata: ["error": "\(error)"])
            }
        }
        if !request.isDryRun,
            case .dropped = decisions.yield(Decision(request: request, verdict: verdict, moment: moment))
        {
            logger.error("a decision was not recorded: too many wait")
        }
        return verdict
    }

    private func judge(_ request: AdmissionRequest, _ moment: Instant) -> Verdict {
        guard let rules = rules.withLock({ $0 }) else {
            return Verdict(
                gate: .admit, subject: "\(request.kind.kind)/\(request.name)",
                violations: [
                    Finding(
                        rule: "WB-ADM-006", kind: .policy, severity: .high, message: "admission has no rules yet",
                        remedy: "wait until the services have started")
                ])
        }
        return rules.judge(
            request, papers: index.papers(about:), at: Timestamp(seconds: moment.milliseconds / 1000))
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
        let request = decision.request
        let object = "\(request.kind.kind)/\(request.name)"
        do {
            try await ledger.record(
                Event(
                    moment: decision.moment, actor: request.user,
                    action: decision.verdict.isAllowed ? "admission.allowed" : "admission.denied",
                    subject: "\(request.namespace)/\(object)", verdict: decision.verdict.word,
                    message: decision.verdict.isAllowed
                        ? "\(object) has its papers" : AdmissionRequest.message(decision.verdict)))
            // Objects that cannot be read were denied above and name no subject.
            let images = (try? PodImage.images(of: request.object ?? .null)) ?? []
            let subjects = images.compactMap { image in
                image.digest.map { Statement.Subject(name: image.reference, digest: $0) }
            }
            guard !subjects.isEmpty else { return }
            let predicate = AdmissionDecision(
                isAllowed: decision.verdict.isAllowed, request: request.uid, namespace: request.namespace,
                object: object,
                user: request.user,
                violations: decision.verdict.violations.map { .init(rule: $0.rule, message: $0.message) },
                time: Timestamp(seconds: decision.moment.milliseconds / 1000))
            let envelope = try await signer.sign(
                Statement(subjects: subjects, predicateType: PredicateType.admission, predicate: predicate.value))
            try await ledger.record([
                Paper(
                    id: envelope.digest, subject: subjects[0].digest.map { "\($0.key):\($0.value)" }.first ?? "",
                    predicateType: PredicateType.admission, recorded: decision.moment, envelope: envelope)
            ])
        } catch {
            logger.error("a decision was not recorded", metadata: ["object": "\(object)", "error": "\(error)"])
        }
    }
}

import Attestations
import Documents
import Ledger
import WaybillCore

/// The gates in the order in which a change meets them, each with what is known of it.
struct Journey {
    struct Step {
        let name: String
        let badge: Badge
        let detail: String
        /// The part of the page with the evidence.
        let anchor: String
    }

    let steps: [Step]

    init(_ evidence: ChangeEvidence) {
        steps = [
            Self.source(evidence.change), Self.review(evidence.change), Self.merge(evidence.change),
            Self.build(evidence), Self.paper("Test", PredicateType.testResult, evidence),
            Self.paper("Scan", PredicateType.vulnerabilities, evidence),
            Self.paper("Posture", PredicateType.posture, evidence), Self.policy(evidence), Self.publish(evidence),
            Self.promote(evidence), Self.paper("Admit", PredicateType.admission, evidence), Self.run(evidence),
        ]
    }

    private static func source(_ change: ProposedChange) -> Step {
        let unsigned = change.commits.filter { !$0.isSigned }.count
        let badge: Badge =
            change.commits.isEmpty
            ? Badge(.off, "no commits")
            : unsigned == 0 ? Badge(.good, "signed") : Badge(.bad, "not signed")
        let detail =
            unsigned == 0
            ? ChangesPage.Row.count(change.commits.count, "commit")
            : "\(unsigned) of \(change.commits.count) without a good signature"
        return Step(name: "Source", badge: badge, detail: detail, anchor: "source")
    }

    private static func review(_ change: ProposedChange) -> Step {
        let counting = change.reviews.filter(\.counts)
        let approving = counting.filter(\.isApproval).map(\.reviewer)
        let badge: Badge =
            counting.contains { !$0.isApproval }
            ? Badge(.bad, "rejected")
            : approving.isEmpty ? Badge(.wait, "waiting") : Badge(.good, "approved")
        let detail =
            !approving.isEmpty
            ? approving.joined(separator: ", ")
            : change.reviews.isEmpty ? "no review yet" : "no review counts"
        return Step(name: "Review", badge: badge, detail: detail, anchor: "review")
    }

    private static func merge(_ change: ProposedChange) -> Step {
        let badge: Badge
        let detail: String
        switch (change.state, change.verdict) {
        case (.merged, _): (badge, detail) = (Badge(.good, "merged"), "into \(change.target)")
        case (.abandoned, _): (badge, detail) = (Badge(.off, "abandoned"), "the branch is gone")
        case (.open, let verdict?) where !verdict.isAllowed:
            (badge, detail) = (Badge(.bad, "denied"), ChangesPage.Row.count(verdict.violations.count, "violation"))
        case (.open, .some): (badge, detail) = (Badge(.wait, "may be merged"), "into \(change.target)")
        case (.open, nil): (badge, detail) = (Badge(.wait, "waiting"), "not judged yet")
        }
        return Step(name: "Merge", badge: badge, detail: detail, anchor: "merge")
    }

    private static func build(_ evidence: ChangeEvidence) -> Step {
        let isSigned = evidence.newest(PredicateType.provenance) != nil
        let badge: Badge =
            evidence.imageDigest != nil
            ? Badge(.good, "built")
            : evidence.run == nil ? Badge(.wait, "waiting") : Badge(.bad, "no image")
        let detail =
            evidence.imageDigest == nil ? evidence.run?.isolation ?? "" : isSigned ? "with provenance" : "no provenance"
        return Step(name: "Build", badge: badge, detail: detail, anchor: "pipeline")
    }

    /// A gate whose answer is in a paper about the image: the newest one counts.
    private static func paper(_ name: String, _ type: String, _ evidence: ChangeEvidence) -> Step {
        let anchor = "papers"
        guard let paper = evidence.newest(type) else {
            return Step(name: name, badge: Badge(.wait, "no paper"), detail: "", anchor: anchor)
        }
        let badge = PaperRow.outcome(paper).map { Badge($0.isGood ? .good : .bad, $0.word) } ?? Badge(.off, "recorded")
        return Step(name: name, badge: badge, detail: "paper \(paper.id.short)", anchor: anchor)
    }

    private static func policy(_ evidence: ChangeEvidence) -> Step {
        guard let run = evidence.run else {
            return Step(name: "Policy", badge: Badge(.wait, "waiting"), detail: "", anchor: "pipeline")
        }
        let badge: Badge =
            !run.isFinished
            ? Badge(.bad, "not decided")
            : run.verdict == "allow" ? Badge(.good, "allowed") : Badge(.bad, "denied")
        return Step(
            name: "Policy", badge: badge, detail: ChangesPage.Row.count(run.violations.count, "violation"),
            anchor: "pipeline")
    }

    private static func publish(_ evidence: ChangeEvidence) -> Step {
        let badge: Badge =
            evidence.run?.reference != nil
            ? Badge(.good, "published")
            : evidence.run == nil ? Badge(.wait, "waiting") : Badge(.off, "not published")
        return Step(name: "Publish", badge: badge, detail: evidence.imageDigest?.short ?? "", anchor: "image")
    }

    private static func promote(_ evidence: ChangeEvidence) -> Step {
        let names = evidence.papers.filter { $0.predicateType == PredicateType.promotion }.compactMap { paper in
            (try? Statement(parsing: paper.envelope.payload))?.predicate["environment"]?.string
        }
        let reached = names.isEmpty ? evidence.deployments.map(\.environment) : names
        let list = Set(reached).sorted(by: EnvironmentStatus.travelsBefore).joined(separator: ", ")
        // Running somewhere does not prove that somebody promoted it: only a paper does.
        let badge: Badge =
            !names.isEmpty ? Badge(.good, "promoted") : Badge(.wait, reached.isEmpty ? "waiting" : "no paper")
        return Step(name: "Promote", badge: badge, detail: list, anchor: "deployments")
    }

    private static func run(_ evidence: ChangeEvidence) -> Step {
        let running = evidence.deployments.filter { $0.ended == nil }
        let list = Set(running.map(\.environment)).sorted(by: EnvironmentStatus.travelsBefore).joined(separator: ", ")
        let badge: Badge =
            !running.isEmpty
            ? Badge(.good, "running")
            : evidence.deployments.isEmpty ? Badge(.wait, "waiting") : Badge(.off, "ended")
        return Step(name: "Run", badge: badge, detail: list, anchor: "deployments")
    }
}

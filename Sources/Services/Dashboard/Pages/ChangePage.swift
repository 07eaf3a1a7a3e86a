import Ledger
import WaybillCore

/// The journey of one change through the gates, with the evidence.
struct ChangePage {
    struct Commit {
        let id: String
        let title: String
        let author: String
        let badge: Badge
        let signature: String
    }

    struct Review {
        let reviewer: String
        let decision: Badge
        let counts: Badge
        let reason: String?
        let comment: String?
        let commit: String
        let paper: Link
    }

    struct File {
        let path: String
        let added: String
        let removed: String
    }

    /// The answer to a merge that was asked for now.
    struct Judgement {
        let badge: Badge
        let violations: Table<FindingRow>?
        let warnings: Table<FindingRow>?
    }

    struct Merge {
        let by: String
        let stamp: Stamp
    }

    struct Run {
        let badge: Badge
        let message: String
        let stamp: Stamp
        let isolation: String?
        let earlier: String?
        let stages: Table<RunReport.Stage>?
        let violations: Table<FindingRow>?
        let warnings: Table<FindingRow>?
    }

    struct Image {
        let link: Link
        let digest: String
        let reference: String?
    }

    let title: String
    let number: String
    let repository: String
    let branch: String
    let by: String
    let state: Badge
    let opened: Stamp
    let head: String?
    let steps: [Journey.Step]
    let commits: Table<Commit>?
    let reviews: Table<Review>?
    let files: Table<File>?
    let diff: Table<DiffLine>?
    let isDiffCut: Bool
    let merge: Merge?
    let judgement: Judgement?
    let run: Run?
    let image: Image?
    let papers: Table<PaperRow>?
    let places: Table<ImagePage.Place>?
    let events: Table<EventRow>?

    init(_ evidence: ChangeEvidence, now: Instant) {
        let change = evidence.change
        title = change.title.isEmpty ? change.branch : change.title
        number = "#\(change.id)"
        repository = change.repository
        branch = "\(change.branch) → \(change.target)"
        by = change.by
        state = change.state.badge
        opened = Stamp(change.opened, now: now)
        head = change.head
        steps = Journey(evidence).steps
        commits = Table(change.commits.map(Commit.init))
        reviews = Table(change.reviews.map(Review.init))
        files = Table(change.files.map(File.init))
        let lines = DiffLine.lines(change.diff ?? "")
        diff = Table(lines.shown)
        isDiffCut = lines.isCut
        merge = evidence.mergeEvent.map { Merge(by: $0.actor, stamp: Stamp($0.moment, now: now)) }
        judgement = change.verdict.map(Judgement.init)
        run = evidence.run.map { Run($0, count: evidence.runCount, now: now) }
        image = evidence.imageDigest.map {
            Image(link: .image($0), digest: $0.description, reference: evidence.run?.reference)
        }
        papers = Table(evidence.papers.map { PaperRow($0, now: now) })
        places = Table(evidence.deployments.map { ImagePage.Place($0, now: now) })
        events = Table(evidence.events.map { EventRow($0, now: now) })
    }
}

extension ChangePage.Commit {
    init(_ commit: ProposedChange.Commit) {
        id = String(commit.id.prefix(10))
        title = commit.title
        author = commit.author
        badge = commit.isSigned ? Badge(.good, "signed") : Badge(.bad, "not accepted")
        signature = commit.signature
    }
}

extension ChangePage.Review {
    init(_ review: ProposedChange.Review) {
        reviewer = review.reviewer
        decision = review.isApproval ? Badge(.good, "approves") : Badge(.bad, "rejects")
        counts = review.counts ? Badge(.good, "counts") : Badge(.off, "does not count")
        reason = review.reason
        comment = review.comment.flatMap { $0.isEmpty ? nil : $0 }
        commit = String(review.commit.prefix(10))
        paper = .paper(review.paper)
    }
}

extension ChangePage.File {
    init(_ file: ProposedChange.File) {
        path = file.path
        added = file.added.map { "+\($0)" } ?? "binary"
        removed = file.removed.map { "−\($0)" } ?? ""
    }
}

extension ChangePage.Judgement {
    init(_ verdict: Verdict) {
        badge = verdict.isAllowed ? Badge(.good, "may be merged") : Badge(.bad, "denied")
        violations = Table(FindingRow.rows(verdict.violations))
        warnings = Table(FindingRow.rows(verdict.warnings))
    }
}

extension ChangePage.Run {
    init(_ run: RunReport, count: Int, now: Instant) {
        badge =
            !run.isFinished
            ? Badge(.bad, "not finished")
            : run.verdict == "allow" ? Badge(.good, "allowed") : Badge(.bad, "denied")
        message = run.message
        stamp = Stamp(run.moment, now: now)
        isolation = run.isolation
        earlier = count > 1 ? ChangesPage.Row.count(count - 1, "earlier run") : nil
        stages = Table(run.stages)
        violations = Table(FindingRow.rows(run.violations))
        warnings = Table(FindingRow.rows(run.warnings))
    }
}

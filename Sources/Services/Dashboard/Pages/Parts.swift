import Attestations
import Documents
import Ledger
import WaybillCore

/// A word or two that say how something stands; the colour only repeats it.
struct Badge: Equatable {
    enum Kind: String { case good, bad, wait, off }

    let kind: String
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind.rawValue
        self.text = text
    }

    init(verdict: String) { self.init(verdict == "allow" ? .good : verdict == "deny" ? .bad : .off, verdict) }
}

/// A text that leads somewhere on this site.
struct Link: Equatable {
    let text: String
    let href: String

    static func image(_ digest: Digest) -> Link { Link(text: digest.short, href: "/images/\(digest)") }
    static func paper(_ digest: Digest) -> Link { Link(text: digest.short, href: "/papers/\(digest)") }
    static func change(_ id: String, _ repository: String, _ text: String) -> Link {
        Link(text: text, href: "/changes/\(PathText.encode(repository))/\(PathText.encode(id))")
    }
    static func events(about subject: String, page: Int = 1, _ text: String) -> Link {
        let about = subject.isEmpty ? "" : "&about=\(PathText.encode(subject))"
        return Link(text: text, href: "/events?page=\(page)\(about)")
    }

    /// What an event or a paper is about: its page where it has one, else its events.
    static func subject(_ subject: String) -> Link {
        if let digest = Digest(subject), digest.algorithm == .sha256 { return image(digest) }
        if subject.hasPrefix("gitCommit:") {
            return events(about: subject, "commit \(subject.dropFirst("gitCommit:".count).prefix(10))")
        }
        if subject.hasPrefix("change:"), let slash = subject.lastIndex(of: "/") {
            let name = String(subject.dropFirst("change:".count).prefix(upTo: slash))
            let id = String(subject[subject.index(after: slash)...])
            return change(id, name, "change \(id) of \(name)")
        }
        return events(about: subject, subject)
    }
}

/// A moment as people read it, with the exact one beside it.
struct Stamp: Equatable {
    let iso: String
    let age: String

    init(_ moment: Instant, now: Instant) {
        // Moments come from outside; what is beyond all calendars is shown as the calendar's end.
        let seconds = min(max(moment.milliseconds / 1000, -62_135_596_800), 253_402_300_799)
        iso = Timestamp(seconds: seconds).description
        age = Self.age(now.milliseconds / 1000 - seconds, iso)
    }

    private static func age(_ seconds: Int64, _ iso: String) -> String {
        switch seconds {
        case ..<5: "just now"
        case ..<60: "\(seconds) s ago"
        case ..<3600: "\(seconds / 60) min ago"
        case ..<86400: "\(seconds / 3600) h ago"
        case ..<(60 * 86400): "\(seconds / 86400) d ago"
        default: String(iso.prefix(10))
        }
    }
}

/// The rows of a table that has some: without rows there is no table but a sentence.
struct Table<Row> {
    let rows: [Row]

    init?(_ rows: [Row]) {
        guard !rows.isEmpty else { return nil }
        self.rows = rows
    }
}

/// One line of the audit trail.
struct EventRow {
    let stamp: Stamp
    let actor: String
    let action: String
    let subject: Link
    let badge: Badge?
    let message: String

    init(_ event: Event, now: Instant) {
        stamp = Stamp(event.moment, now: now)
        actor = event.actor
        action = event.action
        subject = .subject(event.subject)
        badge = event.verdict.map { Badge(verdict: $0) }
        message = event.message
    }
}

import Documents
import Ledger

/// How an environment stands, read from what its agent announced.
struct EnvironmentStatus: Equatable {
    /// How many events are looked at to find it out.
    static let eventsMax = 200
    private static let prefix = "agent."

    var name: String
    /// The agent's word: `synced`, `progressing`, `degraded`, `refused`, `failed`; nil where it has said nothing.
    var state: String?
    var message: String?
    var revision: String?
    var since: Instant?
    /// Objects that differ from the repository and were not put right since.
    var drift: [String] = []
    /// The last object that was put right.
    var corrected: Event?

    /// - Parameter events: those about the environment, newest first.
    init(_ name: String, events: [Event]) {
        self.name = name
        var settled: Set<String> = []
        var isSynced = false
        for event in events {
            if event.action.hasPrefix(Self.prefix) {
                if state == nil { take(event) }
                if event.action == "agent.synced" { isSynced = true }
            } else if event.action == "drift.found" || event.action == "drift.corrected" {
                let object = event.detail["object"]?.string ?? event.message
                let isNewest = settled.insert(object).inserted
                if event.action == "drift.corrected" {
                    if corrected == nil { corrected = event }
                } else if isNewest, !isSynced {
                    // A round that found everything in place ends a drift that nobody corrected by hand.
                    drift.append(event.message)
                }
            }
        }
    }

    private mutating func take(_ event: Event) {
        state = String(event.action.dropFirst(Self.prefix.count))
        message = event.message
        revision = event.detail["revision"]?.string
        since = event.moment
    }

    var badge: Badge {
        if !drift.isEmpty { return Badge(.bad, "drifted") }
        switch state {
        case "synced": return Badge(.good, "in sync")
        case "progressing": return Badge(.wait, "progressing")
        case "degraded": return Badge(.bad, "degraded")
        case "refused": return Badge(.bad, "refused")
        case "failed": return Badge(.bad, "agent failed")
        case let other?: return Badge(.off, other)
        case nil: return Badge(.off, "not heard of")
        }
    }

    static func subject(_ name: String) -> String { "environment:\(name)" }

    /// The name in `environment:NAME`; nil for other subjects.
    static func name(inSubject subject: String) -> String? {
        subject.hasPrefix("environment:") ? String(subject.dropFirst("environment:".count)) : nil
    }

    /// The order in which changes travel, by the words that teams use; names that say nothing stand between.
    static func travelsBefore(_ left: String, _ right: String) -> Bool {
        let ranks = (rank(left), rank(right))
        return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func rank(_ name: String) -> Int {
        let words = ["dev", "test", "qa", "stag", "", "canary", "prod"]
        return words.firstIndex { !$0.isEmpty && name.lowercased().contains($0) } ?? 4
    }
}

import Documents
import Kubernetes

/// A pod, with the words of its own containers.
enum PodHealth {
    /// Reasons of a waiting container that no waiting cures.
    private static func isBroken(_ reason: String) -> Bool {
        reason.hasPrefix("Err") || reason.hasSuffix("Error") || reason.hasSuffix("BackOff")
            || ["InvalidImageName", "RegistryUnavailable"].contains(reason)
    }

    /// A scheduler needs a moment: only a pod that has found no node for longer is broken.
    static let unschedulableSeconds: Int64 = 15

    static func pod(_ resource: Resource, now: Int64?) -> ObjectHealth {
        if let message = brokenContainer(resource) { return ObjectHealth(.degraded, message) }
        switch resource["status", "phase"]?.string {
        case "Succeeded": return ObjectHealth(.healthy, "ran to its end")
        case "Failed": return ObjectHealth(.degraded, failure(resource))
        case "Running": return running(resource)
        case "Pending", nil: return pending(resource, now: now)
        case "Unknown": return ObjectHealth(.unknown, "its node does not answer")
        case let phase?: return ObjectHealth(.unknown, "is in phase \(phase)")
        }
    }

    private static func running(_ resource: Resource) -> ObjectHealth {
        guard let ready = resource.condition("Ready") else { return ObjectHealth(.progressing, "is not ready yet") }
        if ready.isTrue { return ObjectHealth(.healthy, "is ready") }
        // A pod that is to end by itself never needs to be ready; it is done when it ends.
        if let policy = resource["spec", "restartPolicy"]?.string, policy != "Always" {
            return ObjectHealth(.progressing, "is at work")
        }
        for status in statuses(resource) where status["ready"]?.bool == false {
            guard let ended = status["lastState"]?["terminated"], (status["restartCount"]?.integer ?? 0) > 0 else {
                continue
            }
            return ObjectHealth(.progressing, "container \(name(of: status)) ended before: \(end(ended))")
        }
        return ObjectHealth(.progressing, ready.explanation)
    }

    private static func pending(_ resource: Resource, now: Int64?) -> ObjectHealth {
        guard let scheduled = resource.condition("PodScheduled"), scheduled.isFalse else {
            return ObjectHealth(.progressing, "is pending")
        }
        guard scheduled.reason == "Unschedulable" else { return ObjectHealth(.progressing, scheduled.explanation) }
        let entry = resource["status", "conditions"]?.array?.first { $0["type"]?.string == "PodScheduled" }
        let since =
            (entry?["lastTransitionTime"]?.string ?? resource["metadata", "creationTimestamp"]?.string).flatMap(
                ClockTime.seconds)
        if let now, let since, now - since <= unschedulableSeconds {
            return ObjectHealth(.progressing, scheduled.explanation)
        }
        return ObjectHealth(.degraded, scheduled.explanation)
    }

    private static func failure(_ resource: Resource) -> String {
        if let message = resource["status", "message"]?.string, !message.isEmpty { return message }
        for status in statuses(resource) {
            if let ended = status["state"]?["terminated"], ended["exitCode"]?.integer != 0 {
                return "container \(name(of: status)) \(end(ended))"
            }
        }
        return resource["status", "reason"]?.string ?? "has failed"
    }

    private static func brokenContainer(_ resource: Resource) -> String? {
        for status in statuses(resource) {
            let waiting = status["state"]?["waiting"]
            guard let reason = waiting?["reason"]?.string, isBroken(reason) else { continue }
            var text = "container \(name(of: status)) is in \(reason)"
            // Why it crashes is in how it ended, not in how long the node waits.
            if let ended = status["lastState"]?["terminated"] {
                text += ": it \(end(ended))"
            } else if let message = waiting?["message"]?.string {
                text += ": \(message)"
            }
            return text
        }
        return nil
    }

    private static func end(_ terminated: Value) -> String {
        let message = terminated["message"]?.string.map { text in
            String(text.split(separator: "\n").last ?? "").prefix(300)
        }
        let reason = terminated["reason"]?.string ?? "ended"
        let signal = terminated["signal"]?.integer.map { ", signal \($0)" } ?? ""
        let code = terminated["exitCode"]?.integer ?? 0
        var text = "ended with status \(code) (\(reason)\(signal))"
        if let message, !message.isEmpty { text += ": \(message)" }
        return text
    }

    private static func statuses(_ resource: Resource) -> [Value] {
        (resource["status", "initContainerStatuses"]?.array ?? [])
            + (resource["status", "containerStatuses"]?.array ?? [])
    }

    private static func name(of status: Value) -> String { status["name"]?.string ?? "?" }
}

/// Times as the API writes them: `2026-01-02T03:04:05Z`.
enum ClockTime {
    static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A, bytes.last == 0x5A
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            guard bytes[range].allSatisfy({ (48...57).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int64($1) - 48 }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        // Years are counted from March, so that the leap day is a year's last.
        let shifted = month > 2 ? year : year - 1
        let fromMarch = (month + 9) % 12
        let leaps = shifted / 4 - shifted / 100 + shifted / 400
        let days = shifted * 365 + leaps + (fromMarch * 153 + 2) / 5 + day - 1 - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }
}

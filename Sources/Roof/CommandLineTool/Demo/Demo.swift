import Documents
import Files
import Foundation
import Processes
import WaybillCore

/// Plays the whole road on real parts and reports each step.
final class Demo {
    let platform: Platform
    let examples: String
    let folder: String
    let author: Person
    let reviewer: Person
    let impostor: Person
    /// Called with each step as it happens.
    let show: @Sendable (DemoStep) -> Void
    var report = DemoReport()

    init(
        platform: Platform, examples: String, folder: String, author: Person, reviewer: Person, impostor: Person,
        show: @escaping @Sendable (DemoStep) -> Void
    ) {
        self.platform = platform
        self.examples = examples
        self.folder = folder
        self.author = author
        self.reviewer = reviewer
        self.impostor = impostor
        self.show = show
    }

    var applicationFolder: String { folder + "/work/shop" }
    var environmentsFolder: String { folder + "/work/shop-environments" }

    /// What a step found: its verdict's word and what a person reads.
    struct Outcome {
        var verdict: String
        var message: String

        static func allow(_ message: String) -> Outcome { Outcome(verdict: "allow", message: message) }
        static func deny(_ message: String) -> Outcome { Outcome(verdict: "deny", message: message) }
    }

    /// Runs one step; an error is reported as the verdict `error`, which no step expects.
    func step(
        _ id: String, _ title: String, expect expected: String,
        _ work: () async throws(WaybillError) -> Outcome
    ) async {
        // After an interruption the steps that are left are not begun.
        guard !Task.isCancelled else { return }
        let start = ContinuousClock.now
        let outcome: Outcome
        do {
            outcome = try await work()
        } catch {
            outcome = Outcome(verdict: "error", message: error.description)
        }
        let step = DemoStep(
            id: id, title: title, expected: expected, verdict: outcome.verdict,
            seconds: start.duration(to: .now).seconds, message: outcome.message)
        report.steps.append(step)
        show(step)
    }

    /// The whole road, from two empty repositories to a rollback.
    func play() async -> DemoReport {
        do { report.isolation = try await platform.isolation() } catch { report.isolation = "none: \(error)" }
        await playSource()
        await playFirstVersion()
        await playRoad()
        await playRuntime()
        await playWatch()
        await playAudit()
        await playRollback()
        return report
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

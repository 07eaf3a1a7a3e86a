import ArgumentParser
import Documents
import Files
import Foundation
import WaybillCore

/// Plays the whole road on real parts.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play the whole road on this machine: from a signed commit to a running workload.",
        discussion:
            "Exit status: 0 when every step ended as it should, 1 when one did not, 2 when the demo could not begin.")

    @Option(help: "text or json.") var output: OutputFormat = .text
    @Option(help: "Where everything is put; a fresh folder below the system's temporary folder otherwise.")
    var folder: String?
    @Option(help: "The folder with the example projects.") var examples: String?
    @Flag(help: "Keep the folder afterwards.") var keep = false

    func run() async throws {
        await OrdinaryUser.enterIfPossible()
        let interruption = Interruption()
        let place = folder ?? "/tmp/waybill-demo-\(UInt32.random(in: .min ... .max))"
        let report: DemoReport
        var isMade = false
        do {
            guard !Files.exists(place) else {
                throw WaybillError(.conflict, "exists already", subject: place, remedy: "name another --folder")
            }
            isMade = true
            report = try await play(in: place, until: interruption)
        } catch {
            Terminal.error(error)
            if isMade, !keep { try Files.remove(place) }
            throw ExitStatus.unknown
        }
        if output == .json {
            Terminal.result(JSONWriter.string(report.value, style: .pretty))
        } else {
            let seconds = report.pushToRunningSeconds.map { "\(Int(($0 * 10).rounded()) / 10) s" } ?? "not reached"
            Terminal.result("from push to running pod: \(seconds)\nisolation: \(report.isolation)")
            if !report.isAsExpected {
                Terminal.result(
                    "not as expected: \(report.steps.filter { !$0.isAsExpected }.map(\.id).joined(separator: ", "))")
            }
        }
        if keep { Terminal.note("kept: \(place)") } else { try Files.remove(place) }
        if !report.isAsExpected { throw ExitStatus.no }
    }

    private func play(in place: String, until interruption: Interruption) async throws(WaybillError) -> DemoReport {
        let examples = try Self.examples(examples)
        let state = StateFolder(place + "/state")
        try state.prepare()
        func person(_ name: String, _ token: String) async throws(WaybillError) -> Person {
            let email = "\(name)@shop.example"
            return try await Person.make(
                name.prefix(1).uppercased() + name.dropFirst(), email: email, home: "\(place)/home/\(name)",
                token: token)
        }
        // The impostor has stolen the author's token: a credential alone must not be enough.
        let author = try await person("author", try state.token(for: "author@shop.example"))
        let reviewer = try await person("reviewer", try state.token(for: "reviewer@shop.example"))
        let impostor = try await person("impostor", author.token)
        let platform = try await Platform.start(state)
        try await platform.importAdvisories(examples + "/advisories")
        let showsSteps = output == .text
        let report = await withTaskGroup(of: DemoReport?.self) { group in
            group.addTask {
                await Demo(
                    platform: platform, examples: examples, folder: place, author: author, reviewer: reviewer,
                    impostor: impostor,
                    show: { step in if showsSteps { Terminal.result(step.text) } else { Terminal.note(step.text) } }
                ).play()
            }
            group.addTask {
                await interruption.wait()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        await platform.stop()
        guard let report else { throw WaybillError(.failed, "interrupted; everything was stopped", subject: "demo") }
        return report
    }

    /// The named folder, or `examples` beside the program's own folder or below this one.
    private static func examples(_ named: String?) throws(WaybillError) -> String {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates =
            named.map { [$0] }
            ?? [
                program.deletingLastPathComponent().path + "/examples",
                FileManager.default.currentDirectoryPath + "/examples",
            ]
        for candidate in candidates where Files.isFolder(candidate + "/shop") { return candidate }
        throw WaybillError(
            .notFound, "the example projects are not there", subject: candidates.joined(separator: ", "),
            remedy: "run it in a clone, or name them with --examples")
    }
}

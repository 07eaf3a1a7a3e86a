import Documents
import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// The whole road on real parts, by the program as it is built.
@Suite(
    .serialized,
    .enabled(if: Machine.missing.isEmpty, "needs \(Machine.missing.joined(separator: ", "))"))
struct DemoTests {
    /// Every step, in order, with the verdict that the road promises.
    static let road = [
        ("repositories", "allow"), ("unsigned-push", "deny"), ("impostor-push", "deny"), ("signed-push", "allow"),
        ("own-approval", "deny"), ("merge-unreviewed", "deny"), ("review", "allow"), ("pipeline-first", "deny"),
        ("pipeline-fixed", "allow"), ("papers", "allow"), ("promote", "allow"), ("running", "allow"),
        ("no-papers", "deny"), ("drift", "corrected"), ("forced-push", "deny"), ("rewritten-history", "deny"),
        ("second-version", "allow"), ("exposure", "exposed"), ("why", "allow"), ("tampered", "deny"),
        ("rollback", "allow"),
    ]

    @Test(.timeLimit(.minutes(11)))
    func `the demo's every step ends as it should, leaves nothing running and shows no secret`() async throws {
        let scratch = try BuiltProgram.scratch()
        defer { try? Files.remove(scratch) }
        let folder = scratch + "/demo"
        let outcome = try await BuiltProgram.run(
            ["demo", "--output", "json", "--keep", "--examples", BuiltProgram.examples, "--folder", folder],
            in: scratch, timeout: .seconds(600))

        #expect(outcome.exit == .exited(0), Comment(rawValue: String(outcome.errorText.suffix(2000))))
        let report = try JSONReader.value(from: outcome.output)
        let steps = try #require(report["steps"]?.array)
        #expect(steps.map { $0["id"]?.string } == Self.road.map(\.0))
        for (step, expected) in zip(steps, Self.road) {
            let message = Comment(rawValue: "\(expected.0): \(step["message"]?.string ?? "")")
            #expect(step["expected"]?.string == expected.1, message)
            #expect(step["verdict"]?.string == expected.1, message)
            #expect((step["seconds"]?.number?.double ?? -1) >= 0, message)
        }
        #expect((report["pushToRunningSeconds"]?.number?.double ?? 0) > 0)
        #expect(report["isolation"]?.string?.isEmpty == false)
        #expect(report["isolation"]?.string?.hasPrefix("none") == false)

        #expect(try Leftovers.processes(naming: folder) == [])
        #expect(try Leftovers.mounts(below: folder) == [])
        let secrets = try DemoSecrets(folder: folder)
        #expect(secrets.sought.count >= 8)
        #expect(try await secrets.places(alsoIn: outcome.output + outcome.errorOutput) == [])
    }

    @Test func `a folder that exists is left alone`() async throws {
        let scratch = try BuiltProgram.scratch()
        defer { try? Files.remove(scratch) }
        try Files.write([1], to: scratch + "/mine")
        let outcome = try await BuiltProgram.run(["demo", "--folder", scratch], in: scratch)
        #expect(outcome.exit == .exited(2))
        #expect(outcome.errorText.hasPrefix("error: exists already\n"))
        #expect(try Files.names(in: scratch) == ["mine"])
    }
}

/// What a run may leave behind on the machine.
enum Leftovers {
    /// Command lines of living processes that name the folder.
    static func processes(naming folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter {
            Int($0) != nil && Int($0) != Int(getpid())
        }
        .compactMap { process in
            // A process that ended meanwhile is not left over.
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline")) else {
                return nil
            }
            let line = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\0", with: " ")
            return line.contains(folder) ? "\(process) \(line)" : nil
        }
    }

    static func mounts(below folder: String) throws -> [String] {
        try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { $0.contains(folder) }
    }
}

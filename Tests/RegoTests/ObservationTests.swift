import Documents
import Rego
import Synchronization
import Testing

/// What an evaluation did can be seen: trace, profile, coverage.
@Suite struct ObservationTests {
    static let text = """
        package t

        default allow := false

        allow if {
            input.user == "alice"
            input.role == "admin"
        }

        names contains name if {
            some name in input.names
            startswith(name, "a")
        }

        never if {
            input.x == 1
        }
        """

    private func policy() throws -> CompiledPolicy {
        try CompiledPolicy(modules: [try PolicyModule(parsing: Self.text, file: "t.rego")])
    }

    @Test func `coverage tells the lines that were reached`() throws {
        let policy = try policy()
        let recorder = EvaluationRecorder()
        _ = try policy.evaluate(rule: "data.t.allow", input: ["user": "bob"], recorder: recorder)
        let first = try #require(recorder.coverage(of: policy).files.first)
        #expect(first.name == "t.rego")
        #expect(first.covered == [3...3, 6...6])
        #expect(first.notCovered == [5...5, 7...7, 10...12, 15...16])
        _ = try policy.evaluate(
            rule: "data.t.allow", input: ["user": "alice", "role": "admin"], recorder: recorder)
        _ = try policy.evaluate(rule: "data.t.names", input: ["names": ["ann"]], recorder: recorder)
        let report = recorder.coverage(of: policy)
        #expect(report.files.first?.notCovered == [15...16])
        #expect(report.coveredLines == 7)
        #expect(report.coverage == 77.78)
        #expect(
            report.document["files"]?["t.rego"]?["not_covered"] == [["start": ["row": 15], "end": ["row": 16]]])
    }

    @Test func `the profile counts evaluations and takes its times from the caller's clock`() throws {
        let now = Mutex(0)
        let recorder = EvaluationRecorder(
            .init(clock: {
                now.withLock { time in
                    time += 10
                    return time
                }
            }))
        _ = try policy().evaluate(
            rule: "data.t.names", input: ["names": ["ann", "bob", "abe"]], recorder: recorder)
        let entries = recorder.profile.entries
        let scan = try #require(entries.first { $0.row == 11 })
        #expect(scan.evaluations == 1)
        #expect(scan.repetitions == 2)
        #expect(entries.first { $0.row == 12 }?.evaluations == 3)
        #expect(entries.allSatisfy { $0.nanoseconds > 0 })
        #expect(recorder.profile.document[0]?["location"]?["file"] == "t.rego")
    }

    @Test func `a trace shows what was tried, what failed and where`() throws {
        let policy = try policy()
        let recorder = EvaluationRecorder(.init(hasTrace: true))
        _ = try policy.evaluate(rule: "data.t.allow", input: ["user": "alice"], recorder: recorder)
        #expect(
            recorder.events.lines(policy) == [
                "t.rego:5:1  | Enter allow if {",
                "t.rego:6:5  | Eval input.user == \"alice\"",
                "t.rego:7:5  | Eval input.role == \"admin\"",
                "t.rego:7:5  | Fail input.role == \"admin\"",
                "t.rego:3:1  | Enter default allow := false",
                "t.rego:3:1  | Exit default allow := false",
            ])
        let fails = recorder.events.explaining(.fails)
        #expect(fails.map(\.operation) == [.enter, .fail])
        #expect(recorder.events.explaining(.notes).isEmpty)
        #expect(fails.document(policy)[1]?["location"]?["row"] == 7)
    }

    @Test func `a trace has a bound`() throws {
        let recorder = EvaluationRecorder(.init(hasTrace: true, eventsMax: 2))
        _ = try policy().evaluate(rule: "data.t.allow", input: ["user": "alice"], recorder: recorder)
        #expect(recorder.events.count == 2)
        #expect(recorder.isTruncated)
    }
}

import Documents

/// What one step of the demo showed.
struct DemoStep: Sendable {
    var id: String
    var title: String
    /// `allow`, `deny`, or another word that names the outcome that the road promises.
    var expected: String
    var verdict: String
    var seconds: Double
    var message: String

    var isAsExpected: Bool { verdict == expected }

    var value: Value {
        [
            "id": .string(id), "title": .string(title), "expected": .string(expected), "verdict": .string(verdict),
            "seconds": .number(Number((seconds * 1000).rounded() / 1000)), "message": .string(message),
        ]
    }

    /// As people read it while the demo runs.
    var text: String {
        let mark = isAsExpected ? "✓" : "✗"
        let word = isAsExpected ? verdict : "\(verdict), expected \(expected)"
        let tenths = Int((seconds * 10).rounded())
        let lines = message.split(separator: "\n", omittingEmptySubsequences: true).map { "      \($0)" }
        return (["\(mark) \(title)  [\(word), \(tenths / 10).\(tenths % 10) s]"] + lines).joined(separator: "\n")
    }
}

/// The whole demo as data.
struct DemoReport: Sendable {
    var steps: [DemoStep] = []
    var pushToRunningSeconds: Double?
    var isolation = ""

    var isAsExpected: Bool { !steps.isEmpty && steps.allSatisfy(\.isAsExpected) }

    var value: Value {
        [
            "steps": .array(steps.map(\.value)),
            "pushToRunningSeconds": pushToRunningSeconds.map { .number(Number(($0 * 1000).rounded() / 1000)) } ?? .null,
            "isolation": .string(isolation),
        ]
    }
}

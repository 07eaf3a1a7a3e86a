public import Documents
public import WaybillCore

/// One expectation and how it came out.
public struct ImageTestResult: Sendable {
    public enum Outcome: Sendable, Hashable {
        case passed
        /// What was expected and what was found, over several lines and in one.
        case failed(String, compact: String)
        /// The file asks for it, or there is nothing to look at; always shown.
        case skipped
        /// Could not be judged here: counts as not passed.
        case unsupported(String)
    }

    /// `File`, `Command`.
    public var resourceType: String
    /// A path, a name, a command line.
    public var resource: String
    public var property: String
    public var title: String
    public var meta: Value?
    /// The expectation as it is written.
    public var expectation: Value
    /// What was found, nil where nothing was looked at.
    public var found: Value?
    public var outcome: Outcome
    public var location: SourceLocation
}

/// What the tests of an image showed.
public struct ImageTestReport: Sendable {
    public var results: [ImageTestResult]

    public init(results: [ImageTestResult]) { self.results = results }

    public var passedCount: Int { results.count { $0.outcome == .passed } }
    public var skippedCount: Int { results.count { $0.outcome == .skipped } }
    /// Failed and unsupported ones.
    public var failedCount: Int { results.count - passedCount - skippedCount }
    /// Something was tested and nothing failed.
    public var isPassed: Bool { failedCount == 0 && passedCount > 0 }

    /// What did not pass, as findings.
    public var findings: [Finding] {
        results.compactMap { result in
            let message: String
            switch result.outcome {
            case .passed, .skipped: return nil
            case .failed(_, let compact): message = compact
            case .unsupported(let reason): message = "cannot be tested: \(reason)"
            }
            return Finding(
                rule: "WB-TEST", kind: .test, severity: .high,
                message: "\(result.resourceType) \(result.resource): \(result.property)",
                place: Place(
                    location: result.location, object: "\(result.resourceType)/\(result.resource)",
                    field: result.property),
                evidence: String(message.prefix(2_000)), remedy: "change the image or the expectation")
        }
    }
}

extension ImageTestResult {
    /// `File: /etc/passwd: mode:`
    var heading: String { "\(resourceType): \(resource): \(property):" }

    /// The result over several lines, as documentation shows it.
    var text: String {
        switch outcome {
        case .passed: "\(heading) matches expectation: \(JSONWriter.string(expectation))"
        case .skipped: "\(heading) skipped"
        case .failed(let text, _): "\(heading)\n\(text)"
        case .unsupported(let reason): "\(heading)\nError\n    \(reason)"
        }
    }

    /// The result in one line.
    var compactText: String {
        switch outcome {
        case .passed, .skipped: text
        case .failed(_, let compact): "\(heading) \(compact)"
        case .unsupported(let reason): "\(heading) Error \(reason)"
        }
    }

    /// With the author's title and notes in front.
    var detail: String {
        var lines: [String] = []
        if !title.isEmpty { lines.append("Title: \(title)") }
        if let members = meta?.object?.sorted().members, !members.isEmpty {
            lines.append("Meta:")
            lines += members.map { "    \($0.key): \($0.value.string ?? JSONWriter.string($0.value))" }
        }
        return (lines + [text]).joined(separator: "\n")
    }

    var isNotPassed: Bool {
        switch outcome {
        case .failed, .unsupported: true
        case .passed, .skipped: false
        }
    }
}

public import Documents

/// Which lines of the modules were reached.
public struct CoverageReport: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        public var name: String
        public var covered: [ClosedRange<Int>]
        public var notCovered: [ClosedRange<Int>]
        public var coveredLines: Int { covered.reduce(0) { $0 + $1.count } }
        public var notCoveredLines: Int { notCovered.reduce(0) { $0 + $1.count } }
        /// In percent, with two decimals.
        public var coverage: Double { CoverageReport.percent(coveredLines, notCoveredLines) }
    }

    /// By name.
    public var files: [File]
    public var coveredLines: Int { files.reduce(0) { $0 + $1.coveredLines } }
    public var notCoveredLines: Int { files.reduce(0) { $0 + $1.notCoveredLines } }
    public var coverage: Double { Self.percent(coveredLines, notCoveredLines) }

    static func percent(_ covered: Int, _ missed: Int) -> Double {
        guard covered + missed > 0 else { return 0 }
        return (Double(covered) * 10_000 / Double(covered + missed)).rounded() / 100
    }

    init(_ policy: CompiledPolicy, reached: [String: Set<Int>]) {
        var rows: [String: Set<Int>] = [:]
        for site in policy.program.sites where site.statement.row > 0 {
            rows[site.statement.file, default: []].insert(site.statement.row)
        }
        files = rows.sorted { $0.key < $1.key }.map { name, rows in
            let hit = reached[name] ?? []
            return File(
                name: name, covered: Self.ranges(rows.filter(hit.contains)),
                notCovered: Self.ranges(rows.filter { !hit.contains($0) }))
        }
    }

    private static func ranges(_ rows: Set<Int>) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for row in rows.sorted() {
            if let last = result.last, last.upperBound == row - 1 {
                result[result.count - 1] = last.lowerBound...row
            } else {
                result.append(row...row)
            }
        }
        return result
    }

    public var document: Documents.Value {
        func list(_ ranges: [ClosedRange<Int>]) -> Documents.Value {
            .array(
                ranges.map {
                    ["start": ["row": .integer($0.lowerBound)], "end": ["row": .integer($0.upperBound)]]
                })
        }
        var members = Object()
        for file in files {
            var entry = Object()
            if !file.covered.isEmpty { entry["covered"] = list(file.covered) }
            if !file.notCovered.isEmpty { entry["not_covered"] = list(file.notCovered) }
            if file.coveredLines > 0 { entry["covered_lines"] = .integer(file.coveredLines) }
            if file.notCoveredLines > 0 { entry["not_covered_lines"] = .integer(file.notCoveredLines) }
            if file.coverage > 0 { entry["coverage"] = .number(Number(file.coverage)) }
            members[file.name] = .object(entry)
        }
        return [
            "files": .object(members), "covered_lines": .integer(coveredLines),
            "not_covered_lines": .integer(notCoveredLines), "coverage": .number(Number(coverage)),
        ]
    }
}

extension EvaluationRecorder {
    /// The lines of the policy that the recorded evaluations reached.
    public func coverage(of policy: CompiledPolicy) -> CoverageReport { CoverageReport(policy, reached: reached) }
}

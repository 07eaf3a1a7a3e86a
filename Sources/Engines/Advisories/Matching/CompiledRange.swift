import Packages

/// A version made ready to be compared many times.
struct CompiledVersion {
    let numeric: NumericVersion?
    let bytes: [UInt8]

    init(_ text: String, _ ordering: VersionOrdering) {
        bytes = Array(text.utf8.prefix(VersionOrdering.versionLengthMax))
        numeric = ordering.comparesPlainNumbersByValue ? NumericVersion(bytes) : nil
    }

    func compare(_ other: CompiledVersion, _ ordering: VersionOrdering) -> VersionOrder {
        if let numeric, let other = other.numeric { return numeric.compare(other) }
        return ordering.compare(bytes, other.bytes)
    }
}

/// An advisory's range as intervals, ready for many versions: says the same as `AffectedRange.contains`.
struct CompiledRange {
    private struct Interval {
        var start: CompiledVersion?
        var end: CompiledVersion?
        var isEndInside = false
    }

    private var intervals: [Interval] = []
    private var limits: [CompiledVersion] = []

    init(_ range: AffectedRange, _ ordering: VersionOrdering) {
        var open: Interval?
        for event in range.sorted(ordering) {
            switch event {
            case .introduced(let version):
                if open == nil { open = Interval(start: version == "0" ? nil : CompiledVersion(version, ordering)) }
            case .fixed(let version), .lastAffected(let version):
                guard var interval = open else { continue }
                interval.end = CompiledVersion(version, ordering)
                if case .lastAffected = event { interval.isEndInside = true }
                intervals.append(interval)
                open = nil
            case .limit(let version):
                if version != "*" { limits.append(CompiledVersion(version, ordering)) }
            }
        }
        if let open { intervals.append(open) }
    }

    func contains(_ version: CompiledVersion, _ ordering: VersionOrdering) -> Bool {
        if !limits.isEmpty, !limits.contains(where: { version.compare($0, ordering) == .less }) { return false }
        for interval in intervals {
            if let start = interval.start, version.compare(start, ordering) == .less { continue }
            guard let end = interval.end else { return true }
            let order = version.compare(end, ordering)
            if order == .less || order == .equal && interval.isEndInside { return true }
        }
        return false
    }
}

/// What one record says about one package, ready for many versions.
struct CompiledAffected {
    let release: String?
    let affected: Advisory.Affected
    private let ranges: [CompiledRange]
    private let named: Set<String>
    private let numeric: Set<NumericVersion>
    private let others: [CompiledVersion]
    private let ordering: VersionOrdering?

    init(_ affected: Advisory.Affected) {
        self.affected = affected
        release = affected.ecosystem.release
        let ordering = affected.ecosystem.ordering
        self.ordering = ordering
        named = Set(affected.versions)
        guard let ordering else {
            (ranges, numeric, others) = ([], [], [])
            return
        }
        ranges = affected.ranges.map { CompiledRange($0, ordering) }
        var numeric: Set<NumericVersion> = [], others: [CompiledVersion] = []
        // A distribution's versions are written in one way only: the name decides, and their lists are long.
        if !affected.ecosystem.isOperatingSystem {
            for version in affected.versions {
                let compiled = CompiledVersion(version, ordering)
                if let number = compiled.numeric { numeric.insert(number) } else { others.append(compiled) }
            }
        }
        (self.numeric, self.others) = (numeric, others)
    }

    /// Nil where nothing can be said, because the order is not known and the version is not named.
    func contains(_ version: CompiledVersion, _ text: String) -> Bool? {
        if named.contains(text) { return true }
        guard let ordering else { return affected.ranges.isEmpty ? false : nil }
        if ranges.contains(where: { $0.contains(version, ordering) }) { return true }
        if let number = version.numeric {
            if numeric.contains(number) { return true }
        } else if !others.isEmpty, others.contains(where: { $0.compare(version, ordering) == .equal }) {
            return true
        }
        return false
    }

    /// The smallest later version that this entry does not affect; nil where none is known.
    func fix(for version: CompiledVersion) -> (text: String, version: CompiledVersion)? {
        guard let ordering else { return nil }
        var best: (text: String, version: CompiledVersion)?
        for range in affected.ranges {
            for fix in range.fixes {
                let compiled = CompiledVersion(fix, ordering)
                guard compiled.compare(version, ordering) == .greater else { continue }
                if let best, compiled.compare(best.version, ordering) != .less { continue }
                guard contains(compiled, fix) == false else { continue }
                best = (fix, compiled)
            }
        }
        return best
    }
}

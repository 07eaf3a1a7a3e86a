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

extension VersionKey {
    /// Maven's order has circles: `1-alpha` comes before `1`, that before `1.x`, and that before `1-alpha`. Versions
    /// whose words all follow hyphens, or digits, stand in one order: numbers without zeros at their end, and perhaps a
    /// list. With the same numbers in front, a list that means less than nothing comes first, then the end, then other
    /// lists, then further numbers.
    mutating func maven(_ version: [UInt8]) -> Bool { numbers(MavenVersion.items(version)[...]) }

    private mutating func numbers(_ items: ArraySlice<MavenItem>) -> Bool {
        var items = items
        while case .number(let digits)? = items.first {
            add(3)
            number(digits)
            items = items.dropFirst()
        }
        return end(items)
    }

    /// The end, or the one list that stands there.
    private mutating func end(_ items: ArraySlice<MavenItem>) -> Bool {
        guard let last = items.first else {
            add(1)
            return true
        }
        guard items.count == 1, case .list(let list) = last, let first = list.first else { return false }
        switch first {
        case .number:
            // A list of numbers ends with another number than zero: it is more than nothing.
            guard list.contains(where: { if case .number = $0 { !$0.isNull } else { false } }) else { return false }
            add(2)
            add(2)
            return numbers(list[...])
        case .qualifier(let word):
            let rank = MavenQualifier.known.firstIndex(of: word.text)
            guard word.text != MavenQualifier.release.text else { return false }
            add(word.compare(.release) == .less ? 0 : 2)
            add(1)
            add(UInt8(truncatingIfNeeded: rank ?? MavenQualifier.known.count))
            if rank == nil, !self.word(word.text) { return false }
            return end(list.dropFirst())
        case .list: return false
        }
    }
}

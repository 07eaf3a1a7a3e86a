extension VersionKey {
    // MARK: semantic versions

    /// As `SemanticOrder` reads them: missing components are zeros, numbers come before words.
    mutating func semantic(_ text: Bytes, hasBuild: Bool) -> Bool {
        var start = 0
        while start < text.count, ASCII.isSpace(text[start]) || text[start] == UInt8(ascii: "=") { start += 1 }
        if start < text.count, text[start] | 0x20 == UInt8(ascii: "v") { start += 1 }
        let plus = text[start...].firstIndex(of: UInt8(ascii: "+"))
        let end = plus ?? text.count
        let hyphen = text[start..<end].firstIndex(of: UInt8(ascii: "-"))
        guard parts(text, start, hyphen ?? end, isTrimmed: true) else { return false }
        if let hyphen, hyphen + 1 < end {
            add(0)
            guard parts(text, hyphen + 1, end, isTrimmed: false) else { return false }
        } else {
            add(1)
        }
        guard hasBuild else { return true }
        guard let plus, plus + 1 < text.count else {
            add(0)
            return true
        }
        return parts(text, plus + 1, text.count, isTrimmed: false)
    }

    /// What stands between dots, where nothing is zero, and the end. Zeros before the end are left out where they mean
    /// nothing: whatever follows a zero that is not the end is more than the end.
    private mutating func parts(_ text: Bytes, _ start: Int, _ end: Int, isTrimmed: Bool) -> Bool {
        var first = start
        var kept = bytes.count
        while true {
            var last = first
            var isNumber = true, isZero = true
            while last < end, text[last] != UInt8(ascii: ".") {
                if !ASCII.isDigit(text[last]) { isNumber = false }
                if text[last] != UInt8(ascii: "0") { isZero = false }
                last += 1
            }
            if isNumber {
                add(1)
                number(text[first..<last])
            } else {
                add(2)
                guard word(text[first..<last]) else { return false }
            }
            if !isTrimmed || !isZero { kept = bytes.count }
            guard last < end else { break }
            first = last + 1
        }
        bytes.removeSubrange(kept...)
        add(0)
        return true
    }

    // MARK: RubyGems

    /// Words come before numbers and before the end, which is as good as zeros. A zero is told by what comes behind the
    /// zeros: a word makes it less than the end.
    mutating func gem(_ version: [UInt8]) -> Bool {
        let segments = GemOrder.segments(version)
        for (index, segment) in segments.enumerated() {
            if !segment.allSatisfy(ASCII.isDigit) {
                add(1)
                guard word(segment) else { return false }
            } else if !GemOrder.isZero(segment) {
                add(5)
                number(segment)
            } else {
                let next = segments[index...].first { !GemOrder.isZero($0) }
                add(next?.allSatisfy(ASCII.isDigit) == true ? 4 : 2)
            }
        }
        add(3)
        return true
    }

    // MARK: Python

    /// What is no PEP 440 version comes before all that are.
    mutating func python(_ text: [UInt8]) -> Bool {
        guard let version = PythonVersion(text) else {
            add(0)
            return LegacyPythonOrder.parts(text).allSatisfy { word($0) }
        }
        add(1)
        number(version.epoch)
        for digits in version.release {
            add(1)
            number(digits)
        }
        add(0)
        add(UInt8(truncatingIfNeeded: version.phaseRank + 1))
        number(version.prerelease?.number ?? [])
        add(version.post == nil ? 0 : 1)
        if let post = version.post { number(post) }
        add(version.development == nil ? 1 : 0)
        if let development = version.development { number(development) }
        for part in version.local {
            if part.allSatisfy(ASCII.isDigit) {
                add(2)
                number(part)
            } else {
                add(1)
                guard word(part) else { return false }
            }
        }
        add(0)
        return true
    }

    // MARK: Packagist

    /// Words by their rank, those behind a number after the end.
    mutating func packagist(_ version: [UInt8]) -> Bool {
        for part in PackagistOrder.parts(version) {
            if part.first.map(ASCII.isDigit) == true {
                add(6)
                number(part)
                continue
            }
            let rank = PackagistOrder.rank(part)
            // `#` stands for any number, and so in no order.
            guard rank != PackagistOrder.number else { return false }
            add(UInt8(truncatingIfNeeded: rank > PackagistOrder.number ? 7 : rank + 1))
        }
        add(5)
        return true
    }
}

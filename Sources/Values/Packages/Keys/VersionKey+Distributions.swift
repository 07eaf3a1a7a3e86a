extension VersionKey {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    // MARK: dpkg

    /// Epoch, upstream version, revision, as `DpkgOrder` parts them.
    mutating func dpkg(_ text: Bytes) -> Bool {
        var start = 0
        if let colon = text.firstIndex(of: UInt8(ascii: ":")), text[..<colon].allSatisfy(ASCII.isDigit) {
            number(text[..<colon])
            start = colon + 1
        } else {
            number([])
        }
        let hyphen = text[start...].lastIndex(of: UInt8(ascii: "-"))
        dpkgPart(text, start, hyphen ?? text.count)
        dpkgPart(text, hyphen.map { $0 + 1 } ?? text.count, text.count)
        return true
    }

    /// Other characters and digits by turns: `~`, then the end of a run, then letters, then the rest.
    private mutating func dpkgPart(_ text: Bytes, _ start: Int, _ end: Int) {
        var index = start
        // Nothing at all is zero.
        repeat {
            while index < end, !ASCII.isDigit(text[index]) {
                let byte = text[index]
                if byte == UInt8(ascii: "~") {
                    add(1)
                } else {
                    if !ASCII.isLetter(byte) { add(0xFF) }
                    add(byte)
                }
                index += 1
            }
            add(2)
            index = takeNumber(text, index, end)
        } while index < end
        add(2)
    }

    private mutating func takeNumber(_ text: Bytes, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, ASCII.isDigit(text[index]) { index += 1 }
        number(text[start..<index])
        return index
    }

    // MARK: rpm

    /// Epoch, version, release: one without release comes before the same with one.
    mutating func rpm(_ text: Bytes) -> Bool {
        var start = 0
        let colon = text.firstIndex(of: UInt8(ascii: ":"))
        if let colon, colon > 0 {
            rpmPart(text, 0, colon)
        } else {
            // No epoch is epoch zero.
            add(5)
            number([])
            add(2)
        }
        if let colon { start = colon + 1 }
        let hyphen = text[start...].firstIndex(of: UInt8(ascii: "-"))
        rpmPart(text, start, hyphen ?? text.count)
        add(hyphen == nil ? 0 : 1)
        if let hyphen { rpmPart(text, hyphen + 1, text.count) }
        return true
    }

    /// `~`, then the end, then `^`, then letters, then digits.
    private mutating func rpmPart(_ text: Bytes, _ start: Int, _ end: Int) {
        var index = start
        while index < end {
            switch text[index] {
            case UInt8(ascii: "~"):
                add(1)
                index += 1
            case UInt8(ascii: "^"):
                add(3)
                index += 1
            case let byte where ASCII.isDigit(byte):
                add(5)
                index = takeNumber(text, index, end)
            case let byte where ASCII.isLetter(byte):
                add(4)
                while index < end, ASCII.isLetter(text[index]) {
                    add(text[index])
                    index += 1
                }
                add(0)
            default: index += 1
            }
        }
        add(2)
    }

    // MARK: apk

    /// Only versions in apk's grammar stand in one order: others are compared as far as both keep to it.
    ///
    /// What may follow stands in this order: a prerelease's word, the end, a revision, a word's number, a later word, a
    /// letter, a further number.
    mutating func apk(_ text: Bytes) -> Bool {
        var index = 0
        func isDigit() -> Bool { index < text.count && ASCII.isDigit(text[index]) }
        guard isDigit() else { return false }
        index = takeNumber(text, index, text.count)
        while index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard isDigit() else { return false }
            add(9)
            if text[index] == UInt8(ascii: "0") {
                // With a zero in front digits are letters.
                add(0)
                while isDigit() {
                    add(text[index])
                    index += 1
                }
                add(0)
            } else {
                add(1)
                index = takeNumber(text, index, text.count)
            }
        }
        if index < text.count, ASCII.isLower(text[index]) {
            add(7)
            add(text[index])
            index += 1
        }
        while index < text.count, text[index] == UInt8(ascii: "_") {
            var end = index + 1
            while end < text.count, ASCII.isLower(text[end]) { end += 1 }
            guard let weight = Self.apkWords.firstIndex(where: { $0.elementsEqual(text[(index + 1)..<end]) }) else {
                return false
            }
            add(weight < ApkOrder.Scanner.before.count ? 1 : 6)
            add(UInt8(truncatingIfNeeded: weight))
            index = end
            if isDigit() {
                add(5)
                index = takeNumber(text, index, text.count)
            }
        }
        if index + 2 < text.count, text[index] == UInt8(ascii: "-"), text[index + 1] == UInt8(ascii: "r") {
            index += 2
            guard isDigit() else { return false }
            add(3)
            index = takeNumber(text, index, text.count)
        }
        add(2)
        return index == text.count
    }

    private static let apkWords = (ApkOrder.Scanner.before + ApkOrder.Scanner.after).map {
        $0.withUTF8Buffer { Array($0) }
    }
}

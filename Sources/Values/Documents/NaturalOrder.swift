/// The order in which Kubernetes' tools write keys: letters after everything else, runs of digits by their number.
enum NaturalOrder {
    /// Members by their keys. Most objects have few and many stand in order already.
    static func sorted(_ members: [Object.Member]) -> [Object.Member] {
        var isSorted = true
        for (one, other) in zip(members, members.dropFirst()) where !precedes(one.key, other.key) {
            isSorted = false
            break
        }
        return isSorted ? members : members.sorted { precedes($0.key, $1.key) }
    }

    static func precedes(_ one: String, _ other: String) -> Bool {
        // Where two letters of ASCII differ first, the answer is in their bytes.
        var left = one.utf8.makeIterator(), right = other.utf8.makeIterator()
        while true {
            switch (left.next(), right.next()) {
            case (let a?, let b?) where a == b: continue
            case (let a?, let b?):
                guard isASCIILetter(a), isASCIILetter(b) else { return precedesByScalars(one, other) }
                return a < b
            case (nil, .some): return true
            case (_, nil): return false
            }
        }
    }

    private static func isASCIILetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }

    private static func precedesByScalars(_ one: String, _ other: String) -> Bool {
        let left = Array(one.unicodeScalars), right = Array(other.unicodeScalars)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return precedes(left, right, at: index)
        }
        return left.count < right.count
    }

    /// The two differ first at `index`.
    private static func precedes(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], at index: Int) -> Bool {
        let isLeftLetter = isLetter(left[index]), isRightLetter = isLetter(right[index])
        if isLeftLetter && isRightLetter { return left[index] < right[index] }
        if isLeftLetter || isRightLetter { return isRightLetter }
        // A zero inside of a number has weight, one before it has none.
        var start: UInt64 = 0
        if left[index] == "0" || right[index] == "0" {
            let before = left[..<index].reversed().prefix { isDigit($0) }
            start = before.contains { $0 != "0" } ? 1 : 0
        }
        let (leftNumber, leftEnd) = number(left, from: index, start)
        let (rightNumber, rightEnd) = number(right, from: index, start)
        if leftNumber != rightNumber { return leftNumber < rightNumber }
        if leftEnd != rightEnd { return leftEnd < rightEnd }
        return left[index] < right[index]
    }

    private static func number(_ text: [Unicode.Scalar], from index: Int, _ start: UInt64) -> (UInt64, Int) {
        var value = start
        var end = index
        while end < text.count, isDigit(text[end]) {
            value = value &* 10 &+ UInt64(text[end].value - 48)
            end += 1
        }
        return (value, end)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (48...57).contains(scalar.value) }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 65...90, 97...122: true
        case 0...127: false
        default: scalar.properties.isAlphabetic
        }
    }
}

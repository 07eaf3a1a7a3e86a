/// Walks over bytes from left to right.
struct ByteScanner {
    var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }
    func peek(at offset: Int) -> UInt8? { offset < rest.count ? rest[rest.startIndex + offset] : nil }

    mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }
    mutating func skipSpace() { rest = rest.drop(while: ASCII.isSpace) }

    /// Takes the text where it comes next.
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard text.withUTF8Buffer({ rest.prefix(count).elementsEqual($0) }) else { return false }
        skip(count)
        return true
    }

    mutating func takeWhile(_ isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let run = rest.prefix(while: isWanted)
        skip(run.count)
        return run
    }

    /// At least one digit; nil, with nothing taken, where there is none.
    mutating func takeDigits() -> ArraySlice<UInt8>? {
        let run = takeWhile(ASCII.isDigit)
        return run.isEmpty ? nil : run
    }

    @discardableResult mutating func skipOne(of characters: StaticString) -> Bool {
        guard let first = rest.first, characters.withUTF8Buffer({ $0.contains(first) }) else { return false }
        skip(1)
        return true
    }
}

/// A time zone read from a compiled zone file (RFC 8536, TZif): its changes, and the rule for the time behind them.
struct ZoneInfo: Sendable {
    struct Period: Sendable, Equatable {
        /// Seconds east of Greenwich.
        var offset: Int
        var isSummer = false
        var name: String
    }

    /// Seconds since 1970 at which a period begins, ascending.
    private var changes: [Int] = []
    /// The period that begins at each change.
    private var periods: [Period] = []
    private var first: Period
    private var rule: ZoneRule?

    static let utc = ZoneInfo(fixed: Period(offset: 0, name: "UTC"))

    init(fixed period: Period) { first = period }

    init(rule: ZoneRule) {
        first = rule.standard
        self.rule = rule
    }

    /// Entries that one file may have.
    static let entriesMax = 20_000

    /// Nil for what is no zone file.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes)
        guard let version = reader.header() else { return nil }
        if version >= 2 {
            // The first part, with its narrower times, is passed over.
            guard reader.skipBody(), reader.header() != nil else { return nil }
        }
        guard let body = reader.body(wide: version >= 2), let start = body.first else { return nil }
        first = start
        changes = body.changes
        periods = body.periods
        if version >= 2, let footer = reader.footer() { rule = ZoneRule(footer) }
    }

    func period(at second: Int) -> Period {
        guard let last = changes.last else { return rule?.period(at: second) ?? first }
        if second >= last, let rule { return rule.period(at: second) }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= second { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : periods[low - 1]
    }

    /// The instant at which clocks of the zone show the given time, counted as if they stood at Greenwich.
    func second(showing local: Int) -> Int {
        let offset = period(at: local).offset
        return local - period(at: local - offset).offset
    }

    // MARK: Bytes

    private struct Counts {
        var utc = 0, standard = 0, leaps = 0, changes = 0, types = 0, letters = 0
        func size(_ width: Int) -> Int {
            changes * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard + utc
        }
    }

    private struct Body {
        var changes: [Int] = []
        var periods: [Period] = []
        var first: Period?
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var index = 0
        private var counts = Counts()

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, bytes.count - index >= count else { return nil }
            defer { index += count }
            return bytes[index..<index + count]
        }

        private mutating func number(_ width: Int) -> Int? {
            guard let bytes = take(width), let first = bytes.first else { return nil }
            let start = first & 0x80 == 0 ? 0 : -1
            return bytes.reduce(start) { $0 << 8 | Int($1) }
        }

        /// The version; the counts are kept.
        mutating func header() -> Int? {
            guard let magic = take(4), magic.elementsEqual("TZif".utf8), let version = take(1)?.first, take(15) != nil
            else { return nil }
            var numbers: [Int] = []
            for _ in 0..<6 {
                guard let number = number(4), (0...ZoneInfo.entriesMax).contains(number) else { return nil }
                numbers.append(number)
            }
            counts = Counts(
                utc: numbers[0], standard: numbers[1], leaps: numbers[2], changes: numbers[3], types: numbers[4],
                letters: numbers[5])
            return version < 48 ? 1 : Int(version) - 48
        }

        mutating func skipBody() -> Bool { take(counts.size(4)) != nil }

        mutating func body(wide: Bool) -> Body? {
            let width = wide ? 8 : 4
            var body = Body()
            for _ in 0..<counts.changes {
                guard let second = number(width) else { return nil }
                body.changes.append(second)
            }
            guard zip(body.changes, body.changes.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
            guard let kinds = take(counts.changes).map({ $0.map(Int.init) }) else { return nil }
            var types: [(offset: Int, isSummer: Bool, name: Int)] = []
            for _ in 0..<counts.types {
                guard let offset = number(4), let summer = take(1)?.first, let name = take(1)?.first,
                    abs(offset) < 200_000
                else { return nil }
                types.append((offset, summer != 0, Int(name)))
            }
            guard let letters = take(counts.letters).map(Array.init),
                take(counts.leaps * (width + 4) + counts.standard + counts.utc) != nil
            else { return nil }
            let periods = types.map { type in
                Period(
                    offset: type.offset, isSummer: type.isSummer,
                    name: String(decoding: letters.dropFirst(type.name).prefix { $0 != 0 }, as: UTF8.self))
            }
            for kind in kinds {
                guard periods.indices.contains(kind) else { return nil }
                body.periods.append(periods[kind])
            }
            // Before the first change: the first kind if no change leads to it, or else the first that is no summer time.
            let isFirstUnused = !kinds.contains(0)
            body.first = isFirstUnused ? periods.first : periods.first { !$0.isSummer } ?? periods.first
            return body
        }

        mutating func footer() -> String? {
            guard take(1)?.first == 0x0A else { return nil }
            return String(decoding: bytes[index...].prefix { $0 != 0x0A }, as: UTF8.self)
        }
    }
}

/// Which rules of a group can hold, found by a value in the input or an argument instead of by trying all of them.
/// The rules that it leaves out cannot hold; those that it gives are still evaluated.
struct RuleIndex {
    /// What is looked at.
    enum Probe {
        case input(UnsafeBufferPointer<RegoValue>)
        case argument(Int)
    }

    indirect enum Choice {
        case rules(UnsafeBufferPointer<Int>)
        case next(UnsafePointer<RuleIndex>)
    }

    /// Rules that ask for a text beginning with one of the keys, all of the same length.
    struct Prefixes {
        let length: Int
        let table: KeyTable
        let choices: UnsafeBufferPointer<Choice>
    }

    let probe: Probe
    let equal: KeyTable
    let choices: UnsafeBufferPointer<Choice>
    let prefixes: UnsafeBufferPointer<Prefixes>
    /// Rules that ask nothing of the probe.
    let others: Choice

    /// The rules to try, in the order of the source.
    struct Rules {
        var first = UnsafeBufferPointer<Int>(start: nil, count: 0)
        /// More of them, merged with the first.
        var merged: [Int]?

        mutating func add(_ rules: UnsafeBufferPointer<Int>) {
            guard !rules.isEmpty else { return }
            if merged == nil, first.isEmpty { return first = rules }
            merged = (merged ?? Array(first)) + rules
        }

        mutating func sort() { merged?.sort() }
    }

    func rules(input: UnsafePointer<RegoValue>?, arguments: UnsafeBufferPointer<UnsafePointer<RegoValue>>) -> Rules {
        var result = Rules()
        collect(into: &result, input, arguments)
        result.sort()
        return result
    }

    private func collect(
        into result: inout Rules, _ input: UnsafePointer<RegoValue>?,
        _ arguments: UnsafeBufferPointer<UnsafePointer<RegoValue>>
    ) {
        add(others, &result, input, arguments)
        var found: UnsafePointer<RegoValue>?
        switch probe {
        case .argument(let index): found = arguments.indices.contains(index) ? arguments[index] : nil
        case .input(let keys):
            found = input
            for index in keys.indices {
                guard let value = found, let base = keys.baseAddress else { break }
                found = Walk.member(value, base + index)
            }
        }
        guard let value = found else { return }
        if let place = equal.position(of: value) { add(choices[place], &result, input, arguments) }
        guard !prefixes.isEmpty else { return }
        guard case .string(let text) = value.pointee else {
            // What is no text is a type error, which those who ask for strict errors want to see.
            for group in prefixes { for choice in group.choices { add(choice, &result, input, arguments) } }
            return
        }
        for group in prefixes where text.utf8.count >= group.length {
            guard let place = group.table.position(of: text.utf8.prefix(group.length)) else { continue }
            add(group.choices[place], &result, input, arguments)
        }
    }

    private func add(
        _ choice: Choice, _ result: inout Rules, _ input: UnsafePointer<RegoValue>?,
        _ arguments: UnsafeBufferPointer<UnsafePointer<RegoValue>>
    ) {
        switch choice {
        case .rules(let rules): result.add(rules)
        case .next(let index): index.pointee.collect(into: &result, input, arguments)
        }
    }
}

/// Values by their hash, fixed once made.
struct KeyTable {
    private let keys: UnsafeBufferPointer<RegoValue>
    /// One more than the place of the key, 0 where free.
    private let places: UnsafeBufferPointer<UInt32>

    init(_ keys: [RegoValue], _ arena: Arena) {
        self.keys = arena.list(keys)
        var capacity = 8
        while capacity < keys.count * 2 { capacity *= 2 }
        var places = [UInt32](repeating: 0, count: keys.isEmpty ? 0 : capacity)
        for (index, key) in keys.enumerated() {
            var place = Int(truncatingIfNeeded: Self.hash(key)) & (capacity - 1)
            while places[place] != 0 { place = (place + 1) & (capacity - 1) }
            places[place] = UInt32(index + 1)
        }
        self.places = arena.list(places)
    }

    func position(of key: UnsafePointer<RegoValue>) -> Int? {
        guard !keys.isEmpty, let base = keys.baseAddress else { return nil }
        var place = Int(truncatingIfNeeded: Self.hash(key.pointee)) & (places.count - 1)
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if base[index] == key.pointee { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    func position(of bytes: Substring.UTF8View) -> Int? {
        guard !keys.isEmpty else { return nil }
        var place = Int(truncatingIfNeeded: Self.hash(bytes)) & (places.count - 1)
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if case .string(let text) = keys[index], text.utf8.elementsEqual(bytes) { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 29)
    }

    private static func hash(_ value: RegoValue) -> UInt64 {
        if case .string(let text) = value { return hash(text.utf8) }
        return UInt64(truncatingIfNeeded: value.hashValue)
    }
}

/// The forms of objects met so far: keys as they were written, and the shape that they make.
struct ObjectForms {
    struct Form {
        let written: [RegoValue]
        let shape: ObjectShape
        /// Which value comes where; empty where keys were written in order.
        let order: [UInt32]
    }

    /// By hash; a form makes way for another with the same place.
    private var known: [Form?] = []
    /// Forms that are kept.
    private let formsMax: Int

    /// Keys that a kept form has at most: an object with many keys seldom has a like.
    static let keysMax = 64

    /// `formsMax` is a power of two.
    init(formsMax: Int) { self.formsMax = formsMax }

    /// Nil where a key is there twice.
    mutating func form(of keys: ArraySlice<RegoValue>, hasTable: Bool) -> Form? {
        guard keys.count <= Self.keysMax else { return Self.form(keys, hasTable: hasTable) }
        if known.isEmpty { known = Array(repeating: nil, count: formsMax) }
        let place = place(keys)
        if let form = known[place], form.written.count == keys.count, form.written.elementsEqual(keys) { return form }
        guard let form = Self.form(keys, hasTable: hasTable) else { return nil }
        known[place] = form
        return form
    }

    /// Of the keys' lengths and first letters: forms of one document seldom share them, and then only make way.
    private func place(_ keys: ArraySlice<RegoValue>) -> Int {
        var hash: UInt = 7
        for case .string(let text) in keys {
            let bytes = text.utf8
            hash = (hash ^ UInt(bytes.count) ^ UInt(bytes.first ?? 0) << 8) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        return Int(truncatingIfNeeded: hash & UInt(formsMax - 1))
    }

    private static func form(_ keys: ArraySlice<RegoValue>, hasTable: Bool) -> Form? {
        let first = keys.startIndex
        var order = (0..<UInt32(keys.count)).map { $0 }
        var isOrdered = true
        for index in keys.indices.dropFirst() {
            let comparison = RegoValue.compare(keys[index - 1], keys[index])
            if comparison == 0 { return nil }
            if comparison > 0 { isOrdered = false }
        }
        if !isOrdered {
            order.sort { RegoValue.compare(keys[first + Int($0)], keys[first + Int($1)]) < 0 }
            for index in 1..<order.count
            where keys[first + Int(order[index - 1])] == keys[first + Int(order[index])] {
                return nil
            }
        }
        let sorted = isOrdered ? Array(keys) : order.map { keys[first + Int($0)] }
        return Form(
            written: Array(keys), shape: ObjectShape(ordered: sorted, hasTable: hasTable),
            order: isOrdered ? [] : order)
    }

    /// The place of the first key that stands a second time.
    static func duplicate(in keys: ArraySlice<RegoValue>) -> Int? {
        var seen: Set<RegoValue> = []
        for (index, key) in keys.enumerated() where !seen.insert(key).inserted { return index }
        return nil
    }
}

/// Long texts met so far, so that one that returns is stored once. Short ones need no store of their own.
struct SharedTexts {
    private var places: [String]
    /// Texts up to this length lie inside the value.
    static let shortMax = 15
    static let longMax = 96

    /// `count` is a power of two.
    init(count: Int) { places = Array(repeating: "", count: count) }

    /// The text of ASCII bytes.
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.count > Self.shortMax, bytes.count <= Self.longMax else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var hash = UInt(truncatingIfNeeded: bytes.count)
        for byte in bytes { hash = (hash ^ UInt(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        let place = Int(truncatingIfNeeded: (hash >> 32) & UInt(places.count - 1))
        if places[place].utf8.count == bytes.count, places[place].utf8.elementsEqual(bytes) { return places[place] }
        let text = String(decoding: bytes, as: UTF8.self)
        places[place] = text
        return text
    }
}

/// The keys of an object, in Rego's order; shared by objects of the same form.
final class ObjectShape: Sendable {
    let keys: [RegoValue]
    /// Open addressing by the keys' bytes: one more than the place, 0 where free. Only long-lived objects with many keys
    /// have one, so that finding a key does not grow with their number.
    private let table: [UInt32]

    /// With fewer keys than this a table is not worth its memory.
    static let tableMin = 24
    /// Up to so many keys are looked at one after the other, before their order is used.
    static let linearMax = 16

    static let empty = ObjectShape(ordered: [])

    init(ordered keys: [RegoValue], hasTable: Bool = false) {
        self.keys = keys
        table = hasTable ? Self.table(of: keys) : []
    }

    var hasTable: Bool { !table.isEmpty }

    /// Empty where a key is no text: then the order serves.
    private static func table(of keys: [RegoValue]) -> [UInt32] {
        guard keys.count >= tableMin, keys.count < Int(UInt32.max) / 2 else { return [] }
        var capacity = 64
        while capacity < keys.count * 2 { capacity *= 2 }
        var table = [UInt32](repeating: 0, count: capacity)
        for (index, key) in keys.enumerated() {
            guard case .string(let text) = key else { return [] }
            var place = Int(truncatingIfNeeded: hash(text)) & (capacity - 1)
            while table[place] != 0 { place = (place + 1) & (capacity - 1) }
            table[place] = UInt32(index + 1)
        }
        return table
    }

    /// Told to be free of effects, so that looking into an object in place does not copy it.
    @_effects(readonly)
    func position(of key: RegoValue) -> Int? {
        if keys.count <= Self.linearMax, case .string(let text) = key {
            for index in keys.indices {
                if case .string(let other) = keys[index], RegoValue.haveSameStorage(text, other) { return index }
            }
        }
        guard !table.isEmpty else { return keys.orderedPosition(of: key) }
        guard case .string(let text) = key else { return nil }
        var place = Int(truncatingIfNeeded: Self.hash(text)) & (table.count - 1)
        while table[place] != 0 {
            let index = Int(table[place]) - 1
            if keys[index] == key { return index }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Data is the policy's own, so that nobody chooses keys that collide; a plain hash serves.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 29)
    }
}

extension RegoValue {
    /// The same for being kept and asked often: objects with many keys find them by a table. Nil when it is so already.
    func indexed() -> RegoValue? {
        switch self {
        case .array(let elements): return Self.indexed(elements).map { .array($0) }
        case .object(let object):
            let values = Self.indexed(object.values)
            let needsTable = object.count >= ObjectShape.tableMin && !object.shape.hasTable
            guard values != nil || needsTable else { return nil }
            let shape = needsTable ? ObjectShape(ordered: object.shape.keys, hasTable: true) : object.shape
            return .object(RegoObject(shape: shape, values: values ?? object.values))
        default: return nil
        }
    }

    private static func indexed(_ elements: [RegoValue]) -> [RegoValue]? {
        var changed: [RegoValue]?
        for (index, element) in elements.enumerated() {
            guard let next = element.indexed() else { continue }
            if changed == nil { changed = elements }
            changed?[index] = next
        }
        return changed
    }
}

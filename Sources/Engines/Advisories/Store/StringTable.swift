/// Texts with a number each, found by their hash without reading the others.
enum StringTable {
    /// FNV-1a, 64 bits: no seed, so that equal texts give equal files. Attackers who make texts collide slow down a
    /// look-up, which is bounded by the table's size.
    static func hash(_ part: UnsafeRawBufferPointer) -> UInt64 {
        let value = add(part, to: start)
        return value ^ value >> 32
    }

    static func hash(_ one: UnsafeRawBufferPointer, _ two: UnsafeRawBufferPointer) -> UInt64 {
        let value = add(two, to: add(one, to: start))
        return value ^ value >> 32
    }

    private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func add(_ part: UnsafeRawBufferPointer, to value: UInt64) -> UInt64 {
        var value = value
        for byte in part { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value &* 0x100_0000_01B3
    }

    /// The slots of a table: for each text its number plus one, zero for an empty slot.
    static func slots(_ hashes: [UInt64]) -> [UInt8] {
        var capacity = 8
        while capacity < hashes.count * 2 { capacity *= 2 }
        var slots = [Int](repeating: 0, count: capacity)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = number + 1
        }
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(capacity * 4)
        for slot in slots { writer.u32(slot) }
        return writer.bytes
    }

    /// The number of the text that `isWanted` recognises among those with the hash.
    static func find(
        _ region: ByteRegion, _ section: Range<Int>, _ hash: UInt64, _ isWanted: (Int) -> Bool
    ) -> Int? {
        let capacity = section.count / 4
        guard capacity > 0, capacity & (capacity - 1) == 0 else { return nil }
        var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
        for _ in 0..<capacity {
            let number = region.u32(section.lowerBound + slot * 4)
            if number == 0 { return nil }
            if isWanted(number - 1) { return number - 1 }
            slot = (slot + 1) & (capacity - 1)
        }
        return nil
    }
}

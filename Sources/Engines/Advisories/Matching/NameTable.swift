import Packages

/// The names of an ecosystem's packages, each found with one look at a table and one at its text.
final class NameTable {
    private struct Slot {
        /// The part of the hash that does not say where the slot is.
        var mark: UInt32 = 0
        /// The package's place among those of the ecosystem, plus one; zero for an empty slot.
        var number: UInt32 = 0
        /// From the beginning of all names.
        var start: UInt32 = 0
        var count: UInt32 = 0
    }

    /// The numbers of the ecosystem's packages in the base.
    let keys: Range<Int>
    private let region: ByteRegion
    private let texts: Int
    private var slots: ContiguousArray<Slot>

    init(_ ecosystem: String, _ base: AdvisoryBase) {
        keys = base.keys(of: ecosystem)
        region = base.region
        texts = base.section(.nameText).lowerBound
        var capacity = 8
        while capacity < keys.count * 2 { capacity *= 2 }
        slots = ContiguousArray(repeating: Slot(), count: capacity)
        for number in keys {
            let text = base.keyText(number)
            let hash = Self.hash(UnsafeRawBufferPointer(region.bytes(text)))
            var slot = Int(truncatingIfNeeded: hash >> 32) & (capacity - 1)
            while slots[slot].number != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Slot(
                mark: UInt32(truncatingIfNeeded: hash),
                number: UInt32(truncatingIfNeeded: number - keys.lowerBound + 1),
                start: UInt32(truncatingIfNeeded: text.start - texts), count: UInt32(truncatingIfNeeded: text.count))
        }
    }

    /// A package's place among those of the ecosystem, by its normal name.
    func number(of name: UnsafeRawBufferPointer) -> Int? {
        slots.withUnsafeBufferPointer { slots in
            let hash = Self.hash(name)
            let mark = UInt32(truncatingIfNeeded: hash)
            var index = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
            // Half of the slots are empty.
            while slots[index].number != 0 {
                let slot = slots[index]
                if slot.mark == mark, region.equals(texts + Int(slot.start), Int(slot.count), name) {
                    return Int(slot.number) - 1
                }
                index = (index + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// A hash that takes eight bytes at once. Who makes names collide slows a look-up down, no more.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index + 8 <= bytes.count {
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
            index += 8
        }
        while index < bytes.count {
            hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3
            index += 1
        }
        hash ^= hash >> 29
        hash = hash &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 32
    }
}

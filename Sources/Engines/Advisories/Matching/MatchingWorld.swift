import Packages

/// The packages of one ecosystem and release, by what a session has made ready for them.
final class MatchingWorld {
    let ecosystem: Ecosystem
    /// Whether advisories are about what packages were built from.
    let isAboutSources: Bool
    /// The numbers of the ecosystem's packages in the base.
    let keys: Range<Int>
    /// By a package's place among them.
    var releases: ContiguousArray<CompiledRelease?>
    private let base: AdvisoryBase?
    private let hash: UInt64
    private let spelling: Spelling
    /// A bit for each hash that a package has: most names that are asked for are in no advisory, and are known by that.
    private var mayBeKnown: [UInt64]

    /// What an ecosystem's names look like when they are normal.
    private enum Spelling {
        /// Names are what they are.
        case any
        case lowercase
        /// Letters, digits and single hyphens.
        case python
        /// Not known: names have to be made normal.
        case unknown
    }

    init(_ ecosystem: Ecosystem, _ base: AdvisoryBase?) {
        self.ecosystem = ecosystem
        self.base = base
        let ordering = ecosystem.ordering
        isAboutSources = ordering == .dpkg || ordering == .apk
        keys = base?.keys(of: ecosystem.name) ?? 0..<0
        releases = ContiguousArray(repeating: nil, count: keys.count)
        var name = ecosystem.name
        hash = name.withUTF8 { StringTable.hash(ofFirst: UnsafeRawBufferPointer($0)) }
        var bits = [UInt64](repeating: 0, count: max(1, keys.count / 4).nextPowerOfTwo)
        if let base {
            for number in keys {
                var name = base.key(number).name
                let place = name.withUTF8 { Self.bit(UnsafeRawBufferPointer($0)) } & (bits.count * 64 - 1)
                bits[place >> 6] |= 1 << UInt64(place & 63)
            }
        }
        mayBeKnown = bits
        spelling =
            if ecosystem.isOperatingSystem {
                .any
            } else {
                switch ecosystem.name {
                case "npm", "Go", "crates.io", "RubyGems", "Maven", "Bitnami": .any
                case "Packagist", "NuGet", "Hex": .lowercase
                case "PyPI": .python
                default: .unknown
                }
            }
    }

    /// Whether a name is spelt as the index spells it. False costs time and is no lie.
    func isNormal(_ name: String) -> Bool {
        switch spelling {
        case .any: return true
        case .unknown: return false
        case .lowercase: return name.utf8.allSatisfy { $0 < 0x80 && $0 &- 65 >= 26 }
        case .python:
            var last: UInt8 = 0
            for byte in name.utf8 {
                switch byte {
                case UInt8(ascii: "-"): if last == byte { return false }
                case UInt8(ascii: "_"), UInt8(ascii: "."): return false
                default: if byte &- 65 < 26 { return false }
                }
                last = byte
            }
            return true
        }
    }

    /// A package's place among those of the ecosystem, by its normal name.
    func number(of name: String) -> Int? {
        guard let base, !keys.isEmpty else { return nil }
        var name = name
        let number = name.withUTF8 { bytes -> Int? in
            let bytes = UnsafeRawBufferPointer(bytes)
            let place = Self.bit(bytes) & (mayBeKnown.count * 64 - 1)
            guard mayBeKnown[place >> 6] >> UInt64(place & 63) & 1 == 1 else { return nil }
            return base.keyNumber(hash, bytes, among: keys)
        }
        return number.map { $0 - keys.lowerBound }
    }

    /// A hash that takes eight bytes at once.
    private static func bit(_ bytes: UnsafeRawBufferPointer) -> Int {
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
        return Int(truncatingIfNeeded: hash >> 33)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int {
        var power = 1
        while power < self { power *= 2 }
        return power
    }
}

/// The worlds that a session has met.
struct MatchingWorlds {
    /// Nobody has more releases; somebody who asks for thousands waits for what is made ready again.
    private static let worldsMax = 256

    private let base: AdvisoryBase?
    private var last: MatchingWorld?
    private var worlds: ContiguousArray<MatchingWorld> = []
    /// Numbers of worlds plus one, by their hashes.
    private var slots = ContiguousArray<UInt16>(repeating: 0, count: worldsMax * 4)

    init(_ base: AdvisoryBase?) { self.base = base }

    subscript(ecosystem: Ecosystem) -> MatchingWorld {
        mutating get {
            // A list of packages mostly stays in one world.
            if let last, last.ecosystem == ecosystem { return last }
            let world = find(ecosystem)
            last = world
            return world
        }
    }

    private mutating func find(_ ecosystem: Ecosystem) -> MatchingWorld {
        var slot = Self.hash(ecosystem) & (slots.count - 1)
        while slots[slot] != 0 {
            let world = worlds[Int(slots[slot]) - 1]
            if world.ecosystem == ecosystem { return world }
            slot = (slot + 1) & (slots.count - 1)
        }
        if worlds.count == Self.worldsMax {
            worlds = []
            for index in slots.indices { slots[index] = 0 }
            slot = Self.hash(ecosystem) & (slots.count - 1)
        }
        let world = MatchingWorld(ecosystem, base)
        worlds.append(world)
        slots[slot] = UInt16(truncatingIfNeeded: worlds.count)
        return world
    }

    private static func hash(_ ecosystem: Ecosystem) -> Int {
        var name = ecosystem.name, release = ecosystem.release ?? ""
        let hash = name.withUTF8 { one in
            release.withUTF8 { StringTable.hash(UnsafeRawBufferPointer(one), UnsafeRawBufferPointer($0)) }
        }
        return Int(truncatingIfNeeded: hash)
    }
}

import Packages

/// The packages of one ecosystem and release, by what a session has made ready for them.
final class MatchingWorld {
    let ecosystem: Ecosystem
    /// Whether advisories are about what packages were built from.
    let isAboutSources: Bool
    /// The names of the ecosystem's packages in the base.
    let names: NameTable?
    /// By a package's place among them.
    var releases: ContiguousArray<CompiledRelease?>
    private let spelling: Spelling

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

    init(_ ecosystem: Ecosystem, _ names: NameTable?) {
        self.ecosystem = ecosystem
        self.names = names
        let ordering = ecosystem.ordering
        isAboutSources = ordering == .dpkg || ordering == .apk
        releases = ContiguousArray(repeating: nil, count: names?.keys.count ?? 0)
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
        guard let names else { return nil }
        var name = name
        return name.withUTF8 { names.number(of: UnsafeRawBufferPointer($0)) }
    }
}

/// The worlds that a session has met.
struct MatchingWorlds {
    /// Nobody has more releases; somebody who asks for thousands waits for what is made ready again.
    private static let worldsMax = 256

    private let base: AdvisoryBase?
    private var last: MatchingWorld?
    /// By the ecosystem's name: all releases of a distribution have the same.
    private var names: [String: NameTable] = [:]
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
        let names = self.names[ecosystem.name] ?? base.map { NameTable(ecosystem.name, $0) }
        self.names[ecosystem.name] = names
        let world = MatchingWorld(ecosystem, names)
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

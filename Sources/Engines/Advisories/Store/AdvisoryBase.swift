import Documents
import Packages
public import WaybillCore

/// Advisories in the bytes of a file, used where they lie: opening reads a header, asking reads what is asked for.
///
/// A class, because every question of a million goes through it.
public final class AdvisoryBase: Sendable {
    let region: ByteRegion
    public let meta: AdvisoryMeta
    /// The digest of everything behind the header: the snapshot's name.
    public let digest: Digest
    private let sections: [Range<Int>]

    /// Throws `.corrupted` where the bytes are not what their digest says, `.unsupported` for another version's file.
    public init(_ region: ByteRegion, subject: String) throws(WaybillError) {
        func damaged(_ what: String) -> WaybillError {
            WaybillError(.corrupted, what, subject: subject, remedy: "import the advisories again")
        }
        guard region.has(0, AdvisoryBaseWriter.headerLength) else { throw damaged("is too short for advisories") }
        guard region.bytes(0, 8).elementsEqual(AdvisoryBaseWriter.magic) else {
            let isOther = region.bytes(0, 7).elementsEqual(AdvisoryBaseWriter.magic.prefix(7))
            throw WaybillError(
                isOther ? .unsupported : .corrupted, isOther ? "was written by another version" : "holds no advisories",
                subject: subject, remedy: "import the advisories again")
        }
        guard region.u64(8) == UInt64(region.count) else { throw damaged("is not whole") }
        var hasher = DigestHasher()
        hasher.update(region.bytes(48, region.count - 48))
        digest = hasher.finish()
        guard Hex.encode(Array(region.bytes(16, 32))) == digest.hex else { throw damaged("does not match its digest") }
        var sections: [Range<Int>] = []
        for section in AdvisoryBaseWriter.Section.allCases {
            guard let start = Int(exactly: region.u64(48 + section.rawValue * 16)),
                let length = Int(exactly: region.u64(56 + section.rawValue * 16)), region.has(start, length)
            else { throw damaged("has a broken table of sections") }
            sections.append(start..<(start + length))
        }
        self.region = region
        self.sections = sections
        let text = region.bytes(sections[0].lowerBound, sections[0].count)
        guard let value = try? JSONReader.value(from: text) else { throw damaged("has a broken description") }
        meta = AdvisoryMeta(value)
    }

    public convenience init(bytes: [UInt8], subject: String) throws(WaybillError) {
        try self.init(ByteRegion(copying: bytes), subject: subject)
    }

    func section(_ section: AdvisoryBaseWriter.Section) -> Range<Int> { sections[section.rawValue] }

    static func hash(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { StringTable.hash(UnsafeRawBufferPointer($0)) }
    }

    static func hash(_ one: String, _ two: String) -> UInt64 {
        var one = one, two = two
        return one.withUTF8 { first in
            two.withUTF8 { StringTable.hash(UnsafeRawBufferPointer(first), UnsafeRawBufferPointer($0)) }
        }
    }

    // MARK: packages

    var keyCount: Int { section(.keys).count / 20 }

    func key(_ number: Int) -> AdvisoryIndex.Key {
        let place = section(.keys).lowerBound + number * 20
        let text = section(.nameText).lowerBound + region.u32(place)
        let ecosystem = region.u32(place + 4), name = region.u32(place + 8)
        return AdvisoryIndex.Key(
            ecosystemName: region.string(text, ecosystem), normalizedName: region.string(text + ecosystem, name))
    }

    /// Names of ecosystems, each once: keys stand in order, so that whole ecosystems are stepped over.
    var ecosystems: [String] {
        var result: [String] = []
        var next = 0
        while next < keyCount {
            let name = key(next).ecosystem
            result.append(name)
            var low = next + 1, high = keyCount
            while low < high {
                let middle = (low + high) / 2
                if key(middle).ecosystem == name { low = middle + 1 } else { high = middle }
            }
            next = low
        }
        return result
    }

    /// The number of a package, by the ecosystem's name and its normalised name.
    func keyNumber(_ ecosystem: String, _ name: String) -> Int? {
        var ecosystem = ecosystem, name = name
        let keys = section(.keys).lowerBound, texts = section(.nameText).lowerBound
        return ecosystem.withUTF8 { one in
            let one = UnsafeRawBufferPointer(one)
            return name.withUTF8 { two in
                let two = UnsafeRawBufferPointer(two)
                return StringTable.find(region, section(.keySlots), StringTable.hash(one, two)) { number in
                    guard number < keyCount else { return false }
                    let place = keys + number * 20
                    let text = texts + region.u32(place)
                    return region.equals(text, region.u32(place + 4), one)
                        && region.equals(text + one.count, region.u32(place + 8), two)
                }
            }
        }
    }

    /// Where a package's normalised name stands.
    func keyText(_ number: Int) -> TextPlace {
        let place = section(.keys).lowerBound + number * 20
        return TextPlace(
            start: section(.nameText).lowerBound + region.u32(place) + region.u32(place + 4),
            count: region.u32(place + 8))
    }

    /// The numbers of an ecosystem's packages, which stand beside each other.
    func keys(of ecosystem: String) -> Range<Int> {
        func first(_ isWanted: (String) -> Bool) -> Int {
            var low = 0, high = keyCount
            while low < high {
                let middle = (low + high) / 2
                if isWanted(key(middle).ecosystem) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let start = first { !$0.utf8.lexicographicallyPrecedes(ecosystem.utf8) }
        let end = first { ecosystem.utf8.lexicographicallyPrecedes($0.utf8) }
        return start..<max(start, end)
    }

    /// Records about a package that count, with the place of what they say about it.
    func postings(_ key: Int) -> [(advisory: Int, entry: Int)] {
        let (start, count) = postingList(key)
        return (0..<count).map { (region.u32(start + $0 * 8), region.u32(start + $0 * 8 + 4)) }
    }

    /// How many of a package's postings there are, and where they begin.
    func postingList(_ key: Int) -> (start: Int, count: Int) {
        let place = section(.keys).lowerBound + key * 20
        let count = min(region.u32(place + 16), section(.postings).count / 8)
        return (section(.postings).lowerBound + region.u32(place + 12) * 8, count)
    }

    func affected(_ entry: Int, _ key: AdvisoryIndex.Key) -> Advisory.Affected? {
        let entries = section(.entries)
        var cursor = ByteCursor(region, entries.lowerBound + entry, end: entries.upperBound)
        return AdvisoryCoding.readAffected(&cursor, ecosystem: key.ecosystem, name: key.name)
    }

    // MARK: records

    public var count: Int { max(section(.recordOffsets).count / 4 - 1, 0) }

    /// A record with everything. One whose bytes make no sense is told as such, with the highest severity: nothing can
    /// be believed then.
    func advisory(_ number: Int) -> Advisory {
        let offsets = section(.recordOffsets).lowerBound, records = section(.records)
        guard number >= 0, number < count else { return Self.unreadable(number) }
        var cursor = ByteCursor(
            region, records.lowerBound + region.u32(offsets + number * 4),
            end: records.lowerBound + region.u32(offsets + number * 4 + 4))
        guard let (read, places) = AdvisoryCoding.read(&cursor) else { return Self.unreadable(number) }
        var advisory = read
        for place in places {
            guard place.key < keyCount, let affected = affected(place.entry, key(place.key)) else {
                return Self.unreadable(number)
            }
            advisory.affected.append(affected)
        }
        return advisory
    }

    /// A record without what it says about packages.
    func head(_ number: Int) -> Advisory {
        let offsets = section(.recordOffsets).lowerBound, records = section(.records)
        guard number >= 0, number < count else { return Self.unreadable(number) }
        var cursor = ByteCursor(
            region, records.lowerBound + region.u32(offsets + number * 4),
            end: records.lowerBound + region.u32(offsets + number * 4 + 4))
        return AdvisoryCoding.read(&cursor)?.advisory ?? Self.unreadable(number)
    }

    /// The names of a record; nil where they cannot be read.
    func names(_ number: Int) -> Advisory? {
        let offsets = section(.recordOffsets).lowerBound, records = section(.records)
        guard number >= 0, number < count else { return nil }
        var cursor = ByteCursor(
            region, records.lowerBound + region.u32(offsets + number * 4),
            end: records.lowerBound + region.u32(offsets + number * 4 + 4))
        return AdvisoryCoding.readNames(&cursor)
    }

    static func unreadable(_ number: Int) -> Advisory {
        Advisory(
            id: "WB-ADVISORY-UNREADABLE-\(number)", summary: "the record in the base of advisories cannot be read",
            severity: .critical)
    }

    /// The numbers of the records with a name, in whatever letters' case.
    func records(named name: String) -> [Int] {
        let name = name.uppercased()
        let table = section(.names).lowerBound, text = section(.nameText)
        func cursor(_ number: Int) -> ByteCursor {
            ByteCursor(region, text.lowerBound + region.u32(table + number * 8), end: text.upperBound)
        }
        guard
            let number = StringTable.find(
                region, section(.nameSlots), Self.hash(name),
                { number in
                    var cursor = cursor(number)
                    return cursor.string().utf8.elementsEqual(name.utf8)
                })
        else { return [] }
        var reader = cursor(number)
        _ = reader.string()
        var numbers: [Int] = []
        for _ in 0..<reader.length() where !reader.isDamaged { numbers.append(reader.number()) }
        return numbers
    }

    // MARK: attacks

    public var exploitationCount: Int {
        // Each takes more than four bytes: a larger number is a lie.
        min(region.u32(section(.exploits).lowerBound), section(.exploits).count / 5)
    }

    func exploitation(_ number: Int) -> (cve: String, facts: Exploitation)? {
        let place = section(.exploits)
        let text = place.lowerBound + 4 + exploitationCount * 4
        var cursor = ByteCursor(region, text + region.u32(place.lowerBound + 4 + number * 4), end: place.upperBound)
        let cve = cursor.string()
        let facts = Exploitation(
            knownSince: cursor.optional(), dueDate: cursor.optional(), isUsedForRansom: cursor.byte() == 1,
            probability: cursor.double(), percentile: cursor.double())
        return cursor.isDamaged ? nil : (cve, facts)
    }

    func exploitation(of cve: String) -> Exploitation? {
        let number = StringTable.find(region, section(.exploitSlots), Self.hash(cve)) { number in
            exploitation(number)?.cve.utf8.elementsEqual(cve.utf8) == true
        }
        return number.flatMap { exploitation($0)?.facts }
    }
}

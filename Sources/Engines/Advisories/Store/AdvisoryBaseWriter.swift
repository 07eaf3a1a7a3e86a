import Documents
import Packages
import WaybillCore

/// Writes advisories as one file that is used where it lies: equal records give equal bytes.
public enum AdvisoryBaseWriter {
    static let magic: [UInt8] = Array("WBADVIS1".utf8)
    /// Before the sections: magic, length, digest, then where each section begins and ends.
    static let headerLength = 48 + Section.allCases.count * 16

    enum Section: Int, CaseIterable {
        case meta, keySlots, keys, postings, entries, recordOffsets, records, nameSlots, names, nameText, exploitSlots
        case exploits
    }

    public static func bytes(
        _ advisories: some Sequence<Advisory>, exploitations: [String: Exploitation], meta: AdvisoryMeta
    ) -> [UInt8] {
        let sorted = advisories.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        var sections = [[UInt8]](repeating: [], count: Section.allCases.count)
        sections[Section.meta.rawValue] = JSONWriter.bytes(meta.value, style: .canonical)
        let keys = writeRecords(sorted, &sections)
        writeKeys(keys, &sections)
        writeNames(sorted, &sections)
        writeExploits(exploitations, &sections)
        return assembled(sections)
    }

    private static func assembled(_ sections: [[UInt8]]) -> [UInt8] {
        var table = ByteWriter()
        var offset = headerLength
        for section in sections {
            table.u64(UInt64(offset))
            table.u64(UInt64(section.count))
            offset += section.count
        }
        var body = table.bytes
        body.reserveCapacity(offset)
        for section in sections { body += section }
        var writer = ByteWriter()
        writer.bytes = magic
        writer.u64(UInt64(offset))
        writer.bytes += Hex.decode(Digest.sha256(of: body).hex) ?? [UInt8](repeating: 0, count: 32)
        return writer.bytes + body
    }

    private struct KeyList {
        var number: [AdvisoryIndex.Key: Int] = [:]
        var list: [(key: AdvisoryIndex.Key, postings: [(advisory: Int, entry: Int)])] = []
    }

    private static func writeRecords(_ advisories: [Advisory], _ sections: inout [[UInt8]]) -> KeyList {
        var keys = KeyList()
        // In order, so that the numbers do not depend on chance.
        let all = Set(advisories.flatMap { AdvisoryIndex.keys(of: $0) }).sorted()
        for key in all {
            keys.number[key] = keys.list.count
            keys.list.append((key, []))
        }
        var entries = ByteWriter(), records = ByteWriter(), offsets = ByteWriter()
        // The first byte is nobody's: zero is no place.
        entries.byte(0)
        for (number, advisory) in advisories.enumerated() {
            var places: [(key: Int, entry: Int)] = []
            for affected in advisory.affected {
                guard let key = keys.number[AdvisoryIndex.Key(affected.ecosystem, affected.name)] else { continue }
                places.append((key, entries.bytes.count))
                if advisory.withdrawn == nil { keys.list[key].postings.append((number, entries.bytes.count)) }
                AdvisoryCoding.write(affected, to: &entries)
            }
            offsets.u32(records.bytes.count)
            AdvisoryCoding.write(advisory, places, to: &records)
        }
        offsets.u32(records.bytes.count)
        sections[Section.entries.rawValue] = entries.bytes
        sections[Section.records.rawValue] = records.bytes
        sections[Section.recordOffsets.rawValue] = offsets.bytes
        return keys
    }

    private static func writeKeys(_ keys: KeyList, _ sections: inout [[UInt8]]) {
        var text = ByteWriter(), table = ByteWriter(), postings = ByteWriter()
        var hashes: [UInt64] = []
        for (key, list) in keys.list {
            // Each key names its texts in the names' section, which is written after it and appended to.
            table.u32(text.bytes.count)
            table.u32(key.ecosystem.utf8.count)
            table.u32(key.name.utf8.count)
            table.u32(postings.bytes.count / 8)
            table.u32(list.count)
            text.bytes += Array(key.ecosystem.utf8) + Array(key.name.utf8)
            for posting in list {
                postings.u32(posting.advisory)
                postings.u32(posting.entry)
            }
            hashes.append(AdvisoryBase.hash(key.ecosystem, key.name))
        }
        sections[Section.keySlots.rawValue] = StringTable.slots(hashes)
        sections[Section.keys.rawValue] = table.bytes
        sections[Section.postings.rawValue] = postings.bytes
        sections[Section.nameText.rawValue] = text.bytes
    }

    private static func writeNames(_ advisories: [Advisory], _ sections: inout [[UInt8]]) {
        var hits: [String: [Int]] = [:]
        for (number, advisory) in advisories.enumerated() {
            for name in Set(advisory.searchNames.map { $0.uppercased() }) { hits[name, default: []].append(number) }
        }
        var table = ByteWriter(), text = ByteWriter()
        text.bytes = sections[Section.nameText.rawValue]
        var hashes: [UInt64] = []
        for (name, numbers) in hits.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            table.u32(text.bytes.count)
            text.string(name)
            text.number(numbers.count)
            for number in numbers { text.number(number) }
            table.u32(text.bytes.count)
            hashes.append(AdvisoryBase.hash(name))
        }
        sections[Section.names.rawValue] = table.bytes
        sections[Section.nameText.rawValue] = text.bytes
        sections[Section.nameSlots.rawValue] = StringTable.slots(hashes)
    }

    private static func writeExploits(_ exploitations: [String: Exploitation], _ sections: inout [[UInt8]]) {
        var text = ByteWriter(), offsets = ByteWriter()
        var hashes: [UInt64] = []
        let sorted = exploitations.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (cve, facts) in sorted {
            offsets.u32(text.bytes.count)
            text.string(cve)
            text.optional(facts.knownSince)
            text.optional(facts.dueDate)
            text.byte(facts.isUsedForRansom ? 1 : 0)
            text.double(facts.probability)
            text.double(facts.percentile)
            hashes.append(AdvisoryBase.hash(cve))
        }
        // Offsets first: their number says where the texts begin.
        var section = ByteWriter()
        section.u32(sorted.count)
        section.bytes += offsets.bytes + text.bytes
        sections[Section.exploits.rawValue] = section.bytes
        sections[Section.exploitSlots.rawValue] = StringTable.slots(hashes)
    }
}

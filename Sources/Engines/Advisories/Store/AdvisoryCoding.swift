import Packages
import WaybillCore

/// The bytes of records and of what they say about one package.
enum AdvisoryCoding {
    private static let severities: [Severity] = [.unknown, .info, .low, .medium, .high, .critical]

    /// What stands in a record beside its packages.
    static func write(_ advisory: Advisory, _ affected: [(key: Int, entry: Int)], to writer: inout ByteWriter) {
        writer.string(advisory.id)
        writer.strings(advisory.aliases)
        writer.strings(advisory.related)
        writer.string(advisory.summary)
        writer.string(advisory.details)
        writer.byte(UInt8(severities.firstIndex(of: advisory.severity) ?? 0))
        writer.double(advisory.score)
        writer.optional(advisory.published)
        writer.string(advisory.modified)
        writer.optional(advisory.withdrawn)
        writer.strings(advisory.references)
        writer.strings(advisory.weaknesses)
        writer.number(advisory.ratings.count)
        for rating in advisory.ratings {
            writer.string(rating.source)
            writer.byte(UInt8(severities.firstIndex(of: rating.severity) ?? 0))
            writer.double(rating.score)
            writer.optional(rating.vector)
        }
        writer.number(affected.count)
        for (key, entry) in affected {
            writer.number(key)
            writer.number(entry)
        }
    }

    /// Only the id and the other names of a record, which come first.
    static func readNames(_ cursor: inout ByteCursor) -> Advisory? {
        var advisory = Advisory(id: cursor.string())
        advisory.aliases = cursor.strings()
        advisory.related = cursor.strings()
        return cursor.isDamaged ? nil : advisory
    }

    static func read(_ cursor: inout ByteCursor) -> (advisory: Advisory, affected: [(key: Int, entry: Int)])? {
        var advisory = Advisory(id: cursor.string())
        advisory.aliases = cursor.strings()
        advisory.related = cursor.strings()
        advisory.summary = cursor.string()
        advisory.details = cursor.string()
        advisory.severity = severity(cursor.byte())
        advisory.score = cursor.double()
        advisory.published = cursor.optional()
        advisory.modified = cursor.string()
        advisory.withdrawn = cursor.optional()
        advisory.references = cursor.strings()
        advisory.weaknesses = cursor.strings()
        for _ in 0..<cursor.length() where !cursor.isDamaged {
            advisory.ratings.append(
                .init(
                    source: cursor.string(), severity: severity(cursor.byte()), score: cursor.double(),
                    vector: cursor.optional()))
        }
        var affected: [(key: Int, entry: Int)] = []
        for _ in 0..<cursor.length() where !cursor.isDamaged { affected.append((cursor.number(), cursor.number())) }
        return cursor.isDamaged ? nil : (advisory, affected)
    }

    private static func severity(_ byte: UInt8) -> Severity { severities[min(Int(byte), severities.count - 1)] }

    /// Everything about an affected package but its ecosystem's name and its normalised name, which the index has.
    static func write(_ affected: Advisory.Affected, to writer: inout ByteWriter) {
        writer.optional(affected.ecosystem.release)
        let normalized = affected.ecosystem.normalized(affected.name)
        writer.optional(normalized.utf8.elementsEqual(affected.name.utf8) ? nil : affected.name)
        writer.optional(affected.state)
        writer.number(affected.ranges.count)
        for range in affected.ranges {
            writer.number(range.events.count)
            for event in range.events {
                switch event {
                case .introduced: writer.byte(0)
                case .fixed: writer.byte(1)
                case .lastAffected: writer.byte(2)
                case .limit: writer.byte(3)
                }
                writer.string(event.version)
            }
        }
        writer.strings(affected.versions)
    }

    static func readAffected(_ cursor: inout ByteCursor, ecosystem: String, name: String) -> Advisory.Affected? {
        let release = cursor.optional()
        let original = cursor.optional()
        var affected = Advisory.Affected(
            ecosystem: Ecosystem(name: ecosystem, release: release), name: original ?? name, state: cursor.optional())
        for _ in 0..<cursor.length() where !cursor.isDamaged {
            var events: [AffectedRange.Event] = []
            for _ in 0..<cursor.length() where !cursor.isDamaged {
                let kind = cursor.byte(), version = cursor.string()
                switch kind {
                case 0: events.append(.introduced(version))
                case 1: events.append(.fixed(version))
                case 2: events.append(.lastAffected(version))
                default: events.append(.limit(version))
                }
            }
            affected.ranges.append(AffectedRange(events))
        }
        affected.versions = cursor.strings()
        return cursor.isDamaged ? nil : affected
    }
}

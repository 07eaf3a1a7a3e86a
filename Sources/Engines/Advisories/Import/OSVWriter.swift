public import Documents
import Packages
import WaybillCore

/// Writes advisories in OSV's JSON, with what this program uses of them.
public enum OSVWriter {
    public static func value(of advisory: Advisory) -> Value {
        var record: Value = [
            "schema_version": "1.6.0", "id": .string(id(advisory.id)),
            "modified": .string(moment(advisory.modified)),
        ]
        if let published = advisory.published { record["published"] = .string(moment(published)) }
        if let withdrawn = advisory.withdrawn { record["withdrawn"] = .string(moment(withdrawn)) }
        if !advisory.aliases.isEmpty { record["aliases"] = .array(advisory.aliases.map(Value.string)) }
        if !advisory.summary.isEmpty { record["summary"] = .string(advisory.summary) }
        if !advisory.details.isEmpty { record["details"] = .string(advisory.details) }
        if !advisory.related.isEmpty { record["related"] = .array(advisory.related.map(Value.string)) }
        let vectors = advisory.ratings.compactMap { rating -> Value? in
            guard let vector = rating.vector, let cvss = CVSS(vector: vector) else { return nil }
            return ["type": .string("CVSS_V\(cvss.version)"), "score": .string(vector)]
        }
        if !vectors.isEmpty { record["severity"] = .array(unique(vectors)) }
        record["affected"] = .array(advisory.affected.map(affected))
        if !advisory.references.isEmpty {
            record["references"] = .array(advisory.references.map { ["type": "WEB", "url": .string($0)] })
        }
        if advisory.severity != .unknown {
            var specific: Value = ["severity": .string(advisory.severity.rawValue.uppercased())]
            if let score = advisory.score { specific["score"] = .number(Number(score)) }
            record["database_specific"] = specific
        }
        if !advisory.weaknesses.isEmpty {
            record["database_specific"] = record["database_specific"] ?? [:]
            record["database_specific"]?["cwe_ids"] = .array(advisory.weaknesses.map(Value.string))
        }
        if !advisory.ratings.isEmpty {
            record["database_specific"] = record["database_specific"] ?? [:]
            record["database_specific"]?["ratings"] = .array(advisory.ratings.map(rating))
        }
        return record
    }

    /// What answers to many questions at once say about a record.
    public static func reference(to advisory: Advisory) -> Value {
        ["id": .string(id(advisory.id)), "modified": .string(moment(advisory.modified))]
    }

    /// Publishers that have no letters of their own in OSV have `x_` before theirs.
    static func id(_ id: String) -> String {
        foreign.contains { id.hasPrefix($0) } ? "x_" + id : id
    }

    /// The publishers whose records have names that we give.
    private static let foreign = ["RUBYSEC:", "FRIENDSOFPHP:", "RETIRE:", "NSWG-", "RUST-"]

    /// In UTC as OSV writes it; a day is its first moment. Without any, nothing newer is older.
    static func moment(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let digits = [0, 1, 2, 3, 5, 6, 8, 9]
        guard bytes.count >= 10, digits.allSatisfy({ bytes[$0] &- 48 < 10 }), bytes[4] == 45, bytes[7] == 45,
            !text.hasPrefix("000")
        else { return "1970-01-01T00:00:00Z" }
        let isWhole = bytes.count >= 20 && bytes[10] == UInt8(ascii: "T") && bytes.last == UInt8(ascii: "Z")
        return isWhole ? text : text.prefix(10) + "T00:00:00Z"
    }

    private static func unique(_ values: [Value]) -> [Value] {
        values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func rating(_ rating: Advisory.Rating) -> Value {
        var value: Value = ["source": .string(rating.source), "severity": .string(rating.severity.rawValue)]
        if let score = rating.score { value["score"] = .number(Number(score)) }
        if let vector = rating.vector { value["vector"] = .string(vector) }
        return value
    }

    private static func affected(_ affected: Advisory.Affected) -> Value {
        // What RustSec says about the toolchain, it exports as packages of that name.
        let ecosystem = affected.ecosystem.name == "Rust" ? Ecosystem.cargo : affected.ecosystem
        var value: Value = ["package": ["ecosystem": .string(ecosystem.description), "name": .string(affected.name)]]
        if !affected.ranges.isEmpty {
            value["ranges"] = .array(
                affected.ranges.map { ["type": "ECOSYSTEM", "events": .array($0.events.map(event))] })
        }
        if let state = affected.state { value["ecosystem_specific"] = ["state": .string(state)] }
        if !affected.versions.isEmpty { value["versions"] = .array(affected.versions.map(Value.string)) }
        return value
    }

    private static func event(_ event: AffectedRange.Event) -> Value {
        switch event {
        case .introduced(let version): ["introduced": .string(version)]
        case .fixed(let version): ["fixed": .string(version)]
        case .lastAffected(let version): ["last_affected": .string(version)]
        case .limit(let version): ["limit": .string(version)]
        }
    }
}

public import Documents
import Packages
import WaybillCore

/// Writes advisories in OSV's JSON, with what this program uses of them.
public enum OSVWriter {
    public static func value(of advisory: Advisory) -> Value {
        var record: Value = [
            "schema_version": "1.6.0", "id": .string(advisory.id), "modified": .string(advisory.modified),
        ]
        if let published = advisory.published { record["published"] = .string(published) }
        if let withdrawn = advisory.withdrawn { record["withdrawn"] = .string(withdrawn) }
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
        var value: Value = [
            "package": ["ecosystem": .string(affected.ecosystem.description), "name": .string(affected.name)]
        ]
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

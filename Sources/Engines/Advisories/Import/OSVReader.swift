public import Documents
import Packages
public import WaybillCore

/// Reads advisories in OSV's JSON (schema 1.x).
public enum OSVReader {
    /// A record, or a list of records, in JSON; in YAML where the file's name ends so. Throws `.invalidInput` with file,
    /// line and reason.
    public static func advisories(from bytes: [UInt8], file: String) throws(WaybillError) -> [Advisory] {
        let value: Value
        let limits = DocumentLimits(depthMax: 64)
        do {
            if file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
                value = try YAMLReader.node(from: bytes, schema: .core, limits: limits).value
            } else {
                value = try JSONReader.value(from: bytes, limits: limits)
            }
        } catch {
            throw error.inFile(file, remedy: "check that the file is an OSV record in JSON")
        }
        var advisories: [Advisory] = []
        for record in value.array ?? [value] { advisories.append(try advisory(record, file: file)) }
        return advisories
    }

    public static func advisory(_ record: Value, file: String) throws(WaybillError) -> Advisory {
        guard let id = record["id"]?.string, !id.isEmpty else { throw invalid("the member id is missing", file) }
        guard let modified = record["modified"]?.string else {
            throw invalid("\(id): the member modified is missing", file)
        }
        if let affected = record["affected"], affected.array == nil {
            throw invalid("\(id): affected is not a list", file)
        }
        var advisory = Advisory(
            id: id, aliases: strings(record["aliases"]), summary: summary(record),
            published: record["published"]?.string,
            modified: modified, withdrawn: record["withdrawn"]?.string,
            references: (record["references"]?.array ?? []).compactMap { $0["url"]?.string })
        for entry in record["affected"]?.array ?? [] {
            if let affected = try affected(entry, id, file) { advisory.affected.append(affected) }
        }
        advisory.details = record["details"]?.string ?? ""
        advisory.related = strings(record["upstream"]) + strings(record["related"])
        advisory.weaknesses = strings(record["database_specific"]?["cwe_ids"])
        (advisory.severity, advisory.score) = severity(record)
        advisory.ratings = ratings(record)
        if advisory.severity == .unknown { advisory.rate() }
        return advisory
    }

    private static func summary(_ record: Value) -> String {
        if let summary = record["summary"]?.string, !summary.isEmpty { return summary }
        let details = record["details"]?.string ?? ""
        return details.split(separator: "\n").first.map { String($0.prefix(200)) } ?? ""
    }

    /// Nil for an entry without package, which speaks of commits only.
    private static func affected(_ entry: Value, _ id: String, _ file: String) throws(WaybillError) -> Advisory
        .Affected?
    {
        guard let package = entry["package"] else { return nil }
        guard let name = package["name"]?.string, let ecosystem = package["ecosystem"]?.string else {
            throw invalid("\(id): a package without name or ecosystem", file)
        }
        var affected = Advisory.Affected(
            ecosystem: Ecosystem(osv: ecosystem), name: name, versions: strings(entry["versions"]),
            state: entry["ecosystem_specific"]?["state"]?.string)
        for range in entry["ranges"]?.array ?? [] {
            switch range["type"]?.string {
            case "SEMVER", "ECOSYSTEM":
                var events: [AffectedRange.Event] = []
                for event in range["events"]?.array ?? [] { events += try self.events(event, id, file) }
                guard events.contains(where: { if case .introduced = $0 { true } else { false } }) else {
                    throw invalid("\(id): a range of \(name) without introduced event", file)
                }
                affected.ranges.append(AffectedRange(events))
            case "GIT": continue
            default: throw invalid("\(id): a range of unknown type", file)
            }
        }
        return affected
    }

    private static func events(_ event: Value, _ id: String, _ file: String) throws(WaybillError) -> [AffectedRange
        .Event]
    {
        var events: [AffectedRange.Event] = []
        if let version = event["introduced"]?.string { events.append(.introduced(version)) }
        if let version = event["fixed"]?.string { events.append(.fixed(version)) }
        if let version = event["last_affected"]?.string { events.append(.lastAffected(version)) }
        if let version = event["limit"]?.string { events.append(.limit(version)) }
        if events.isEmpty { throw invalid("\(id): an event that is not known", file) }
        return events
    }

    /// The CVSS vector's band, else what the database says, else unknown.
    private static func severity(_ record: Value) -> (Severity, Double?) {
        let entries =
            (record["severity"]?.array ?? [])
            + (record["affected"]?.array ?? []).flatMap { $0["severity"]?.array ?? [] }
        let vectors = entries.compactMap { $0["score"]?.string }
        let scores = vectors.compactMap { CVSS(vector: $0) }
        if let best = scores.max(by: { ($0.version, $0.score) < ($1.version, $1.score) }) {
            return (best.severity, best.score)
        }
        if let score = record["database_specific"]?["score"]?.number?.double,
            let word = record["database_specific"]?["severity"]?.string.flatMap({ Severity(spelling: $0) })
        {
            return (word, score)
        }
        let words =
            [record["database_specific"]]
            + (record["affected"]?.array ?? []).flatMap {
                [$0["database_specific"], $0["ecosystem_specific"]]
            }
        let named = words.compactMap { $0?["severity"]?.string }.compactMap { Severity(spelling: $0) }
        return (named.max() ?? .unknown, nil)
    }

    /// Every statement about the severity, with its source.
    private static func ratings(_ record: Value) -> [Advisory.Rating] {
        var ratings: [Advisory.Rating] = []
        func add(_ rating: Advisory.Rating?) { if let rating, !ratings.contains(rating) { ratings.append(rating) } }
        let source = publisher(record["id"]?.string ?? "")
        // Records that were written here name every source themselves.
        let sourced = record["database_specific"]?["ratings"]?.array ?? []
        let entries =
            !sourced.isEmpty
            ? []
            : (record["severity"]?.array ?? [])
                + (record["affected"]?.array ?? []).flatMap { $0["severity"]?.array ?? [] }
        for entry in entries {
            guard let text = entry["score"]?.string else { continue }
            if let rating = Advisory.Rating(source: source, vector: text) {
                add(rating)
            } else if let severity = Severity(spelling: text) {
                // The type names who has a scale of its own: `Ubuntu`.
                let type = entry["type"]?.string ?? ""
                add(.init(source: type.isEmpty || type.hasPrefix("CVSS") ? source : type, severity: severity))
            }
        }
        for entry in sourced {
            guard let source = entry["source"]?.string,
                let word = entry["severity"]?.string.flatMap({ Severity(spelling: $0) })
            else { continue }
            add(
                .init(
                    source: source, severity: word, score: entry["score"]?.number?.double,
                    vector: entry["vector"]?.string))
        }
        let id = record["id"]?.string ?? ""
        if let word = record["database_specific"]?["severity"]?.string.flatMap({ Severity(spelling: $0) }),
            ratings.isEmpty
        {
            add(.init(source: source, severity: word))
        }
        // Red Hat's family says it in the first word: "Important: kernel security update".
        if ratings.isEmpty, let summary = record["summary"]?.string, let colon = summary.firstIndex(of: ":"),
            let word = Severity(spelling: String(summary[..<colon])), id.contains("SA-")
        {
            add(.init(source: source, severity: word))
        }
        return ratings
    }

    /// Who published a record, by its id: OSV has the records that are named by their CVE from NVD.
    private static func publisher(_ id: String) -> String {
        let prefix = String(id.prefix { $0 != "-" && $0 != ":" })
        return prefix.isEmpty ? "OSV" : prefix == "CVE" ? "NVD" : prefix
    }

    private static func strings(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    private static func invalid(_ message: String, _ file: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: file, remedy: "check the record against the OSV schema")
    }
}

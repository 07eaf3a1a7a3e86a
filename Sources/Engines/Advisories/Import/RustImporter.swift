import Documents
import Packages
import WaybillCore

/// RustSec's records: repaired and never affected versions as Cargo writes requirements; the rest is affected.
enum RustImporter {
    static func advisory(_ value: Value, _ front: FrontMatter, _ file: String) throws(WaybillError) -> Advisory {
        guard let record = value["advisory"], let id = record["id"]?.string, let name = record["package"]?.string else {
            throw AdvisoryImporter.invalid("the record has no id or package", file)
        }
        let isToolchain = file.contains("/rust/")
        let sound =
            AdvisoryImporter.strings(value["versions"]?["patched"])
            + AdvisoryImporter.strings(value["versions"]?["unaffected"])
        guard let unaffected = RequirementGrammar.cargo.union(sound) else {
            throw AdvisoryImporter.invalid("\(id): a version requirement that cannot be read", file)
        }
        var advisory = Advisory(
            id: isToolchain ? "RUST-\(id)" : id,
            aliases: AdvisoryImporter.strings(record["aliases"]) + (isToolchain ? [id] : []),
            summary: front.title, published: AdvisoryImporter.moment(record["date"]?.string),
            modified: AdvisoryImporter.moment(record["date"]?.string),
            withdrawn: record["withdrawn"]?.string.map { AdvisoryImporter.moment($0) },
            affected: [
                .init(
                    ecosystem: isToolchain ? Ecosystem(name: "Rust") : .cargo, name: name,
                    ranges: [unaffected.complement.range])
            ],
            references: [record["url"]?.string].compactMap { $0 } + AdvisoryImporter.strings(record["references"]))
        advisory.related = AdvisoryImporter.strings(record["related"])
        advisory.details = front.details
        if let vector = record["cvss"]?.string, let rating = Advisory.Rating(source: "RustSec", vector: vector) {
            advisory.ratings = [rating]
        }
        if let kind = record["informational"]?.string, advisory.ratings.isEmpty {
            // Unmaintained or merely to know: nothing that attacks.
            advisory.ratings = [.init(source: "RustSec", severity: kind == "unsound" ? .low : .info)]
        }
        advisory.rate()
        return advisory
    }
}

/// The Haskell team's records.
enum HaskellImporter {
    static func advisory(_ value: Value, _ front: FrontMatter, _ file: String) throws(WaybillError) -> Advisory {
        guard let record = value["advisory"], let id = record["id"]?.string else {
            throw AdvisoryImporter.invalid("the record has no id", file)
        }
        let day = AdvisoryImporter.moment(record["date"]?.string)
        var advisory = Advisory(
            id: id, aliases: AdvisoryImporter.strings(record["aliases"]), summary: front.title, published: day,
            modified: day,
            withdrawn: record["withdrawn"]?.string,
            references: (value["references"]?.array ?? []).compactMap { $0["url"]?.string })
        advisory.related = AdvisoryImporter.strings(record["related"])
        advisory.details = front.details
        advisory.weaknesses = (record["cwe"]?.array ?? []).compactMap { $0.integer.map { "CWE-\($0)" } }
        for entry in value["affected"]?.array ?? [] {
            let component = entry["ghc-component"]?.string
            guard let name = entry["package"]?.string ?? component else {
                throw AdvisoryImporter.invalid("\(id): affects something without name", file)
            }
            var affected = Advisory.Affected(
                ecosystem: component == nil ? .hackage : Ecosystem(name: "GHC"), name: name)
            for version in entry["versions"]?.array ?? [] {
                guard let introduced = version["introduced"]?.string else {
                    throw AdvisoryImporter.invalid("\(id): a range without beginning", file)
                }
                var events: [AffectedRange.Event] = [.introduced(introduced)]
                if let fixed = version["fixed"]?.string { events.append(.fixed(fixed)) }
                affected.ranges.append(AffectedRange(events))
            }
            advisory.affected.append(affected)
            if let vector = entry["cvss"]?.string, let rating = Advisory.Rating(source: "HSEC", vector: vector) {
                advisory.ratings.append(rating)
            }
        }
        advisory.rate()
        return advisory
    }
}

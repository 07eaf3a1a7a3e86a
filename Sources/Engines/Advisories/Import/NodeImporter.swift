import Documents
import Packages
import WaybillCore

/// The Node.js security working group's records: npm packages, and Node.js itself.
enum NodeImporter {
    /// Why weaknesses of what Node.js is built from do it no harm, alone or as a list: nothing about any package.
    static func isAssessment(_ value: Value) -> Bool {
        func isOne(_ value: Value) -> Bool {
            value["reason"] != nil && value["cve"] != nil && value["id"] == nil && value["vulnerable"] == nil
        }
        if isOne(value) { return true }
        guard let list = value.object, !list.isEmpty else { return false }
        return list.members.allSatisfy { isOne($0.value) }
    }

    static func package(_ value: Value, _ file: String) throws(WaybillError) -> [Advisory] {
        guard let number = value["id"]?.integer, let name = value["module_name"]?.string else {
            throw AdvisoryImporter.invalid("names no module", file)
        }
        let id = "NSWG-ECO-\(number)"
        var advisory = try advisory(
            id, value["vulnerable_versions"]?.string ?? "*", .npm, name, AdvisoryImporter.strings(value["cves"]), file)
        advisory.summary = value["title"]?.string ?? ""
        advisory.details = value["overview"]?.string ?? ""
        advisory.published = AdvisoryImporter.moment(value["publish_date"]?.string ?? value["created_at"]?.string)
        advisory.modified = AdvisoryImporter.moment(value["updated_at"]?.string)
        advisory.references = AdvisoryImporter.strings(value["references"])
        if let vector = value["cvss_vector"]?.string, let rating = Advisory.Rating(source: "NSWG", vector: vector) {
            advisory.ratings = [rating]
        } else if let score = value["cvss_score"]?.number?.double, (0...10).contains(score) {
            advisory.ratings = [.init(source: "NSWG", severity: CVSS.severity(ofScore: score), score: score)]
        }
        advisory.rate()
        return [advisory]
    }

    static func core(_ value: Value, _ file: String, _ name: String) throws(WaybillError) -> [Advisory] {
        let id = "NSWG-COR-\(name.split(separator: ".").first ?? "")"
        var aliases = AdvisoryImporter.strings(value["cve"])
        if let one = value["cve"]?.string { aliases.append(one) }
        var advisory = try advisory(
            id, value["vulnerable"]?.string ?? "*", Ecosystem(name: "Node.js"), "node",
            aliases.filter { $0.hasPrefix("CVE-") }, file)
        advisory.details = value["overview"]?.string ?? ""
        advisory.summary = value["description"]?.string ?? AdvisoryImporter.firstLine(advisory.details)
        advisory.references = [value["ref"]?.string].compactMap { $0 }
        if let severity = value["severity"]?.string.flatMap({ Severity(spelling: $0) }) {
            advisory.ratings = [.init(source: "Node.js", severity: severity)]
        }
        advisory.rate()
        return [advisory]
    }

    private static func advisory(
        _ id: String, _ range: String, _ ecosystem: Ecosystem, _ name: String, _ aliases: [String], _ file: String
    ) throws(WaybillError) -> Advisory {
        guard let affected = RequirementGrammar.npm.intervals(range) else {
            throw AdvisoryImporter.invalid("\(id): a range that cannot be read", file)
        }
        return Advisory(
            id: id, aliases: aliases, affected: [.init(ecosystem: ecosystem, name: name, ranges: [affected.range])])
    }
}

/// RetireJS's list of JavaScript libraries.
enum RetireImporter {
    static func recognises(_ object: Object) -> Bool {
        !object.isEmpty && object.members.contains { $0.value["vulnerabilities"]?.array != nil }
    }

    static func advisories(_ object: Object, _ file: String) -> [Advisory] {
        let list = file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
        var result: [Advisory] = []
        for library in object where library.key != "retire-example" {
            let name = library.value["npmname"]?.string ?? library.key
            for (index, entry) in (library.value["vulnerabilities"]?.array ?? []).enumerated() {
                let names = entry["identifiers"]
                let cves = AdvisoryImporter.strings(names?["CVE"])
                let github = names?["githubID"]?.string
                // One record speaks of one weakness: several CVEs under one range are several records.
                for (part, cve) in (cves.isEmpty ? [nil] : cves.map(Optional.some)).enumerated() {
                    var advisory = Advisory(
                        id: "RETIRE:\(list)/\(library.key)/\(index + 1)" + (part == 0 ? "" : "/\(part + 1)"),
                        aliases: [cve, cves.count > 1 ? nil : github].compactMap { $0 },
                        summary: names?["summary"]?.string ?? "",
                        affected: [.init(ecosystem: .npm, name: name, ranges: [range(entry)])],
                        references: AdvisoryImporter.strings(entry["info"]))
                    advisory.details = entry["details"]?.string ?? ""
                    advisory.weaknesses = AdvisoryImporter.strings(entry["cwe"])
                    if let severity = entry["severity"]?.string.flatMap({ Severity(spelling: $0) }) {
                        advisory.ratings = [.init(source: "RetireJS", severity: severity)]
                    }
                    advisory.rate()
                    result.append(advisory)
                }
            }
        }
        return result
    }

    private static func range(_ entry: Value) -> AffectedRange {
        var events: [AffectedRange.Event] = [.introduced(entry["atOrAbove"]?.string ?? entry["above"]?.string ?? "0")]
        if let below = entry["below"]?.string { events.append(.fixed(below)) }
        if let last = entry["atOrBelow"]?.string { events.append(.lastAffected(last)) }
        return AffectedRange(events)
    }
}

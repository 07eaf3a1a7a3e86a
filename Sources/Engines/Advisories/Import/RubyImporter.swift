import Documents
import Packages
import WaybillCore

/// RubySec's records: gems and Ruby itself, with repaired and never affected versions.
enum RubyImporter {
    static func advisories(_ value: Value, _ file: String) throws(WaybillError) -> [Advisory] {
        let isGem = value["gem"] != nil
        guard let name = value["gem"]?.string ?? value["engine"]?.string else {
            throw AdvisoryImporter.invalid("names no gem", file)
        }
        let stem = file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? file
        let sound =
            AdvisoryImporter.strings(value["patched_versions"]) + AdvisoryImporter.strings(value["unaffected_versions"])
        guard let unaffected = RequirementGrammar.gem.union(sound) else {
            throw AdvisoryImporter.invalid("\(stem): a version requirement that cannot be read", file)
        }
        var aliases: [String] = []
        if let cve = text(value["cve"]) { aliases.append(cve.hasPrefix("CVE-") ? cve : "CVE-\(cve)") }
        if let ghsa = text(value["ghsa"]) { aliases.append(ghsa.hasPrefix("GHSA-") ? ghsa : "GHSA-\(ghsa)") }
        let day = AdvisoryImporter.moment(text(value["date"]))
        var advisory = Advisory(
            id: "RUBYSEC:\(name)/\(stem)", aliases: aliases, summary: text(value["title"]) ?? "",
            published: day, modified: day,
            affected: [
                .init(
                    ecosystem: isGem ? .rubyGems : Ecosystem(name: "Ruby"), name: name,
                    ranges: [unaffected.complement.range])
            ],
            references: [text(value["url"])].compactMap { $0 } + AdvisoryImporter.strings(value["related"]?["url"]))
        advisory.related = AdvisoryImporter.strings(value["related"]?["cve"]).map {
            $0.hasPrefix("CVE-") ? $0 : "CVE-\($0)"
        }
        advisory.details = text(value["description"]) ?? ""
        for key in ["cvss_v2", "cvss_v3", "cvss_v4"] {
            guard let score = value[key]?.number?.double, (0...10).contains(score) else { continue }
            advisory.ratings.append(.init(source: "RubySec", severity: CVSS.severity(ofScore: score), score: score))
        }
        if let best = advisory.ratings.last { (advisory.severity, advisory.score) = (best.severity, best.score) }
        return [advisory]
    }

    /// `cve: 2016-0751` is text, and so is a number.
    private static func text(_ value: Value?) -> String? {
        switch value {
        case .string(let text)?: text.isEmpty ? nil : text
        case .number(let number)?: number.text
        default: nil
        }
    }
}

/// FriendsOfPHP's records: for each branch the constraints of its affected versions.
enum ComposerImporter {
    static func advisories(_ value: Value, _ file: String) throws(WaybillError) -> [Advisory] {
        guard let reference = value["reference"]?.string, reference.hasPrefix("composer://") else {
            throw AdvisoryImporter.invalid("names no Composer package", file)
        }
        let name = String(reference.dropFirst("composer://".utf8.count))
        var affected = VersionIntervals(in: .packagist)
        var newest = ""
        for branch in value["branches"]?.object ?? Object() {
            let constraints = (branch.value["versions"]?.array ?? []).compactMap { $0.string ?? $0.number?.text }
            guard !constraints.isEmpty,
                let range = RequirementGrammar.composer.intervals(constraints.joined(separator: ","))
            else { throw AdvisoryImporter.invalid("the branch \(branch.key) has no readable versions", file) }
            affected = affected.union(range)
            if let time = branch.value["time"]?.string { newest = max(newest, time) }
        }
        let stem = file.split(separator: "/").last?.split(separator: ".").dropLast().joined(separator: ".") ?? file
        let moment =
            newest.isEmpty
            ? "" : newest.split(separator: " ").joined(separator: "T") + (newest.contains(":") ? "Z" : "")
        var advisory = Advisory(
            id: "FRIENDSOFPHP:\(name)/\(stem)",
            aliases: [value["cve"]?.string].compactMap { $0 }.filter { $0.hasPrefix("CVE-") },
            summary: value["title"]?.string ?? "", published: AdvisoryImporter.moment(moment),
            modified: AdvisoryImporter.moment(moment),
            affected: [.init(ecosystem: .packagist, name: name, ranges: [affected.range])],
            references: [value["link"]?.string].compactMap { $0 })
        advisory.rate()
        return [advisory]
    }
}

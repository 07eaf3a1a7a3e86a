import Documents
import Packages
import WaybillCore

/// Collects what distributions say about packages into one record for each weakness.
struct DistributionRecords {
    struct Key: Hashable {
        var release: String
        var name: String
    }

    private var fixes: [String: [Key: String]] = [:]
    private var related: [String: [String]] = [:]
    private var dates: [String: String] = [:]
    private let ecosystem: String
    private let ordering: VersionOrdering
    private let prefix: String
    /// Whether the higher of two fixed versions counts: a second advisory about the same weakness completes the first.
    private let takesHigher: Bool

    init(_ ecosystem: String, _ ordering: VersionOrdering, prefix: String, takesHigher: Bool) {
        self.ecosystem = ecosystem
        self.ordering = ordering
        self.prefix = prefix
        self.takesHigher = takesHigher
    }

    mutating func add(_ weakness: String, _ key: Key, fixed: String, by advisory: String? = nil, on day: String = "") {
        let old = fixes[weakness]?[key]
        let wanted: VersionOrder = takesHigher ? .greater : .less
        if old.map({ ordering.compare(fixed, $0) == wanted }) ?? true { fixes[weakness, default: [:]][key] = fixed }
        if let advisory, related[weakness]?.contains(advisory) != true {
            related[weakness, default: []].append(advisory)
        }
        dates[weakness] = max(dates[weakness] ?? "", day)
    }

    var advisories: [Advisory] {
        fixes.sorted { $0.key < $1.key }.map { weakness, packages in
            let day = AdvisoryImporter.moment(dates[weakness] ?? "")
            var advisory = Advisory(
                id: weakness.hasPrefix(prefix) ? weakness : "\(prefix)-\(weakness)",
                aliases: weakness.hasPrefix("CVE-") || weakness.hasPrefix("GHSA-") ? [weakness] : [],
                published: day.isEmpty ? nil : day, modified: day)
            for (key, fixed) in packages.sorted(by: { ($0.key.release, $0.key.name) < ($1.key.release, $1.key.name) }) {
                advisory.affected.append(
                    .init(
                        ecosystem: Ecosystem(name: ecosystem, release: key.release), name: key.name,
                        ranges: [AffectedRange([.introduced("0"), .fixed(fixed)])]))
            }
            advisory.related = (related[weakness] ?? []).sorted()
            return advisory
        }
    }
}

/// Alpine's list of security fixes: package, fixed version, weaknesses.
enum AlpineImporter {
    static func advisories(_ value: Value, _ file: String) throws(WaybillError) -> [Advisory] {
        guard let release = value["distroversion"]?.string else {
            throw AdvisoryImporter.invalid("names no release", file)
        }
        // A repository in which nothing has been repaired yet has an empty list, which YAML reads as nothing.
        guard let packages = value["packages"]?.array ?? (value["packages"].map(\.isNull) ?? true ? [] : nil) else {
            throw AdvisoryImporter.invalid("has no list of packages", file)
        }
        var records = DistributionRecords("Alpine", .apk, prefix: "ALPINE", takesHigher: true)
        for entry in packages {
            guard let package = entry["pkg"], let name = package["name"]?.string else {
                throw AdvisoryImporter.invalid("a package without name", file)
            }
            for fix in package["secfixes"]?.object ?? Object() where fix.key != "0" {
                for text in fix.value.array?.compactMap(\.string) ?? fix.value.string.map({ [$0] }) ?? [] {
                    guard let weakness = weakness(text) else { continue }
                    records.add(weakness, .init(release: release, name: name), fixed: fix.key)
                }
            }
        }
        // The lists of `main` and `community` speak of the same weaknesses: their records differ by the list's name.
        let repository = value["reponame"]?.string ?? "main"
        return records.advisories.map { advisory in
            var advisory = advisory
            advisory.id += "@\(release)/\(repository)"
            return advisory
        }
    }

    /// `CVE-2017-2620 XSA-209`, `CVE 2018-16859`: the first name.
    private static func weakness(_ text: String) -> String? {
        let words = text.split(separator: " ")
        guard let first = words.first else { return nil }
        if first == "CVE", words.count > 1 { return "CVE-\(words[1])" }
        return first.uppercased().hasPrefix("CVE-") ? first.uppercased() : String(first)
    }
}

/// Debian's lists of security advisories (DSA, DLA): head line, CVEs in braces, one line for each release and package.
enum DebianListImporter {
    static let releases: [String: String] = [
        "woody": "3.0", "sarge": "3.1", "etch": "4", "lenny": "5", "squeeze": "6", "wheezy": "7", "jessie": "8",
        "stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14",
    ]

    static func advisories(_ bytes: [UInt8], _ file: String) throws(WaybillError) -> [Advisory] {
        let kind = file.hasSuffix("DLA/list") ? "DLA" : "DSA"
        var records = DistributionRecords("Debian", .dpkg, prefix: "DEBIAN-\(kind)", takesHigher: true)
        var name = "", day = ""
        var weaknesses: [String] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("[") {
                guard let end = text.firstIndex(of: "]") else {
                    throw AdvisoryImporter.invalid("line \(index + 1): a head line without date", file)
                }
                day = self.day(text[text.index(after: text.startIndex)..<end])
                name = text[text.index(after: end)...].split(separator: " ").first.map(String.init) ?? ""
                weaknesses = []
                continue
            }
            let words = text.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, !name.isEmpty else { continue }
            if first.hasPrefix("{") {
                weaknesses = text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
            } else if first.hasPrefix("["), first.hasSuffix("]"), words.count >= 4, words[1] == "-" {
                guard let release = releases[String(first.dropFirst().dropLast())], !words[3].hasPrefix("<") else {
                    continue
                }
                for weakness in weaknesses.isEmpty ? [name] : weaknesses {
                    records.add(
                        weakness, .init(release: release, name: String(words[2])), fixed: String(words[3]), by: name,
                        on: day)
                }
            }
        }
        return records.advisories
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `29 Mar 2023` → `2023-03-29`.
    private static func day(_ text: Substring) -> String {
        let words = text.split(separator: " ")
        guard words.count == 3, let month = months.firstIndex(of: String(words[1].prefix(3))) else { return "" }
        func padded(_ number: String) -> String { number.count == 1 ? "0\(number)" : number }
        return "\(words[2])-\(padded("\(month + 1)"))-\(padded(String(words[0])))"
    }
}

/// Debian's tracker as one JSON document: package, weakness, releases with status.
enum DebianTrackerImporter {
    static func recognises(_ object: Object) -> Bool {
        guard let first = object.members.first?.value.object?.members.first else { return false }
        return first.value["releases"]?.object != nil
    }

    static func advisories(_ object: Object) -> [Advisory] {
        var byWeakness: [String: Advisory] = [:]
        for package in object {
            for entry in package.value.object ?? Object() {
                for release in entry.value["releases"]?.object ?? Object() {
                    guard let number = DebianListImporter.releases[release.key],
                        let affected = affected(package.key, number, release.value)
                    else { continue }
                    var advisory =
                        byWeakness[entry.key]
                        ?? Advisory(id: "DEBIAN-\(entry.key)", aliases: entry.key.hasPrefix("CVE-") ? [entry.key] : [])
                    advisory.affected.append(affected)
                    if advisory.summary.isEmpty {
                        advisory.details = entry.value["description"]?.string ?? ""
                        advisory.summary = AdvisoryImporter.firstLine(advisory.details)
                    }
                    if let severity = urgency(release.value["urgency"]?.string), severity > advisory.severity {
                        advisory.severity = severity
                        advisory.ratings = [.init(source: "debian", severity: severity)]
                    }
                    byWeakness[entry.key] = advisory
                }
            }
        }
        return byWeakness.values.sorted { $0.id < $1.id }
    }

    /// Nil where the release is not affected.
    private static func affected(_ name: String, _ release: String, _ value: Value) -> Advisory.Affected? {
        let fixed = value["fixed_version"]?.string
        // Version zero is the tracker's way to say "never affected".
        if fixed == "0" { return nil }
        guard let status = value["status"]?.string, status != "undetermined" else { return nil }
        var affected = Advisory.Affected(ecosystem: .debian(release), name: name)
        var events: [AffectedRange.Event] = [.introduced("0")]
        if status == "resolved" {
            guard let fixed else { return nil }
            events.append(.fixed(fixed))
        } else if let reason = value["nodsa_reason"]?.string {
            affected.state = reason == "ignored" ? "will_not_fix" : "fix_deferred"
        } else if value["urgency"]?.string == "end-of-life" {
            affected.state = "end_of_life"
        }
        affected.ranges = [AffectedRange(events)]
        return affected
    }

    private static func urgency(_ text: String?) -> Severity? {
        switch text?.split(separator: "*").first {
        case "high": .high
        case "medium": .medium
        case "low": .low
        case "unimportant": .info
        default: nil
        }
    }
}

/// Facts read from the changelogs of Debian 12's packages: the lowest version whose entry names a CVE repairs it.
enum ChangelogImporter {
    static func advisories(_ bytes: [UInt8], _ file: String) throws(WaybillError) -> [Advisory] {
        var records = DistributionRecords("Debian", .dpkg, prefix: "DEBIAN-CHANGELOG", takesHigher: false)
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            let value: Value
            do {
                value = try JSONReader.value(from: line, limits: AdvisoryImporter.limits)
            } catch {
                throw AdvisoryImporter.invalid("line \(index + 1): \(error.message)", file)
            }
            guard let source = value["source"]?.string, let version = value["version"]?.string else {
                throw AdvisoryImporter.invalid("line \(index + 1): names no source package or version", file)
            }
            for cve in AdvisoryImporter.strings(value["cves"]) {
                records.add(cve, .init(release: "12", name: source), fixed: version, on: value["date"]?.string ?? "")
            }
        }
        return records.advisories
    }
}

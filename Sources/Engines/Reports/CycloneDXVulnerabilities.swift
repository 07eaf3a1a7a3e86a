import Advisories
public import Documents
import Packages
import WaybillCore

/// The `vulnerabilities` of CycloneDX 1.6, put into a bill of materials or standing alone.
public enum CycloneDXVulnerabilities {
    /// The bill with what is known about its components. A package that the bill does not name is added to it.
    public static func adding(_ report: ScanReport, to document: Value) -> Value {
        var document = document
        var references: [String: String] = [:]
        var pending = document["components"]?.array ?? []
        while let component = pending.popLast() {
            pending += component["components"]?.array ?? []
            if let purl = component["purl"]?.string, let reference = component["bom-ref"]?.string,
                references[purl] == nil
            {
                references[purl] = reference
            }
        }
        var added: [Value] = []
        var byRule: [String: [Match]] = [:]
        for match in report.matches.sorted(by: ScanReport.inOrder) {
            byRule[match.advisory.rule, default: []].append(match)
            let name = name(match.package)
            guard references[name] == nil else { continue }
            references[name] = name
            var component: Value = [
                "type": "library", "bom-ref": .string(name), "name": .string(match.package.name),
                "version": .string(match.package.version),
            ]
            if let purl = match.package.purl { component["purl"] = .string(purl.description) }
            added.append(component)
        }
        if !added.isEmpty { document["components"] = .array((document["components"]?.array ?? []) + added) }
        document["vulnerabilities"] = .array(
            byRule.sorted { $0.key < $1.key }.map { vulnerability($0.value, references, report) })
        return document
    }

    private static func name(_ package: Package) -> String {
        package.purl?.description ?? "\(package.ecosystem)/\(package.name)@\(package.version)"
    }

    private static func vulnerability(_ matches: [Match], _ references: [String: String], _ report: ScanReport) -> Value
    {
        let advisory = matches[0].advisory
        var value: Value = ["bom-ref": .string("vuln:\(advisory.rule)"), "id": .string(advisory.rule)]
        value["source"] = source(advisory.rule)
        let others = advisory.names.filter { $0 != advisory.rule }.sorted()
        if !others.isEmpty {
            value["references"] = .array(others.map { ["id": .string($0), "source": source($0)] })
        }
        let ratings = advisory.ratings.map(rating)
        value["ratings"] = .array(ratings.isEmpty ? [["severity": .string(severity(advisory.severity))]] : ratings)
        let weaknesses = Set(advisory.weaknesses.compactMap { Int($0.drop { !$0.isNumber }) }).sorted()
        if !weaknesses.isEmpty { value["cwes"] = .array(weaknesses.map(Value.integer)) }
        if !advisory.summary.isEmpty { value["description"] = .string(advisory.summary) }
        if !advisory.details.isEmpty { value["detail"] = .string(advisory.details) }
        let fixes = Set(
            matches.compactMap { match in match.fixedVersion.map { "upgrade \(match.package.name) to \($0)" } })
        if !fixes.isEmpty { value["recommendation"] = .string(fixes.sorted().joined(separator: "; ")) }
        let links = advisory.references.filter(isLink)
        if !links.isEmpty { value["advisories"] = .array(links.map { ["url": .string($0)] }) }
        if let published = advisory.published, isMoment(published) { value["published"] = .string(published) }
        if isMoment(advisory.modified) { value["updated"] = .string(advisory.modified) }
        var affects: [String: Value] = [:]
        for match in matches {
            guard let reference = references[name(match.package)] else { continue }
            affects[reference] = [
                "ref": .string(reference),
                "versions": [["version": .string(match.package.version), "status": "affected"]],
            ]
        }
        value["affects"] = .array(affects.sorted { $0.key < $1.key }.map(\.value))
        return value
    }

    private static func source(_ name: String) -> Value {
        if name.hasPrefix("CVE-") {
            return ["name": "NVD", "url": .string("https://nvd.nist.gov/vuln/detail/\(name)")]
        }
        if name.hasPrefix("GHSA-") {
            return ["name": "GitHub", "url": .string("https://github.com/advisories/\(name)")]
        }
        return ["name": .string(String(name.prefix { $0 != "-" && $0 != ":" }))]
    }

    private static func rating(_ rating: Advisory.Rating) -> Value {
        var value: Value = ["source": ["name": .string(rating.source)], "severity": .string(severity(rating.severity))]
        if let score = rating.score { value["score"] = .number(Number(score)) }
        if let vector = rating.vector {
            value["vector"] = .string(vector)
            let method =
                vector.hasPrefix("CVSS:4.0")
                ? "CVSSv4"
                : vector.hasPrefix("CVSS:3.1")
                    ? "CVSSv31"
                    : vector.hasPrefix("CVSS:3.0") ? "CVSSv3" : "CVSSv2"
            value["method"] = .string(method)
        }
        return value
    }

    static func severity(_ severity: Severity) -> String { severity.rawValue }

    static func isLink(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://"))
            && !text.utf8.contains {
                $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "<")
                    || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}")
                    || $0 == UInt8(ascii: "|")
                    || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "^") || $0 == UInt8(ascii: "`")
            }
    }

    /// A moment with day, time and zone; feeds also have days alone.
    static func isMoment(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count >= 20 && bytes[4] == UInt8(ascii: "-") && bytes[10] == UInt8(ascii: "T")
            && (bytes.last == UInt8(ascii: "Z") || bytes[bytes.count - 6] == UInt8(ascii: "+"))
    }
}

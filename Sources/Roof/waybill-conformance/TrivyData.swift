import Advisories
import Documents
import Packages
import WaybillCore

/// The little database of the cases, as advisories.
enum TrivyData {
    private static let ecosystems: [String: Ecosystem] = [
        "npm": .npm, "pip": .pypi, "go": .go, "maven": .maven, "nuget": .nuget, "pub": .pub, "composer": .packagist,
        "rubygems": .rubyGems, "cargo": .cargo, "erlang": .hex, "swift": .swift, "cocoapods": .cocoaPods,
        "conan": .conan,
    ]

    static func index(folder: String) -> AdvisoryIndex {
        let facts = table("vulnerability.yaml", folder)
        let sources = table("data-source.yaml", folder).compactMapValues { $0["ID"]?.string }
        var advisories: [String: Advisory] = [:]
        for file in SuiteFiles.names(in: folder) {
            guard let root = try? YAMLReader.node(from: SuiteFiles.bytes("\(folder)/\(file)"), schema: .core).value
            else { continue }
            for source in root.array ?? [] {
                let bucket = source["bucket"]?.string ?? ""
                guard let key = bucket.split(separator: ":").first, bucket.contains("::"),
                    let ecosystem = ecosystems[String(key)]
                else { continue }
                for package in source["pairs"]?.array ?? [] {
                    for entry in package["pairs"]?.array ?? [] {
                        add(entry, package["bucket"]?.string ?? "", ecosystem, &advisories)
                        guard let id = entry["key"]?.string else { continue }
                        rate(&advisories[id], facts[id] ?? .null, by: [sources[bucket] ?? "", "nvd"])
                    }
                }
            }
        }
        return AdvisoryIndex(advisories.values.sorted { $0.id < $1.id })
    }

    /// The members of a file's one bucket, by key.
    private static func table(_ file: String, _ folder: String) -> [String: Value] {
        guard let root = try? YAMLReader.node(from: SuiteFiles.bytes("\(folder)/\(file)"), schema: .core).value else {
            return [:]
        }
        return Dictionary(
            (root[0]?["pairs"]?.array ?? []).map { ($0["key"]?.string ?? "", $0["value"] ?? .null) },
            uniquingKeysWith: { first, _ in first })
    }

    private static func rate(_ advisory: inout Advisory?, _ facts: Value, by sources: [String]) {
        guard advisory != nil else { return }
        let words: [Severity] = [.unknown, .low, .medium, .high, .critical]
        advisory?.ratings = (facts["VendorSeverity"]?.object?.members ?? []).compactMap { member in
            guard let number = member.value.integer, words.indices.contains(number) else { return nil }
            return Advisory.Rating(source: member.key, severity: words[number])
        }
        advisory?.severity = facts["Severity"]?.string.flatMap { Severity(spelling: $0) } ?? .unknown
        advisory?.rate(by: sources)
    }

    private static func add(
        _ entry: Value, _ name: String, _ ecosystem: Ecosystem, _ advisories: inout [String: Advisory]
    ) {
        guard let id = entry["key"]?.string else { return }
        let patched = (entry["value"]?["PatchedVersions"]?.array ?? []).compactMap(text)
        let ranges = (entry["value"]?["VulnerableVersions"]?.array ?? []).compactMap(text)
            .flatMap { $0.split(separator: "|").map { range(String($0), patched) } }
        var advisory = advisories[id] ?? Advisory(id: id)
        advisory.affected.append(.init(ecosystem: ecosystem, name: name, ranges: ranges))
        advisories[id] = advisory
    }

    private static func text(_ value: Value) -> String? { value.string ?? value.number?.text }

    /// `>= 1.0, < 2.0` and `[1.0,2.0)`.
    private static func range(_ text: String, _ patched: [String]) -> AffectedRange {
        var events: [AffectedRange.Event] = []
        if text.hasPrefix("[") || text.hasPrefix("(") {
            let parts = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
            events.append(.introduced(parts.first.map(String.init) ?? "0"))
            if parts.count > 1, !parts[1].isEmpty {
                events.append(text.hasSuffix(")") ? .fixed(String(parts[1])) : .lastAffected(String(parts[1])))
            }
            return AffectedRange(events)
        }
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ").map(String.init)
            guard let version = words.last else { continue }
            let plain = version.hasPrefix("v") ? String(version.dropFirst()) : version
            switch words.first {
            case ">=", ">": events.append(.introduced(plain))
            case "<": events.append(.fixed(plain))
            case "<=":
                events.append(patched.first.map { .fixed($0) } ?? .lastAffected(plain))
            case "=": events += [.introduced(plain), .lastAffected(plain)]
            default: break
            }
        }
        if !events.contains(where: { if case .introduced = $0 { true } else { false } }) {
            events.insert(.introduced("0"), at: 0)
        }
        return AffectedRange(events)
    }

    /// The statements of a VEX file.
    static func statements(_ options: Value, _ directory: String) -> SuppressionList {
        guard let path = options["vex"]?.string else { return SuppressionList() }
        let file =
            path == "repo"
            ? "vex/file/openvex.json" : path.split(separator: "/").drop { $0 != "vex" }.joined(separator: "/")
        let bytes = SuiteFiles.bytes("\(directory)/\(file)")
        return SuppressionList((try? VEXReader.suppressions(from: bytes, file: file)) ?? [])
    }
}

import Documents
import Packages

/// Orders and ranges of versions: pairs in text files, the vers standard's tests, npm's own fixtures.
enum VersionsSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        let results = pairs(directory) + vers(directory) + npm(directory)
        return SuiteReport(results: results.filter { result in filter.map { result.name.contains($0) } ?? true })
    }

    private static let orderings: [String: VersionOrdering] = [
        "alpine": .apk, "cran": .cran, "debian": .dpkg, "hackage": .hackage, "maven": .maven, "nuget": .nuget,
        "packagist": .packagist, "pub": .pub, "pypi": .pep440, "redhat": .rpm, "rubygems": .gem, "semver": .semver,
    ]

    // MARK: pairs

    private static func pairs(_ directory: String) -> [SuiteReport.Result] {
        var results: [SuiteReport.Result] = []
        for file in SuiteFiles.names(in: directory) where file.hasSuffix("-versions.txt") {
            guard let ordering = orderings[String(file.dropLast(13))] else { continue }
            let text = String(decoding: SuiteFiles.bytes("\(directory)/\(file)"), as: UTF8.self)
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let words = line.split(separator: " ")
                guard words.count == 3, !line.hasPrefix("#"), !line.hasPrefix("//") else { continue }
                let order = ordering.compare(String(words[0]), String(words[2]))
                let reversed = ordering.compare(String(words[2]), String(words[0]))
                let wanted: VersionOrder? = ["<": .less, "=": .equal, ">": .greater][words[1]]
                let isRight = order == wanted && reversed == wanted?.reversed
                results.append(
                    .init(
                        name: "\(file):\(index + 1) \(line)", category: file,
                        outcome: isRight ? .passed : .failed("\(line): got \(order), reversed \(reversed)")))
            }
        }
        return results
    }

    // MARK: vers

    private static func vers(_ directory: String) -> [SuiteReport.Result] {
        var results: [SuiteReport.Result] = []
        for file in SuiteFiles.names(in: "\(directory)/vers") {
            let document = SuiteFiles.json("\(directory)/vers/\(file)")
            for (index, test) in (document?["tests"]?.array ?? []).enumerated() {
                results.append(
                    .init(name: "vers/\(file)#\(index)", category: "vers/\(file)", outcome: outcome(vers: test)))
            }
        }
        return results
    }

    private static func outcome(vers test: Value) -> SuiteReport.Result.Outcome {
        let mustFail = test["expected_failure"]?.bool ?? false
        let wanted = test["expected_output"] ?? .null
        do {
            let found = try result(vers: test)
            if mustFail { return .failed("was accepted: \(JSONWriter.string(test["input"] ?? .null))") }
            if found == wanted { return .passed }
            // The order is what is tested; NuGet's lists are folded to lower case at places.
            if JSONWriter.string(found).lowercased() == JSONWriter.string(wanted).lowercased() { return .passed }
            return .failed(
                "\(JSONWriter.string(test["input"] ?? .null)): got \(JSONWriter.string(found)), wanted \(JSONWriter.string(wanted))"
            )
        } catch {
            return mustFail ? .passed : .failed("\(error)")
        }
    }

    private static func result(vers test: Value) throws -> Value {
        let input = test["input"] ?? .null
        let versions = (input["versions"]?.array ?? []).compactMap(\.string)
        let ordering = VersionOrdering(scheme: input["input_scheme"]?.string ?? "") ?? .lexicographic
        switch test["test_type"]?.string {
        case "comparison":
            return .array(versions.sorted { ordering.compare($0, $1) == .less }.map(Value.string))
        case "equality": return .bool(versions.count == 2 && ordering.areEqual(versions[0], versions[1]))
        case "from_native":
            let native = input["native_range"]?.string ?? ""
            return .string(try VersionRange(native: native, scheme: input["scheme"]?.string ?? "").description)
        case "containment":
            let range = try VersionRange(parsing: input["vers"]?.string ?? "", .forgiving)
            return .bool(range.contains(input["version"]?.string ?? ""))
        case "validate": return .string(try VersionRange(parsing: input.string ?? "", .forgiving).description)
        default:
            let range = try VersionRange(parsing: input.string ?? "")
            let constraints = range.constraints.map { constraint -> Value in
                [.string(constraint.comparator.rawValue), .string(constraint.version)]
            }
            return ["scheme": .string(range.scheme), "version_constraints": .array(constraints)]
        }
    }

    // MARK: npm

    private static func npm(_ directory: String) -> [SuiteReport.Result] {
        var results: [SuiteReport.Result] = []
        for file in SuiteFiles.names(in: "\(directory)/node-semver") {
            let rows = SuiteFiles.json("\(directory)/node-semver/\(file)")?.array ?? []
            for (index, row) in rows.enumerated() {
                let name = "node-semver/\(file)#\(index)"
                results.append(.init(name: name, category: "node-semver/\(file)", outcome: outcome(npm: row, file)))
            }
        }
        return results
    }

    private static func outcome(npm row: Value, _ file: String) -> SuiteReport.Result.Outcome {
        let hasOptions = file != "valid-versions.json" && !file.hasSuffix("-intersection.json")
        let options = hasOptions ? row[2] : nil
        let reading: SemanticVersion.Reading = isTrue(options?["loose"]) || isTrue(options) ? .loose : .strict
        let prereleases = isTrue(options?["includePrerelease"])
        let one = row[0]?.string ?? "", other = row[1]?.string ?? ""
        func check(_ isRight: Bool, _ found: String = "") -> SuiteReport.Result.Outcome {
            isRight ? .passed : .failed("\(JSONWriter.string(row)) \(found)")
        }
        switch file {
        case "range-include.json", "range-exclude.json":
            let isInside =
                SemanticVersion(other, reading).map {
                    NpmRange(one, reading, includingPrereleases: prereleases)?.contains($0) ?? false
                } ?? false
            return check(isInside == (file == "range-include.json"), "\(isInside)")
        case "comparisons.json", "equality.json":
            guard let left = SemanticVersion(one, reading), let right = SemanticVersion(other, reading) else {
                return .failed("\(JSONWriter.string(row)) cannot be read")
            }
            return check(left.compare(right) == (file == "comparisons.json" ? .greater : .equal))
        case "range-parse.json":
            let found = NpmRange(one, reading, includingPrereleases: prereleases)?.description
            return check(found == row[1]?.string, found ?? "null")
        case "invalid-versions.json":
            guard row[0]?.string != nil else { return .skipped("only strings can be versions here") }
            return check(SemanticVersion(one, reading) == nil)
        case "valid-versions.json":
            guard let version = SemanticVersion(one) else { return .failed("\(JSONWriter.string(row)) cannot be read") }
            return check(
                version.major == row[1]?.integer && version.minor == row[2]?.integer && version.patch == row[3]?.integer
            )
        case "version-gt-range.json", "version-not-gt-range.json", "version-lt-range.json", "version-not-lt-range.json":
            guard let range = NpmRange(one, reading, includingPrereleases: prereleases),
                let version = SemanticVersion(other, reading)
            else { return .failed("\(JSONWriter.string(row)) cannot be read") }
            let isOutside = range.isOutside(version, file.contains("-gt-") ? .above : .below)
            return check(isOutside != file.contains("-not-"), "\(isOutside)")
        case "range-intersection.json", "comparator-intersection.json":
            let options = row[3]
            let reading: SemanticVersion.Reading = isTrue(options?["loose"]) ? .loose : .strict
            let prereleases = isTrue(options?["includePrerelease"]) || isTrue(options)
            guard let left = NpmRange(one, reading, includingPrereleases: prereleases),
                let right = NpmRange(other, reading, includingPrereleases: prereleases)
            else { return .failed("\(JSONWriter.string(row)) cannot be read") }
            return check(left.intersects(right) == row[2]?.bool)
        default: return .skipped("no such table is known")
        }
    }

    private static func isTrue(_ value: Value?) -> Bool {
        switch value {
        case .bool(let flag)?: flag
        case .number(let number)?: number.double != 0
        default: false
        }
    }
}

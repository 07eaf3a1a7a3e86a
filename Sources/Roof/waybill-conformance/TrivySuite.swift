import Advisories
import Checks
import Documents
import Files
import Inventory
import OCI
import Packages
import WaybillCore

/// The repository cases of Trivy: the same input must give the same packages, weaknesses, secrets and misconfigurations.
enum TrivySuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        let index = TrivyData.index(folder: "\(directory)/db")
        for test in SuiteFiles.json("\(directory)/cases.json")?.array ?? [] {
            let name = test["test"]?.string ?? ""
            if let filter, !name.contains(filter) { continue }
            let scanner = test["options"]?["scanner"]?.string ?? ""
            report.results.append(
                .init(
                    name: name, category: scanner.isEmpty ? "secrets" : scanner,
                    outcome: outcome(test, directory, index)))
        }
        return report
    }

    private static func outcome(
        _ test: Value, _ directory: String, _ index: AdvisoryIndex
    ) -> SuiteReport.Result.Outcome {
        guard let input = test["input"]?.string, let golden = test["golden"]?.string,
            let wanted = SuiteFiles.json("\(directory)/golden/\(golden)")
        else { return .failed("the case cannot be read") }
        let options = test["options"] ?? .null
        let tree = tree("\(directory)/\(input)", skipping: skipped(options, input))
        switch options["scanner"]?.string {
        case "VulnerabilityScanner": return vulnerabilities(tree, options, wanted, index, directory)
        case "MisconfigScanner": return misconfigurations(tree, options, wanted)
        default: return secrets(tree, options, wanted, "\(directory)/\(input)")
        }
    }

    private static func skipped(_ options: Value, _ input: String) -> [String] {
        ((options["skipFiles"]?.array ?? []) + (options["skipDirs"]?.array ?? [])).compactMap(\.string).compactMap {
            path in
            path.split(separator: "/").drop { $0 != "repo" }.dropFirst(2).joined(separator: "/")
        }
    }

    private static func tree(_ root: String, skipping skipped: [String]) -> FileTree {
        var tree = FileTree()
        var pending = [""]
        while let folder = pending.popLast() {
            for name in SuiteFiles.names(in: folder.isEmpty ? root : "\(root)/\(folder)") {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                if skipped.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) { continue }
                if Files.isFolder("\(root)/\(path)") {
                    pending.append(path)
                } else {
                    let bytes = SuiteFiles.bytes("\(root)/\(path)")
                    tree.insert(FileEntry(path: path, kind: .file, size: bytes.count, contents: bytes))
                }
            }
        }
        return tree
    }

    // MARK: packages and weaknesses

    private static func vulnerabilities(
        _ tree: FileTree, _ options: Value, _ wanted: Value, _ index: AdvisoryIndex, _ directory: String
    ) -> SuiteReport.Result.Outcome {
        let mode: InventoryMode = options["command"]?.string == "rootfs" ? .installed : .source
        var result = InventoryScanner.scan(tree, mode: mode, isMerging: false)
        if options["includeDevDeps"]?.bool != true { result.packages.removeAll(where: \.isDevelopment) }
        var found: Set<String> = [], expected: Set<String> = []
        if options["listAllPkgs"]?.bool == true {
            found = Set(result.packages.filter { !$0.version.isEmpty }.map { describe($0, result) })
            found.formUnion(result.projects.filter { isListed($0, result) }.map { describe($0, result) })
            expected = Set(
                (wanted["Results"]?.array ?? []).flatMap { each in
                    (each["Packages"]?.array ?? []).map { describe($0, each["Target"]?.string ?? "") }
                })
        }
        let statements = TrivyData.statements(options, directory)
        let products = result.projects.compactMap { $0.purl?.description }
        for package in result.packages {
            for match in AdvisoryMatcher.match(package, index)
            where !statements.apply(to: [match.finding], on: "2026-01-01", product: products).kept.isEmpty {
                var advisory = match.advisory
                advisory.rate(by: (options["vulnSeveritySources"]?.array ?? []).compactMap(\.string))
                found.insert(
                    [
                        package.place.location?.file ?? "", package.name, plain(package.version), advisory.id,
                        plain(match.fixedVersion ?? ""), advisory.severity.rawValue.uppercased(),
                        advisory.severitySource ?? "",
                    ].joined(separator: " "))
            }
        }
        for each in wanted["Results"]?.array ?? [] {
            for weakness in each["Vulnerabilities"]?.array ?? [] {
                let fields = [
                    "PkgName", "InstalledVersion", "VulnerabilityID", "FixedVersion", "Severity", "SeveritySource",
                ].map { key in
                    let text = weakness[key]?.string ?? ""
                    return key.hasSuffix("Version") ? plain(text) : text
                }
                expected.insert(([each["Target"]?.string ?? ""] + fields).joined(separator: " "))
            }
        }
        return found == expected
            ? .passed
            : .failed(
                "missing \(expected.subtracting(found).sorted()), not wanted \(found.subtracting(expected).sorted())")
    }

    /// Go writes a letter before versions, advisories do not.
    private static func plain(_ version: String) -> String {
        version.hasPrefix("v") ? String(version.dropFirst()) : version
    }

    /// Projects whose manifest was read, as the reference lists them.
    private static func isListed(_ package: Package, _ result: InventoryResult) -> Bool {
        !package.dependencies.isEmpty && !result.packages.contains { $0.identifier == package.identifier }
    }

    private static func describe(_ package: Package, _ result: InventoryResult) -> String {
        let isRoot = result.projects.contains { $0.identifier == package.identifier }
        let role = isRoot ? "root" : package.isDirect.map { $0 ? "direct" : "indirect" } ?? ""
        let needs = package.dependencies.filter { id in
            result.packages.contains { $0.identifier == id && !$0.isDevelopment }
        }
        return [
            package.place.location?.file ?? "", package.name, plain(package.version), role,
            needs.joined(separator: ","),
            package.purl?.description ?? "",
        ].joined(separator: " ")
    }

    private static func describe(_ package: Value, _ target: String) -> String {
        // Formats in which nothing says what is direct have no relationship there.
        let role = package["Relationship"]?.string ?? ""
        return [
            target, package["Name"]?.string ?? "", plain(package["Version"]?.string ?? ""), role,
            (package["DependsOn"]?.array ?? []).compactMap(\.string).joined(separator: ","),
            package["Identifier"]?["PURL"]?.string ?? "",
        ].joined(separator: " ")
    }

    // MARK: misconfigurations and secrets

    private static func misconfigurations(
        _ tree: FileTree, _ options: Value, _ wanted: Value
    ) -> SuiteReport.Result.Outcome {
        for each in wanted["Results"]?.array ?? [] {
            let target = each["Target"]?.string ?? ""
            guard let bytes = tree.contents(of: target) else { return .failed("\(target) is not there") }
            let found: [Finding]
            do {
                found = try DockerfileChecker.check(bytes, file: target)
            } catch {
                return .failed("\(error)")
            }
            let names = Set(found.flatMap { [$0.rule] + $0.aliases })
            for weakness in each["Misconfigurations"]?.array ?? [] where weakness["Status"]?.string == "FAIL" {
                let id = weakness["ID"]?.string ?? ""
                // Both spellings of their names are in use: DS-0002 and DS002.
                let short = id.replacingPrefix("DS-0", with: "DS")
                guard names.contains(id) || names.contains(short) else {
                    return .failed("\(target): \(id) is not among \(names.sorted())")
                }
            }
        }
        return .passed
    }

    private static func secrets(
        _ tree: FileTree, _ options: Value, _ wanted: Value, _ root: String
    ) -> SuiteReport.Result.Outcome {
        let name = options["secretConfig"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        do {
            let rules = try TrivySecretConfiguration.rules(from: SuiteFiles.bytes("\(root)/\(name)"), file: name)
            let scanner = try SecretScanner(rules)
            var found: Set<String> = []
            for entry in tree.sorted where entry.path != name {
                for finding in try scanner.scan(path: entry.path, bytes: entry.contents ?? []) {
                    found.insert("\(entry.path) \(finding.rule.dropFirst(10)) \(finding.place.location?.line ?? 0)")
                }
            }
            let expected = Set(
                (wanted["Results"]?.array ?? []).flatMap { each in
                    (each["Secrets"]?.array ?? []).map {
                        "\(each["Target"]?.string ?? "") \($0["RuleID"]?.string ?? "") \($0["StartLine"]?.integer ?? 0)"
                    }
                })
            return found == expected
                ? .passed
                : .failed(
                    "missing \(expected.subtracting(found).sorted()), not wanted \(found.subtracting(expected).sorted())"
                )
        } catch {
            return .failed("\(error)")
        }
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with text: String) -> String {
        hasPrefix(prefix) ? text + dropFirst(prefix.count) : self
    }
}

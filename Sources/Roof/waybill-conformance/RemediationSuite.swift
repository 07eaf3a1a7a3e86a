import Advisories
import Documents
import Files
import Packages
import Remediation
import WaybillCore

/// Projects with the packages that exist, advisories, and the patches and texts that a fix must give.
enum RemediationSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        for group in SuiteFiles.names(in: directory) where Files.isFolder("\(directory)/\(group)") {
            guard Files.exists("\(directory)/\(group)/universe.yaml") else { continue }
            guard let setting = Setting("\(directory)/\(group)") else {
                report.results.append(
                    .init(name: group, category: group, outcome: .failed("its packages and advisories cannot be read")))
                continue
            }
            for test in Case.all(in: "\(directory)/\(group)", group) {
                if let filter, !test.name.contains(filter) { continue }
                let outcome: SuiteReport.Result.Outcome
                do {
                    let problem = try test.problem(setting)
                    outcome = problem.map { .failed($0) } ?? .passed
                } catch {
                    outcome = .failed("\(error)")
                }
                report.results.append(.init(name: test.name, category: group, outcome: outcome))
            }
        }
        return report
    }

    /// What a group of cases shares.
    struct Setting {
        var universe: PackageUniverse
        var advisories: [Advisory]

        init?(_ folder: String) {
            let file = "\(folder)/universe.yaml"
            guard Files.exists(file),
                let document = try? YAMLReader.node(from: SuiteFiles.bytes(file), schema: .core).value,
                let schema = document["schema"]?.string, let system = document["system"]?.string
            else { return nil }
            let ecosystem: Ecosystem = system.lowercased() == "maven" ? .maven : .npm
            guard let universe = try? PackageUniverse(schema: schema, ecosystem: ecosystem, file: file) else {
                return nil
            }
            self.universe = universe
            advisories = []
            for var record in SuiteFiles.json("\(folder)/vulnerabilities.json")?["vulns"]?.array ?? [] {
                // The records of these cases have only what the cases need.
                if record["modified"] == nil { record["modified"] = "1970-01-01T00:00:00Z" }
                guard let advisory = try? OSVReader.advisory(record, file: folder) else { return nil }
                advisories.append(advisory)
            }
        }
    }

    /// One project with what must come out.
    struct Case {
        enum Wanted {
            /// Every possible patch.
            case patches(String)
            /// What was found and chosen, and the text afterwards, where one is given.
            case result(String, text: String?)
        }

        var name: String
        var folder: String
        var option: String
        var wanted: Wanted

        static func all(in folder: String, _ group: String) -> [Case] {
            var cases = one(folder, group, option: "")
            for name in SuiteFiles.names(in: folder) where Files.isFolder("\(folder)/\(name)") {
                cases += one("\(folder)/\(name)", "\(group)/\(name)", option: name)
            }
            return cases
        }

        private static func one(_ folder: String, _ name: String, option: String) -> [Case] {
            var cases: [Case] = []
            let files = SuiteFiles.names(in: folder)
            if files.contains("patches.json") {
                cases.append(.init(name: name, folder: folder, option: option, wanted: .patches("patches.json")))
            }
            if files.contains("result.json") {
                let text = files.first {
                    $0.hasPrefix("want.") && !$0.hasSuffix(".json") || $0.hasPrefix("want.package")
                }
                cases.append(
                    .init(name: name, folder: folder, option: option, wanted: .result("result.json", text: text)))
            }
            for file in files
            where file.hasPrefix("want.") && file.hasSuffix(".json") && !file.hasPrefix("want.package") {
                let word = String(file.dropFirst(5).dropLast(5))
                let text = files.first { $0.hasPrefix("want.\(word).") && $0 != file }
                cases.append(
                    .init(name: "\(name)/\(word)", folder: folder, option: word, wanted: .result(file, text: text)))
            }
            return cases
        }

        /// What the cases are run with where they come from.
        private var options: RemediationOptions {
            var options = RemediationOptions()
            switch option {
            case "deepen": options.depthMax = 3
            case "maxupgrades": options.patchesMax = 2
            case "nodepmgmt": options.mayAddManagement = false
            case "config": options.levels["pkg:e"] = .minor
            case "dev": options.includesDevelopment = false
            default: break
            }
            return options
        }

        /// Nil where everything is as it must be.
        func problem(_ setting: Setting) throws -> String? {
            switch wanted {
            case .patches(let file):
                let wanted = SuiteFiles.json("\(folder)/\(file)") ?? .null
                let found = Value.array(try patches(setting).map(\.value))
                return found == wanted ? nil : difference(found, wanted)
            case .result(let file, let textFile):
                let wanted = SuiteFiles.json("\(folder)/\(file)") ?? .null
                let (result, text) = try result(setting, wanted["strategy"]?.string ?? "update", textFile)
                guard result.value == wanted else { return difference(result.value, wanted) }
                guard let textFile else { return nil }
                let wantedText = SuiteFiles.bytes("\(folder)/\(textFile)")
                if text == wantedText { return nil }
                return "the text is another:\n\(String(decoding: text, as: UTF8.self))"
            }
        }

        private func difference(_ found: Value, _ wanted: Value) -> String {
            "got \(JSONWriter.string(found)), wanted \(JSONWriter.string(wanted))"
        }

        private func patches(_ setting: Setting) throws -> [RemediationPatch] {
            if let bytes = read("package-lock.json") {
                let lockfile = try NpmLockfile(bytes, file: "package-lock.json")
                return InPlaceFix.patches(lockfile, setting.universe, setting.advisories, options)
            }
            if let bytes = read("package.json") {
                let manifest = try PackageManifest(bytes, file: "package.json")
                return try RelaxFix.patches(manifest, setting.universe, setting.advisories, options)
            }
            return try OverrideFix.patches(models(), setting.universe, setting.advisories, options)
        }

        private func result(_ setting: Setting, _ strategy: String, _ textFile: String?) throws -> (
            RemediationResult, [UInt8]
        ) {
            switch strategy {
            case "in-place":
                let lockfile = try NpmLockfile(read("package-lock.json") ?? [], file: "package-lock.json")
                let result = InPlaceFix.result(lockfile, setting.universe, setting.advisories, options)
                let registry = archives(textFile.flatMap { SuiteFiles.json("\(folder)/\($0)") } ?? .null)
                let updates = result.patches.flatMap(\.updates)
                return (result, try lockfile.text(changing: updates) { registry["\($0) \($1)"] })
            case "relax":
                let manifest = try PackageManifest(read("package.json") ?? [], file: "package.json")
                let lockfile = try read("package-lock.json").map { (bytes) in
                    try NpmLockfile(bytes, file: "package-lock.json")
                }
                let result = try RelaxFix.result(
                    manifest, lockfile: lockfile, setting.universe, setting.advisories, options)
                return (result, try manifest.text(changing: result.patches.flatMap(\.updates)))
            case "override":
                let models = try models()
                let result = try OverrideFix.result(models, setting.universe, setting.advisories, options)
                return (
                    result,
                    models[0].text(
                        changing: result.patches.flatMap(\.updates), mayAddManagement: options.mayAddManagement)
                )
            default:
                let models = try models()
                let result = UpdateFix.result(models, setting.universe, options)
                return (result, models[0].text(changing: result.patches.flatMap(\.updates)))
            }
        }

        /// The project and the parents beside it. Cases that differ in their options share one project.
        private func models() throws -> [ProjectModel] {
            guard let bytes = read("pom.xml") ?? sharedProject() else {
                throw WaybillError(.notFound, "neither the case nor one beside it has a pom.xml", subject: folder)
            }
            var models = [try ProjectModel(bytes, file: "pom.xml")]
            if let parent = read("parent.xml") { models.append(try ProjectModel(parent, file: "parent.xml")) }
            return models
        }

        /// Of the projects beside the case the one that is nearest to the text that must come out.
        private func sharedProject() -> [UInt8]? {
            let group = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            let wanted = Set(SuiteFiles.bytes("\(folder)/want.pom.xml").split(separator: UInt8(ascii: "\n")))
            return SuiteFiles.names(in: group).map { "\(group)/\($0)/pom.xml" }.filter { Files.exists($0) }
                .map { SuiteFiles.bytes($0) }
                .max { $0.linesIn(wanted) < $1.linesIn(wanted) }
        }

        private func read(_ name: String) -> [UInt8]? {
            Files.exists("\(folder)/\(name)") ? SuiteFiles.bytes("\(folder)/\(name)") : nil
        }

        /// What the registry would answer, from the text that must come out.
        private func archives(_ lockfile: Value) -> [String: PackageArchive] {
            var result: [String: PackageArchive] = [:]
            for member in lockfile["packages"]?.object ?? Object() {
                let name = member.key.split(separator: "node_modules/").last.map(String.init) ?? member.key
                guard let version = member.value["version"]?.string else { continue }
                result["\(name) \(version)"] = PackageArchive(
                    url: member.value["resolved"]?.string, integrity: member.value["integrity"]?.string)
            }
            return result
        }
    }
}

extension [UInt8] {
    fileprivate func linesIn(_ others: Set<ArraySlice<UInt8>>) -> Int {
        split(separator: UInt8(ascii: "\n")).count { others.contains($0) }
    }
}

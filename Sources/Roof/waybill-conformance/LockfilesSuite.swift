import Documents
import Inventory
import OCI
import Packages
import WaybillCore

/// Lockfiles and package databases with the packages that must be found in them.
enum LockfilesSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        for test in SuiteFiles.json("\(directory)/osv-scalibr/expected.json")?.array ?? [] {
            guard let file = test["file"]?.string, let format = test["format"]?.string else { continue }
            if let filter, !file.contains(filter) { continue }
            report.results.append(.init(name: file, category: format, outcome: outcome(test, file, format, directory)))
        }
        return report
    }

    /// The name that the file would have in a project: fixtures have names of their own.
    static let names: [String: String] = [
        "os/dpkg": "usr/lib/opkg/status", "os/apk": "lib/apk/db/installed",
        "javascript/packagelockjson": "package-lock.json",
        "javascript/yarnlock": "yarn.lock", "javascript/pnpmlock": "pnpm-lock.yaml", "javascript/bunlock": "bun.lock",
        "python/requirements": "requirements.txt", "python/pipfilelock": "Pipfile.lock",
        "python/poetrylock": "poetry.lock",
        "python/uvlock": "uv.lock", "python/pdmlock": "pdm.lock", "python/pylock": "pylock.toml",
        "golang/gomod": "go.mod",
        "rust/cargolock": "Cargo.lock", "php/composerlock": "composer.lock", "ruby/gemfilelock": "Gemfile.lock",
        "java/pomxml": "pom.xml", "java/gradlelockfile": "gradle.lockfile", "dart/pubspec": "pubspec.lock",
        "java/gradleverificationmetadataxml": "gradle/verification-metadata.xml", "cpp/conanlock": "conan.lock",
        "swift/podfilelock": "Podfile.lock", "swift/packageresolved": "Package.resolved",
        "dotnet/depsjson": "app.deps.json",
        "dotnet/nugetcpm": "Directory.Packages.props", "dotnet/packagesconfig": "packages.config",
        "elixir/mixlock": "mix.lock",
        "erlang/mixlock": "mix.lock", "haskell/cabal": "cabal.project.freeze", "haskell/stacklock": "stack.yaml.lock",
        "julia/manifesttoml": "Manifest.toml", "r/renvlock": "renv.lock",
    ]

    private static func outcome(
        _ test: Value, _ file: String, _ format: String, _ directory: String
    ) -> SuiteReport.Result.Outcome {
        guard let name = names[format], InventoryScanner.wants(path: name) else {
            return .skipped("\(format) is not read")
        }
        let bytes = SuiteFiles.bytes("\(directory)/osv-scalibr/\(file)")
        var files = [FileEntry(path: name, kind: .file, size: bytes.count, contents: bytes)]
        if format == "python/requirements" {
            files += included(by: bytes, "\(directory)/osv-scalibr/python/requirements")
        }
        if format == "java/pomxml" { files += besides(folder: "\(directory)/osv-scalibr/java/pomxml", name) }
        var result = InventoryScanner.scan(FileTree(files), mode: .all, isMerging: format != "java/pomxml")
        result.packages.removeAll { $0.place.location?.file != name && format == "java/pomxml" }
        if test["error"]?.bool == true {
            return result.isIncomplete && result.packages.isEmpty
                ? .passed : .failed("was read without error: \(result.packages.count) packages")
        }
        if result.isIncomplete { return .failed("\(result.problems.map(\.message))") }
        let found = Set(result.packages.map { "\($0.name) \($0.version)" })
        let wanted = Set(
            (test["packages"]?.array ?? []).map { "\($0["name"]?.string ?? "") \($0["version"]?.string ?? "")" })
        if found != wanted {
            return .failed(
                "missing \(wanted.subtracting(found).sorted()), not wanted \(found.subtracting(wanted).sorted())")
        }
        return lines(test, result)
    }

    /// Where the case knows the line, ours must be the same.
    private static func lines(_ test: Value, _ result: InventoryResult) -> SuiteReport.Result.Outcome {
        for package in test["packages"]?.array ?? [] {
            guard let line = package["line"]?.integer, line > 0 else { continue }
            let found = result.packages.filter {
                $0.name == package["name"]?.string && $0.version == package["version"]?.string
            }
            guard found.contains(where: { abs(($0.place.location?.line ?? 0) - line) == 0 }) else {
                return .failed(
                    "\(package["name"]?.string ?? ""): line \(found.map { $0.place.location?.line ?? 0 }), wanted \(line)"
                )
            }
        }
        return .passed
    }

    /// Projects name parents in folders beside them.
    private static func besides(folder: String, _ name: String) -> [FileEntry] {
        SuiteFiles.names(in: folder).flatMap { inner in
            SuiteFiles.names(in: "\(folder)/\(inner)").map {
                FileEntry(path: "\(inner)/\($0)", kind: .file, contents: SuiteFiles.bytes("\(folder)/\(inner)/\($0)"))
            }
        }
    }

    /// Requirements may include others beside them.
    private static func included(by bytes: [UInt8], _ folder: String) -> [FileEntry] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("-r ") }.map { line in
            let name = String(line.dropFirst(3))
            return FileEntry(path: name, kind: .file, contents: SuiteFiles.bytes("\(folder)/\(name)"))
        }
    }
}

import Advisories
import ArgumentParser
import Documents
import Files
import Inventory
import OCI
import Packages
import Registries
import Remediation
import ScanService
import WaybillCore

/// What would remove what a scan finds?
struct FixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fix",
        abstract:
            "Print or apply the patch that removes known weaknesses from a project, or compare bases of an image.",
        discussion: """
            For a folder: the smallest versions that remove what is known, as a patch on standard output, and the \
            commands for lockfiles whose checksums only the package manager can fetch. For an image, with --base: how \
            many weaknesses each base would remove and bring.
            Exit status: 0 nothing is left to do, 1 something is left that this does not remove, 2 we could not find out.
            """)

    enum Level: String, ExpressibleByArgument, CaseIterable { case patch, minor, major }
    enum Form: String, ExpressibleByArgument, CaseIterable { case patch, json }

    @Argument(help: "A folder, or an image as `waybill scan` takes it.") var target: String
    @Flag(help: "Change the files instead of printing the patch.") var apply = false
    @Option(help: "How far a version may move: patch, minor, major.") var level: Level = .major
    @Option(help: "Only this advisory. May be repeated.") var only: [String] = []
    @Option(
        help:
            "An image to stand on instead, as `waybill scan` takes it. May be repeated; of a repository's tags `registry.example/base:3.*` takes the newest eight."
    )
    var base: [String] = []
    @Option(help: "A folder or file of advisories (OSV) to use; those of the state folder otherwise. May be repeated.")
    var advisories: [String] = []
    @Flag(help: "Fix packages that only builds and tests need, too.") var includeDevelopment = false
    @Option(help: "patch or json.") var output: Form = .patch
    @OptionGroup var state: StateOption

    func run() async throws {
        let isDone: Bool
        do {
            let index = try AdvisoryOperations.index(of: advisories, or: state.folder)
            guard index.count > 0 else {
                throw WaybillError(
                    .notFound, "there are no advisories to hold the packages against", subject: "fix",
                    remedy: "waybill advisories import FOLDER, or --advisories FOLDER")
            }
            switch try ScanTarget(parsing: target) {
            case .folder(let folder): isDone = try await fix(folder, index)
            case .layout, .archive, .registry: isDone = try await compareBases(index)
            case .root, .revision, .sbom:
                throw WaybillError(
                    .unsupported, "only folders and images can be fixed", subject: target,
                    remedy: "check the revision out, or name the image")
            }
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        if !isDone { throw ExitStatus.no }
    }

    private var scanner: TargetScanner {
        TargetScanner(
            options: ScanOptions(
                secrets: nil, includesDevelopment: includeDevelopment, cacheFolder: LayerCache.standardFolder),
            registry: ScanLookOptions.registry)
    }

    // MARK: folders

    private func fix(_ folder: String, _ index: AdvisoryIndex) async throws(WaybillError) -> Bool {
        let found = try await scanner.scan(.folder(folder)).inventory
        guard found.recognised else {
            throw WaybillError(
                .notFound, "nothing was recognised: neither lockfile nor manifest", subject: folder,
                remedy: "name the folder that holds the lockfile")
        }
        var options = RemediationOptions()
        options.levels[""] = RemediationOptions.Level(rawValue: level.rawValue) ?? .major
        options.only = Set(only)
        options.includesDevelopment = includeDevelopment
        // Every file is read before one is changed.
        var texts: [String: [UInt8]] = [:]
        for file in found.files {
            texts[file] = try Files.read("\(folder)/\(file)", bytesMax: 64 << 20)
            for path in BuildFile.paths(beside: file) where texts[path] == nil && Files.exists("\(folder)/\(path)") {
                texts[path] = try Files.read("\(folder)/\(path)", bytesMax: 64 << 20)
            }
        }
        let plan = FixPlan(found.packages, index, options: options) { texts[$0] }
        if apply {
            for change in plan.changes { try Files.write(change.after, to: "\(folder)/\(change.file)") }
        }
        switch output {
        case .json: Terminal.result(JSONWriter.string(plan.value(isApplied: apply), style: .pretty))
        case .patch:
            if !apply, !plan.changes.isEmpty { Terminal.result(String(plan.patch.dropLast())) }
            for line in plan.lines { Terminal.note(line) }
        }
        return plan.unfixable.isEmpty && plan.advice.isEmpty
    }

    // MARK: images

    private func compareBases(_ index: AdvisoryIndex) async throws(WaybillError) -> Bool {
        guard !base.isEmpty else {
            throw WaybillError(
                .invalidInput, "an image is fixed by building it on another base", subject: target,
                remedy: "name bases to compare: --base IMAGE")
        }
        let scanner = scanner
        var candidates: [BaseAdvice.Base] = []
        for pattern in base {
            for name in try await Self.names(pattern) { candidates.append(try await Self.image(name, scanner)) }
        }
        let advice = BaseAdvice(image: try await Self.image(target, scanner), candidates: candidates, index)
        switch output {
        case .json: Terminal.result(JSONWriter.string(advice.value, style: .pretty))
        case .patch: Terminal.result(advice.table)
        }
        return advice.options.first?.remaining.isEmpty ?? false
    }

    private static let tagsMax = 8

    /// The image itself; for a tag with a star the images of the newest tags that fit.
    private static func names(_ pattern: String) async throws(WaybillError) -> [String] {
        guard let star = pattern.lastIndex(of: "*"), let colon = pattern[..<star].lastIndex(of: ":"),
            !pattern[colon...].contains("/")
        else { return [pattern] }
        let name = String(pattern[..<colon])
        guard case .registry(let reference) = try ScanTarget(parsing: name.hasPrefix("image:") ? name : "image:" + name)
        else { throw WaybillError(.invalidInput, "is no repository of a registry", subject: pattern) }
        let (start, end) = (pattern[pattern.index(after: colon)..<star], pattern[pattern.index(after: star)...])
        let tags = try await ScanLookOptions.registry(reference).tags(in: reference.repository)
            .filter { $0.hasPrefix(start) && $0.hasSuffix(end) && $0.utf8.count >= start.utf8.count + end.utf8.count }
            .sorted { VersionOrdering.semver.compare($0, $1) == .greater }
        guard !tags.isEmpty else {
            throw WaybillError(.notFound, "no tag of the repository fits", subject: pattern)
        }
        return tags.prefix(tagsMax).map { "\(name):\($0)" }
    }

    private static func image(_ text: String, _ scanner: TargetScanner) async throws(WaybillError) -> BaseAdvice.Base {
        let found = try await scanner.scan(try ScanTarget(parsing: text))
        guard found.configuration != nil else {
            throw WaybillError(.invalidInput, "is no image", subject: text)
        }
        return BaseAdvice.Base(
            name: text, digest: found.version, packages: found.inventory.packages, layers: found.unpackedLayers)
    }
}

import Documents
import Files
import Foundation
import PolicyFiles
import Rego
import RegularExpressions
import WaybillCore

/// Policies from disk over files from disk.
struct FileTest {
    let paths: [String]
    let policies: [String]
    let data: [String]
    let namespaces: [String]
    let allNamespaces: Bool
    let isCombined: Bool
    let parser: FileParser?
    let ignore: String?
    let version: RegoVersion
    var isTraced = false

    /// Larger files are refused.
    static let fileBytesMax = 64 << 20

    func results() throws(WaybillError) -> [FileResult] {
        let files = try parsedFiles()
        var policy = try FilePolicy(try sources(policies), data: try PolicyData.read(data))
        policy.isTraced = isTraced
        let chosen = try chosenNamespaces(policy)
        let surroundings = Self.surroundings
        var results: [FileResult] = []
        for namespace in chosen {
            if isCombined {
                results.append(
                    try policy.checkCombined(files, namespace: namespace, surroundings: surroundings))
                continue
            }
            for file in files {
                results.append(try policy.check(file, namespace: namespace, surroundings: surroundings))
            }
        }
        return results
    }

    func findings(checks: String) throws(WaybillError) -> [Finding] {
        let checks = try TrivyChecks(try sources([checks]), data: try PolicyData.read(data))
        guard checks.count > 0 else {
            throw WaybillError(.notFound, "the folder holds no check for files", subject: checks.left.first ?? "checks")
        }
        var findings: [Finding] = []
        for path in try files() {
            findings += try checks.findings(path: path, bytes: try Self.read(path), parser: parser)
        }
        return findings
    }

    func tests(checks: String) throws(WaybillError) -> TrivyTests {
        try TrivyTests(try sources([checks]), data: try PolicyData.read(data).object ?? [:])
    }

    /// A policy that is never asked would pass everything.
    private func chosenNamespaces(_ policy: FilePolicy) throws(WaybillError) -> [String] {
        var chosen: [String] = []
        if allNamespaces {
            chosen = policy.namespaces
        } else {
            for pattern in namespaces {
                let found =
                    pattern.contains("*") ? policy.namespaces.filter { NamePattern(pattern).matches($0) } : [pattern]
                for name in found where !chosen.contains(name) { chosen.append(name) }
            }
        }
        guard chosen.contains(where: policy.hasRules) else {
            throw WaybillError(
                .notFound, "no package of \(namespaces.joined(separator: ", ")) has a rule deny, violation or warn",
                subject: policies.joined(separator: ", "),
                remedy: "packages there: \(policy.namespaces.joined(separator: ", ")); name one with --namespace")
        }
        return chosen
    }

    private static var surroundings: EvaluationSurroundings {
        EvaluationSurroundings(
            nowNanoseconds: Int(Date().timeIntervalSince1970 * 1e9), seed: UInt64.random(in: .min ... .max),
            environment: ProcessInfo.processInfo.environment, zoneFile: ZoneFiles.read)
    }

    private func parsedFiles() throws(WaybillError) -> [ParsedFile] {
        var parsed: [ParsedFile] = []
        for path in try files() {
            parsed.append(try ParsedFile(path: path, bytes: try Self.read(path), parser: parser))
        }
        return parsed
    }

    private func files() throws(WaybillError) -> [String] {
        let pattern = if let ignore { try RegularExpression(ignore) } else { nil as RegularExpression? }
        var files: [String] = []
        for path in paths {
            guard path != "-", Files.isFolder(path) else {
                files.append(path)
                continue
            }
            for file in try FolderWalk.files(in: path) where pattern?.matches(file) != true {
                // In a folder, files of formats that are not read are none of ours.
                guard parser == nil else {
                    files.append(file)
                    continue
                }
                if (try? FileParser(file: file)) != nil { files.append(file) }
            }
        }
        guard !files.isEmpty else {
            throw WaybillError(
                .notFound, "there is no file to test", subject: paths.joined(separator: ", "),
                remedy: "name files, or their format with --parser")
        }
        return files
    }

    private func sources(_ paths: [String]) throws(WaybillError) -> [PolicySource] {
        var sources: [PolicySource] = []
        for path in paths {
            let files = Files.isFolder(path) ? try FolderWalk.files(in: path).filter { $0.hasSuffix(".rego") } : [path]
            for file in files {
                sources.append(PolicySource(file: file, text: try Files.text(file), version: version))
            }
        }
        guard !sources.isEmpty else {
            throw WaybillError(
                .notFound, "there are no policies", subject: paths.joined(separator: ", "),
                remedy: "name their folder with --policy")
        }
        return sources
    }

    private static func read(_ path: String) throws(WaybillError) -> [UInt8] {
        guard path == "-" else { return try Files.read(path, bytesMax: fileBytesMax) }
        do {
            return Array(try FileHandle.standardInput.readToEnd() ?? Data())
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: "standard input", cause: error)
        }
    }
}

/// A name with `*` for any part.
struct NamePattern {
    private let parts: [String]

    init(_ pattern: String) { parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init) }

    func matches(_ name: String) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return name == parts.first }
        guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.indices.first(where: { rest[$0...].hasPrefix(part) }) else { return false }
            rest = rest[found...].dropFirst(part.count)
        }
        return true
    }
}

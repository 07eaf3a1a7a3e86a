import Documents
import Files
import Foundation
import LocalCluster
import Processes
import WaybillCore

/// Scenarios recorded on a real API server, replayed against a local cluster that is started for them. The suite brings
/// its own player, a Python program; where Python or its YAML reader is missing, all scenarios are skipped.
///
/// Every scenario counts twice: at the level *full* (everything is equal) and at the level *core* (message texts,
/// headers and standard error do not count).
enum KubernetesAPISuite {
    private static let category = "kubernetes-api"

    static func run(cases directory: String, filter: String?) async -> SuiteReport {
        var report = SuiteReport()
        func add(_ name: String, _ category: String, _ outcome: SuiteReport.Result.Outcome) {
            report.results.append(.init(name: name, category: category, outcome: outcome))
        }
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        let probe = Command("python3", ["-c", "import yaml"], environment: environment)
        guard let outcome = try? await ProcessRunner.run(probe), outcome.isSuccess else {
            add("replay.py", category, .skipped("python3 with PyYAML is not on this machine"))
            return report
        }
        do throws(WaybillError) {
            let player = try await Player(directory, filter, environment)
            let full: [String: [String]]
            let core: [String: [String]]
            do throws(WaybillError) {
                full = try await player.play(level: "full", only: filter)
                // What agrees in full agrees in its core too.
                let failed = full.filter { !$0.value.isEmpty }.map(\.key).sorted()
                core =
                    failed.isEmpty ? [:] : try await player.play(level: "core", only: Self.pattern(for: failed))
            } catch {
                await player.stop()
                throw error
            }
            await player.stop()
            for (name, problems) in full.sorted(by: { $0.key < $1.key }) {
                add(
                    name, "full",
                    problems.isEmpty ? .passed : .failed(problems.prefix(4).joined(separator: "\n       ")))
                let coarse = problems.isEmpty ? [] : core[name] ?? ["was not played"]
                add(name, "core", coarse.isEmpty ? .passed : .failed(coarse.prefix(2).joined(separator: "\n       ")))
            }
        } catch {
            add(directory, category, .failed("\(error)"))
        }
        return report
    }

    private static func pattern(for names: [String]) -> String {
        "^(" + names.map { $0.replacing(".", with: "\\.") }.joined(separator: "|") + ")$"
    }

    /// A local cluster in a new folder, and the suite's player beside it.
    private struct Player {
        let cluster: LocalCluster
        let folder: String
        let directory: String
        let environment: [String: String]

        init(_ directory: String, _ filter: String?, _ environment: [String: String]) async throws(WaybillError) {
            self.directory = directory
            self.environment = environment
            folder = FileManager.default.temporaryDirectory.path + "/waybill-conformance-\(UUID().uuidString)"
            try Files.makeFolder(folder, mode: 0o700)
            let published = "\(directory)/openapi"
            cluster = try await LocalCluster.start(
                LocalClusterConfiguration(
                    folder: "\(folder)/cluster", runsContainers: false,
                    openAPIFolder: Files.isFolder(published) ? published : nil))
            try Files.write(Array(cluster.authorityPEM.utf8), to: "\(folder)/ca.crt")
        }

        func play(level: String, only pattern: String?) async throws(WaybillError) -> [String: [String]] {
            let path = "\(folder)/report-\(level).json"
            var arguments = [
                "\(directory)/replay.py", "--server", cluster.address, "--token", cluster.adminToken, "--ca",
                "\(folder)/ca.crt", "--level", level, "--report", path, "--quiet", "--jobs", "6",
            ]
            if let pattern { arguments += ["--only", pattern] }
            arguments.append(directory)
            let command = Command(
                "python3", arguments, environment: environment, timeout: .seconds(1800))
            let outcome = try await ProcessRunner.run(command)
            guard Files.exists(path) else {
                throw WaybillError(
                    .failed, "the player gave no report: \(Redaction.excerpt(outcome.errorText))", subject: directory)
            }
            let value: Value
            do throws(DocumentError) {
                value = try JSONReader.value(from: try readReport(path))
            } catch {
                throw error.inFile(path)
            }
            var results: [String: [String]] = [:]
            for member in value.object ?? Object() {
                results[member.key] = (member.value.array ?? []).compactMap(\.string)
            }
            return results
        }

        private func readReport(_ path: String) throws(DocumentError) -> [UInt8] {
            do throws(WaybillError) {
                return try Files.read(path)
            } catch {
                throw DocumentError(at: .start, error.message)
            }
        }

        func stop() async {
            await cluster.stop()
            try? Files.remove(folder)
        }
    }
}

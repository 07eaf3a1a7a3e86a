import Checks
import Documents
import Files
import Kubernetes
import WaybillCore

/// The Pod Security Standards' own pods: each must be allowed or refused, and refused for the right reason.
enum PodSecuritySuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        do throws(WaybillError) {
            let index: Value
            do throws(DocumentError) {
                index = try JSONReader.value(from: bytes("\(directory)/versions.json"))
            } catch {
                throw error.inFile("\(directory)/versions.json")
            }
            for level in index.object?.members ?? [] {
                for version in level.value.object?.members ?? [] {
                    guard let folder = version.value.string else { continue }
                    for verdict in ["pass", "fail"] {
                        for name in try Files.names(in: "\(directory)/\(folder)/\(verdict)") {
                            let title = "\(level.key)/\(version.key)/\(verdict)/\(name)"
                            if let filter, !title.contains(filter) { continue }
                            report.results.append(
                                .init(
                                    name: title, category: level.key,
                                    outcome: judge(
                                        "\(directory)/\(folder)/\(verdict)/\(name)", name, level.key, version.key,
                                        verdict == "pass")))
                        }
                    }
                }
            }
        } catch {
            report.results.append(.init(name: directory, category: "pod-security", outcome: .failed("\(error)")))
        }
        return report
    }

    private static func bytes(_ path: String) -> [UInt8] { (try? Files.read(path)) ?? [] }

    private static func judge(
        _ path: String, _ name: String, _ level: String, _ version: String, _ isAllowed: Bool
    ) -> SuiteReport.Result.Outcome {
        guard let level = PodSecurity.Level(rawValue: level), let minor = Int(version.drop { $0 != "." }.dropFirst())
        else {
            return .failed("no such level or version")
        }
        do throws(DocumentError) {
            let node = try YAMLReader.node(from: bytes(path))
            guard let object = KubernetesObject(node, file: path) else { return .failed("no object") }
            let violations = PodSecurity.violations(of: object, level: level, version: minor)
            if isAllowed { return violations.isEmpty ? .passed : .failed("refused: \(violations.map(\.control))") }
            let control = String(name.dropLast(".yaml".count).reversed().drop(while: \.isNumber).reversed())
            // A stricter control that takes another one's place speaks for it.
            let named = violations.flatMap { [$0.control] + PodSecurity.overridden(by: $0.control) }.map {
                $0.lowercased()
            }
            return named.contains(control) ? .passed : .failed("controls \(named), expected \(control)")
        } catch {
            return .failed("\(error)")
        }
    }
}

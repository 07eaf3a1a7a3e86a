import Documents
import Files
import Kubernetes
import Kustomize
import WaybillCore

/// Kustomizations of public repositories, and what a reference implementation rendered or refused.
enum KustomizeSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport(results: [])
        for test in SuiteFiles.json("\(directory)/cases.json")?.array ?? [] {
            let name = test["id"]?.string ?? ""
            if let filter, !name.contains(filter) { continue }
            let expectation = test["expect"]?.string ?? ""
            let category =
                expectation == "ok" ? test["repo"]?.string ?? "" : "refused: \(test["error_class"]?.string ?? "")"
            report.results.append(.init(name: name, category: category, outcome: outcome(of: test, in: directory)))
            if expectation == "ok" {
                report.results.append(
                    .init(name: name, category: "exact bytes", outcome: exactness(of: test, directory)))
            }
        }
        return report
    }

    private static func outcome(of test: Value, in directory: String) -> SuiteReport.Result.Outcome {
        let mustFail = test["expect"]?.string == "error"
        let found: [Value]
        do {
            found = try KustomizeBuild.render(root: test["dir"]?.string ?? "") { try? Files.read("\(directory)/\($0)") }
                .map(\.value)
        } catch {
            guard mustFail else { return .failed("\(error)") }
            return error.subject.isEmpty ? .failed("does not say where: \(error)") : .passed
        }
        guard !mustFail else { return .failed("was rendered, expected: \(test["oracle_error"]?.string ?? "")") }
        let wanted: [Value]
        do {
            wanted = try YAMLReader.nodes(
                from: SuiteFiles.bytes("\(directory)/\(test["expected"]?.string ?? "")"), schema: .kustomize
            ).map(\.value)
        } catch { return .failed("the expected file cannot be read: \(error)") }
        return difference(found, wanted).map { .failed($0) } ?? .passed
    }

    private static func exactness(of test: Value, _ directory: String) -> SuiteReport.Result.Outcome {
        let found: [UInt8]
        do {
            found = try KustomizeBuild.stream(root: test["dir"]?.string ?? "") { try? Files.read("\(directory)/\($0)") }
        } catch { return .failed("\(error)") }
        let wanted = SuiteFiles.bytes("\(directory)/\(test["expected"]?.string ?? "")")
        guard found != wanted else { return .passed }
        let lines = { (bytes: [UInt8]) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) }
        for (number, (one, other)) in zip(lines(found), lines(wanted)).enumerated() where one != other {
            func text(_ line: ArraySlice<UInt8>) -> String { Redaction.excerpt(String(decoding: line, as: UTF8.self)) }
            return .failed("line \(number + 1) is \(text(one)), wanted \(text(other))")
        }
        return .failed("\(found.count) bytes, wanted \(wanted.count)")
    }

    /// The first place where two streams differ.
    private static func difference(_ found: [Value], _ wanted: [Value]) -> String? {
        for (one, other) in zip(found, wanted) where one != other {
            return difference(
                one, other, at: "\(other["kind"]?.string ?? "") \(other["metadata"]?["name"]?.string ?? ""): ")
        }
        return found.count == wanted.count ? nil : "\(found.count) documents, wanted \(wanted.count)"
    }

    private static func difference(_ found: Value?, _ wanted: Value?, at path: String) -> String? {
        guard found != wanted else { return nil }
        switch (found, wanted) {
        case (.object(let one)?, .object(let other)?):
            for key in one.keys + other.keys {
                if let text = difference(one[key], other[key], at: "\(path).\(key)") { return text }
            }
            return nil
        case (.array(let one)?, .array(let other)?) where one.count == other.count:
            for index in one.indices {
                if let text = difference(one[index], other[index], at: "\(path)[\(index)]") { return text }
            }
            return nil
        default:
            func text(_ value: Value?) -> String { Redaction.excerpt(value.map { JSONWriter.string($0) } ?? "nothing") }
            return "\(path) is \(text(found)), wanted \(text(wanted))"
        }
    }
}

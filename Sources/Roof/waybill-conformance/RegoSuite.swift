import Documents
import Files
import Foundation
import Rego

/// The published Rego cases: a query over modules, data and input, and what must come of it.
enum RegoSuite {
    /// `filter` is `category`, `category/file` or `category/file:note`, each a part of the name.
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport()
        let candidates = ["\(directory)/cases/v1", "\(directory)/v1", directory]
        let root = candidates.first { FileManager.default.fileExists(atPath: $0) } ?? directory
        for category in names(in: root) {
            for file in names(in: "\(root)/\(category)") where file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
                let path = "\(root)/\(category)/\(file)"
                do {
                    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                    let document = try YAMLReader.node(from: bytes, schema: .core).value
                    for item in document["cases"]?.array ?? [] {
                        let name = "\(category)/\(file):\(item["note"]?.string ?? "")"
                        if let filter, !name.contains(filter) { continue }
                        report.results.append(.init(name: name, category: category, outcome: outcome(of: item)))
                    }
                } catch {
                    report.results.append(.init(name: path, category: category, outcome: .failed("\(error)")))
                }
            }
        }
        report.results += diagnostics("\(directory)/check/cases.jsonl", filter)
        report.results += formatting("\(directory)/fmt/cases.jsonl", filter)
        return report
    }

    /// Modules with something wrong: the first error's code and row must be those expected, and the message should be.
    private static func diagnostics(_ path: String, _ filter: String?) -> [SuiteReport.Result] {
        lines(path, "check", filter).flatMap { name, item -> [SuiteReport.Result] in
            [
                .init(name: name, category: "check", outcome: diagnosis(of: item, comparesMessage: false)),
                .init(name: name, category: "check-messages", outcome: diagnosis(of: item, comparesMessage: true)),
            ]
        }
    }

    /// Modules whose indentation is spoiled, and what the formatter must print.
    private static func formatting(_ path: String, _ filter: String?) -> [SuiteReport.Result] {
        lines(path, "fmt", filter).map { .init(name: $0, category: "fmt", outcome: layout(of: $1)) }
    }

    private static func lines(
        _ path: String, _ category: String, _ filter: String?
    ) -> [(String, Documents.Value)] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            guard let item = try? JSONReader.value(from: String(line)) else { return nil }
            let name = "\(category)/\(item["name"]?.string ?? "")"
            if let filter, !name.contains(filter) { return nil }
            return (name, item)
        }
    }

    private static func diagnosis(
        of item: Documents.Value, comparesMessage: Bool
    ) -> SuiteReport.Result.Outcome {
        var found: [RegoError] = []
        do throws(RegoErrors) {
            let version: RegoVersion = item["rego_version"]?.string == "v0" ? .v0 : .v1
            let module = try PolicyModule.read(
                item["module"]?.string ?? "", file: "policy.rego", version: version)
            let options = CheckOptions(isStrict: item["strict"]?.bool ?? false)
            _ = try CompiledPolicy(modules: [module], checks: options)
        } catch {
            found = error.errors
        }
        guard let wanted = item["errors"]?.array?.first else {
            return found.isEmpty ? .passed : .failed("expected no error, got \(found[0])")
        }
        let code = wanted["code"]?.string ?? ""
        let row = wanted["row"]?.integer ?? 0
        let message = wanted["message"]?.string ?? ""
        let text = "\(code) at \(row):\(wanted["col"]?.integer ?? 0): \(message)"
        guard let first = found.first else { return .failed("expected \(text), got none") }
        let got = "\(first.code.rawValue) at \(first.row):\(first.column): \(first.message)"
        guard first.code.rawValue == code, first.row == row else {
            return .failed("expected \(text), got \(got)")
        }
        return !comparesMessage || first.message == message ? .passed : .failed("expected \(text), got \(got)")
    }

    private static func layout(of item: Documents.Value) -> SuiteReport.Result.Outcome {
        let wanted = item["out"]?.string ?? ""
        do {
            let version: RegoVersion = item["rego_version"]?.string == "v0" ? .v0 : .v1
            let got = try RegoFormatter.format(item["in"]?.string ?? "", file: "policy.rego", version: version)
            guard got != wanted else {
                let again = try RegoFormatter.format(got, file: "policy.rego", version: version)
                return again == got ? .passed : .failed("formatting again changes it:\n\(again)")
            }
            let pairs = zip(
                wanted.split(separator: "\n", omittingEmptySubsequences: false),
                got.split(separator: "\n", omittingEmptySubsequences: false))
            for (index, (one, other)) in pairs.enumerated() where one != other {
                return .failed("line \(index + 1): expected “\(one)”, got “\(other)”")
            }
            return .failed("\(wanted.utf8.count) bytes expected, got \(got.utf8.count)")
        } catch {
            return .failed("\(error)")
        }
    }

    private static func names(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    private static func outcome(of item: Documents.Value) -> SuiteReport.Result.Outcome {
        let wantsError = item["want_error"] != nil || item["want_error_code"] != nil
        do {
            let solutions = try solutions(of: item)
            guard !wantsError else { return .failed("an error was expected, got \(solutions)") }
            return compare(solutions, item)
        } catch {
            guard wantsError else { return .failed("\(error)") }
            return compare(error, item)
        }
    }

    private static func solutions(of item: Documents.Value) throws -> [[String: RegoValue]] {
        var modules: [PolicyModule] = []
        for (index, text) in (item["modules"]?.array ?? []).enumerated() {
            modules.append(
                try PolicyModule.read(
                    text.string ?? "", file: "test-\(index).rego", extensions: .logicalKeywords))
        }
        let policy = try CompiledPolicy(
            modules: modules, regoData: RegoValue(item["data"] ?? [:]), checks: CheckOptions(),
            functions: [HostFunction("test.sleep", arity: 1) { _ in .null }])
        let input: RegoValue? =
            if let term = item["input_term"]?.string {
                try RegoValue(parsing: term)
            } else {
                item["input"].map { RegoValue($0) }
            }
        var environment: [String: String] = [:]
        for member in item["env"]?.object ?? [:] { environment[member.key] = member.value.string }
        let surroundings = EvaluationSurroundings(
            nowNanoseconds: Int(Date().timeIntervalSince1970 * 1e9), seed: 7,
            hasStrictErrors: item["strict_error"]?.bool ?? false, environment: environment,
            zoneFile: ZoneFiles.read)
        return try policy.evaluate(query: item["query"]?.string ?? "", regoInput: input, surroundings: surroundings)
    }

    private static func compare(_ error: any Error, _ item: Documents.Value) -> SuiteReport.Result.Outcome {
        let errors: [RegoError] =
            switch error {
            case let error as RegoError: [error]
            case let errors as RegoErrors: errors.errors
            default: []
            }
        guard let first = errors.first else { return .failed("\(error)") }
        if let code = item["want_error_code"]?.string, first.code.rawValue != code {
            return .failed("expected \(code), got \(first)")
        }
        if let text = item["want_error"]?.string, !text.isEmpty, !"\(first)".contains(text) {
            return .failed("expected “\(text)”, got “\(first)”")
        }
        return .passed
    }

    private static func compare(_ solutions: [[String: RegoValue]], _ item: Documents.Value)
        -> SuiteReport.Result.Outcome
    {
        guard let wanted = item["want_result"] else {
            guard let isDefined = item["want_defined"]?.bool else { return .passed }
            return solutions.isEmpty != isDefined
                ? .passed : .failed("expected defined: \(isDefined), got \(solutions)")
        }
        let sorts = item["sort_bindings"]?.bool ?? false
        let ignores = item["ignore_generated_vars"]?.bool ?? false
        func normal(_ value: RegoValue) -> RegoValue {
            let plain = RegoValue(value.document)
            if sorts, case .array(let elements) = plain { return .array(elements.sorted()) }
            return plain
        }
        let got = solutions.map { solution in
            RegoValue.object(
                RegoObject(
                    solution.compactMap { name, value in
                        ignores && (name.hasPrefix("_") || name.hasPrefix("$"))
                            ? nil : .init(key: .string(name), value: normal(value))
                    }))
        }.sorted()
        let expected = (wanted.array ?? []).map { solution in
            RegoValue.object(
                RegoObject(
                    (solution.object ?? [:]).map { .init(key: .string($0.key), value: normal(RegoValue($0.value))) }))
        }.sorted()
        return got == expected ? .passed : .failed("expected \(expected), got \(got)")
    }
}

import Documents
import Files
import Packages
import WaybillCore

/// The package URL standard's own tests: parse, build and validate cases of every type.
enum PurlSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport(results: [])
        for folder in ["spec", "types"] {
            for file in SuiteFiles.names(in: "\(directory)/\(folder)") where file.hasSuffix(".json") {
                let document = SuiteFiles.json("\(directory)/\(folder)/\(file)")
                for (index, test) in (document?["tests"]?.array ?? []).enumerated() {
                    let name = "\(file)#\(index) \(test["description"]?.string ?? "")"
                    if let filter, !name.contains(filter) { continue }
                    let category = "\(test["test_type"]?.string ?? "") \(test["test_group"]?.string ?? "")"
                    report.results.append(.init(name: name, category: category, outcome: outcome(of: test)))
                }
            }
        }
        return report
    }

    private static func outcome(of test: Value) -> SuiteReport.Result.Outcome {
        let mustFail = test["expected_failure"]?.bool ?? false
        let wanted = test["expected_output"] ?? .null
        do {
            let found = try result(of: test)
            if mustFail { return .failed("was accepted") }
            return found == wanted
                ? .passed : .failed("got \(JSONWriter.string(found)), wanted \(JSONWriter.string(wanted))")
        } catch {
            return mustFail ? .passed : .failed("\(error)")
        }
    }

    private static func result(of test: Value) throws -> Value {
        let input = test["input"] ?? .null
        switch test["test_type"]?.string {
        case "parse":
            let url = try PackageURL(parsing: input.string ?? "")
            let qualifiers = Object(url.qualifiers.map { (key: $0.key, value: Value.string($0.value)) })
            return [
                "type": .string(url.type), "namespace": Value(url.namespace), "name": .string(url.name),
                "version": Value(url.version), "qualifiers": qualifiers.isEmpty ? .null : .object(qualifiers),
                "subpath": Value(url.subpath),
            ]
        case "build":
            let qualifiers = (input["qualifiers"]?.object?.members ?? []).map {
                PackageURL.Qualifier($0.key, $0.value.string ?? "")
            }
            let url = try PackageURL(
                type: input["type"]?.string ?? "", namespace: input["namespace"]?.string,
                name: input["name"]?.string ?? "",
                version: input["version"]?.string, qualifiers: qualifiers, subpath: input["subpath"]?.string)
            return .string(url.description)
        default:
            return .string(try PackageURL(parsing: input.string ?? "", .folding).description)
        }
    }
}

/// Reads the files of suites.
enum SuiteFiles {
    static func names(in folder: String) -> [String] { (try? Files.names(in: folder)) ?? [] }
    static func bytes(_ path: String) -> [UInt8] { (try? Files.read(path)) ?? [] }
    static func json(_ path: String) -> Value? { try? JSONReader.value(from: bytes(path)) }
}

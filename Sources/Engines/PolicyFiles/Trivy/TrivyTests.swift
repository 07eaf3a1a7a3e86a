public import Documents
import Rego
public import WaybillCore

/// The tests that stand beside Trivy's checks: rules named `test_…`, with the functions of the host.
public struct TrivyTests: Sendable {
    public struct Result: Sendable, Hashable {
        public enum Outcome: Sendable, Hashable {
            case passed, failed
            /// It could not be evaluated.
            case broken(String)
        }

        /// `data.builtin.dockerfile.DS001.test_denied`
        public var name: String
        public var location: SourceLocation
        public var outcome: Outcome
    }

    private let tests: [(name: String, location: SourceLocation)]
    private let policy: CompiledPolicy
    /// Files that could not be read or compiled, with the reason.
    public let broken: [WaybillError]

    /// Every module of the folder. One that cannot be compiled is told and left out, with the tests that need it.
    public init(_ sources: [PolicySource], data: Documents.Value = [:]) throws(WaybillError) {
        var modules = [try TrivyChecks.module(PolicySource(file: "waybill/trivy.rego", text: HostCalls.module))]
        var broken: [WaybillError] = []
        for source in sources {
            do {
                modules.append(try TrivyChecks.module(source))
            } catch {
                broken.append(error)
            }
        }
        while true {
            do {
                policy = try CompiledPolicy(modules: modules, data: data)
                break
            } catch {
                let files = Set(error.errors.map(\.file))
                let before = modules.count
                modules.removeAll { files.contains($0.file) }
                broken += error.errors.map { TrivyChecks.failure($0, "") }
                guard modules.count < before else {
                    throw TrivyChecks.failure(error.errors.first, "cannot be compiled")
                }
            }
        }
        self.broken = broken
        var tests: [(name: String, location: SourceLocation)] = []
        for module in modules {
            for rule in module.rules {
                guard let name = rule.path.first, name.hasPrefix("test_") else { continue }
                let query = "data.\(module.package).\(name)"
                guard !tests.contains(where: { $0.name == query }) else { continue }
                tests.append((query, SourceLocation(file: module.file, line: rule.row)))
            }
        }
        self.tests = tests
    }

    public func run() -> [Result] {
        tests.map { test in
            do {
                let value = try policy.evaluate(rule: test.name, input: nil)
                return Result(
                    name: test.name, location: test.location, outcome: value.map(Self.holds) == true ? .passed : .failed
                )
            } catch {
                return Result(name: test.name, location: test.location, outcome: .broken("\(error)"))
            }
        }
    }

    /// A test of many cases is an object of results by case.
    private static func holds(_ value: RegoValue) -> Bool {
        switch value {
        case .bool(let value): value
        case .object(let cases): cases.allSatisfy { holds($0.value) }
        default: true
        }
    }
}

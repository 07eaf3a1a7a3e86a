public import Documents
public import PolicyTools
import Rego
public import WaybillCore

/// The tests that stand beside Trivy's checks, with the functions that Trivy gives to its checks.
public struct TrivyTests: Sendable {
    /// For the runner of tests.
    public let sources: PolicySources
    /// Modules that cannot be compiled, and the tests in them, are left out; this is why.
    public let left: [WaybillError]

    public init(_ files: [PolicySource], data: Object = [:]) throws(WaybillError) {
        var modules: [SourceModule] = []
        var left: [WaybillError] = []
        for file in files {
            do {
                let version = try TrivyChecks.module(file).version
                modules.append(
                    try SourceModule(parsing: file.text, file: file.file, version: version))
            } catch let error as WaybillError {
                left.append(error)
            } catch {
                left.append(WaybillError(.invalidInput, "\(error)", subject: file.file))
            }
        }
        while true {
            var candidate = PolicySources(modules: modules, data: data)
            candidate.functions = TrivyFunctions.all
            do {
                _ = try candidate.compiled()
                sources = candidate
                break
            } catch {
                let files = Set(error.errors.map(\.file))
                let count = modules.count
                modules.removeAll { files.contains($0.file) }
                left += error.errors.map { TrivyChecks.failure($0, "") }
                guard modules.count < count else { throw TrivyChecks.failure(error.errors.first, "cannot be compiled") }
            }
        }
        self.left = left
    }
}

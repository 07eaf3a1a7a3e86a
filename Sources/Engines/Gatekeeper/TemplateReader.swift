import Documents
import Rego
import WaybillCore

/// Takes a template's document apart.
struct TemplateReader {
    private struct Source {
        var rego: String
        var libraries: [String]
        var version: RegoVersion
    }

    let value: Value
    let file: String

    init(_ value: Value, file: String) {
        self.value = value
        self.file = file
    }

    func failure(_ message: String, _ code: WaybillError.Code = .invalidInput) -> WaybillError {
        WaybillError(code, message, subject: file)
    }

    func string(_ path: [String]) throws(WaybillError) -> String {
        guard let text = value[Pointer(path)]?.string, !text.isEmpty else {
            throw failure("“\(path.joined(separator: "."))” is missing")
        }
        return text
    }

    /// The engines that the target has rules for.
    func engines(of target: Value) throws(WaybillError) -> [ConstraintEngine] {
        if hasPlainRego(target) { return [.rego] }
        let names = (target["code"]?.array ?? []).compactMap { $0["engine"]?.string }
        let found = ConstraintEngine.allCases.filter { names.contains($0.rawValue) }
        guard found.isEmpty else { return found }
        guard names.isEmpty else {
            let known = ConstraintEngine.allCases.map(\.rawValue).joined(separator: " and ")
            throw failure("engine \(names.joined(separator: ", ")) is not supported, only \(known)", .unsupported)
        }
        throw failure("the target has no rules")
    }

    func rego(of target: Value) throws(WaybillError) -> ConstraintTemplate.RegoRules {
        let modules = try modules(try source(of: target))
        guard let main = modules.first, main.rules.contains(where: { $0.path == ["violation"] }) else {
            throw failure("the Rego has no rule “violation”")
        }
        do {
            return ConstraintTemplate.RegoRules(
                policy: try CompiledPolicy(modules: modules, data: ["inventory": [:]]),
                violationPath: "data.\(main.package).violation")
        } catch {
            throw failure("the Rego does not compile: \(error)")
        }
    }

    func native(of target: Value) -> ConstraintTemplate.Native {
        do throws(WaybillError) {
            return .rules(try NativeValidation(code(.native, of: target)?["source"] ?? .null, file: file))
        } catch {
            return .wrong(error)
        }
    }

    private func hasPlainRego(_ target: Value) -> Bool { target["rego"]?.string?.isEmpty == false }

    private func code(_ engine: ConstraintEngine, of target: Value) -> Value? {
        target["code"]?.array?.first { $0["engine"]?.string == engine.rawValue }
    }

    /// The Rego of `rego:` or of the entry of `code:` whose engine is Rego.
    private func source(of target: Value) throws(WaybillError) -> Source {
        if hasPlainRego(target), let rego = target["rego"]?.string {
            return Source(rego: rego, libraries: try libraries(target["libs"]), version: .v0)
        }
        let source = code(.rego, of: target)?["source"]
        guard let rego = source?["rego"]?.string else { throw failure("“source.rego” is missing") }
        let version = source?["version"]?.string ?? "v0"
        guard let known = RegoVersion(rawValue: version) else { throw failure("unknown Rego version \(version)") }
        return Source(rego: rego, libraries: try libraries(source?["libs"]), version: known)
    }

    private func libraries(_ value: Value?) throws(WaybillError) -> [String] {
        guard let value, !value.isNull else { return [] }
        let texts = (value.array ?? []).compactMap(\.string)
        guard let array = value.array, texts.count == array.count else {
            throw failure("“libs” is not a list of texts")
        }
        return texts
    }

    private func modules(_ source: Source) throws(WaybillError) -> [PolicyModule] {
        var modules = [try module(source.rego, "rego", source.version)]
        for (index, text) in source.libraries.enumerated() {
            let library = try module(text, "libs[\(index)]", source.version)
            guard library.packagePath.first == "lib", library.packagePath.count > 1 else {
                throw failure("libs[\(index)]: the package must be lib.NAME, found \(library.package)")
            }
            modules.append(library)
        }
        return modules
    }

    private func module(_ text: String, _ part: String, _ version: RegoVersion) throws(WaybillError) -> PolicyModule {
        do {
            return try PolicyModule(parsing: text, file: "\(file):\(part)", version: version)
        } catch {
            throw failure("\(part): \(error)")
        }
    }
}

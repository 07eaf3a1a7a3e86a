public import Documents
import Rego
public import WaybillCore

/// A kind of constraint: the schema of its parameters and the Rego that judges.
public struct ConstraintTemplate: Sendable {
    public let name: String
    /// The kind of its constraints: `K8sRequiredLabels`.
    public let kind: String
    /// For requests with one of these operations only; empty means all.
    public let operations: [String]
    let parameters: ParametersSchema?
    /// The policy over an empty inventory.
    let policy: CompiledPolicy
    /// `data.k8srequiredlabels.violation`
    let violationPath: String

    public static let group = "templates.gatekeeper.sh"
    static let target = "admission.k8s.gatekeeper.sh"
    private static let versions = ["v1", "v1beta1", "v1alpha1"]

    /// Throws `.unsupported` for a template that has no Rego, `.invalidInput` for what is no template.
    public init(_ value: Value, file: String) throws(WaybillError) {
        let reader = TemplateReader(value, file: file)
        let apiVersion = value["apiVersion"]?.string ?? ""
        guard value["kind"]?.string == "ConstraintTemplate", apiVersion.hasPrefix(Self.group + "/") else {
            throw reader.failure("not a ConstraintTemplate")
        }
        let version = String(apiVersion.dropFirst(Self.group.count + 1))
        guard Self.versions.contains(version) else { throw reader.failure("unknown version \(apiVersion)") }
        name = try reader.string(["metadata", "name"])
        kind = try reader.string(["spec", "crd", "spec", "names", "kind"])
        guard name == kind.lowercased() else {
            throw reader.failure("the name must be the kind in lower case: \(kind.lowercased()), found \(name)")
        }
        let targets = value["spec"]?["targets"]?.array ?? []
        guard targets.count == 1, let target = targets.first else {
            throw reader.failure("expected one target, found \(targets.count)")
        }
        guard target["target"]?.string == Self.target else {
            throw reader.failure("unknown target \(target["target"]?.string ?? ""), expected \(Self.target)")
        }
        operations = (target["operations"]?.array ?? []).compactMap(\.string)
        let validation = value["spec"]?["crd"]?["spec"]?["validation"]
        parameters =
            if let schema = validation?["openAPIV3Schema"] { try ParametersSchema(schema, file: file) } else { nil }
        let source = try reader.source(of: target)
        let modules = try reader.modules(source)
        guard let main = modules.first, main.rules.contains(where: { $0.path == ["violation"] }) else {
            throw reader.failure("the Rego has no rule “violation”")
        }
        violationPath = "data.\(main.package).violation"
        do {
            policy = try CompiledPolicy(modules: modules, data: ["inventory": [:]])
        } catch {
            throw reader.failure("the Rego does not compile: \(error)")
        }
    }
}

/// Takes a template's document apart.
private struct TemplateReader {
    struct Source {
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

    /// The Rego of `rego:` or of the entry of `code:` whose engine is Rego.
    func source(of target: Value) throws(WaybillError) -> Source {
        if let rego = target["rego"]?.string, !rego.isEmpty {
            return Source(rego: rego, libraries: try libraries(target["libs"]), version: .v0)
        }
        let entries = target["code"]?.array ?? []
        guard let code = entries.first(where: { $0["engine"]?.string == "Rego" }) else {
            let engines = entries.compactMap { $0["engine"]?.string }
            guard engines.isEmpty else {
                throw failure("engine \(engines.joined(separator: ", ")) is not supported, only Rego", .unsupported)
            }
            throw failure("the target has no Rego")
        }
        guard let rego = code["source"]?["rego"]?.string else { throw failure("“source.rego” is missing") }
        let version = code["source"]?["version"]?.string ?? "v0"
        guard let known = RegoVersion(rawValue: version) else { throw failure("unknown Rego version \(version)") }
        return Source(rego: rego, libraries: try libraries(code["source"]?["libs"]), version: known)
    }

    private func libraries(_ value: Value?) throws(WaybillError) -> [String] {
        guard let value, !value.isNull else { return [] }
        let texts = (value.array ?? []).compactMap(\.string)
        guard let array = value.array, texts.count == array.count else {
            throw failure("“libs” is not a list of texts")
        }
        return texts
    }

    func modules(_ source: Source) throws(WaybillError) -> [PolicyModule] {
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

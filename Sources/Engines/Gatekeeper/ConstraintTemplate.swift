public import Documents
import Rego
public import WaybillCore

/// A kind of constraint: the schema of its parameters, and the rules that judge, in Rego, as expressions or both.
public struct ConstraintTemplate: Sendable {
    public let name: String
    /// The kind of its constraints: `K8sRequiredLabels`.
    public let kind: String
    /// For requests with one of these operations only; empty means all.
    public let operations: [String]
    /// What it can judge with; the first does where nothing else is asked for.
    public let engines: [ConstraintEngine]
    let parameters: ParametersSchema?
    let rego: RegoRules?
    let native: Native

    /// Rules in Rego.
    struct RegoRules: Sendable {
        /// Over an empty inventory.
        let policy: CompiledPolicy
        /// `data.k8srequiredlabels.violation`
        let violationPath: String
    }

    /// Rules as expressions. Where the Rego judges, mistakes in them matter only to who asks for them.
    enum Native: Sendable {
        case absent
        case wrong(WaybillError)
        case rules(NativeValidation)
    }

    public static let group = "templates.gatekeeper.sh"
    static let target = "admission.k8s.gatekeeper.sh"
    private static let versions = ["v1", "v1beta1", "v1alpha1"]

    /// Throws `.unsupported` for a template with other engines only, `.invalidInput` for what is no template.
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
        engines = try reader.engines(of: target)
        rego = engines.contains(.rego) ? try reader.rego(of: target) : nil
        native = engines.contains(.native) ? reader.native(of: target) : .absent
        if rego == nil, case .wrong(let error) = native { throw error }
    }
}

import Documents
import WaybillCore

/// What a folder of deployment policies says beside the policies themselves (`waybill.dev/v1`, kind `AdmissionSettings`).
public struct AdmissionSettings: Hashable, Sendable {
    /// `LOCATION.CLUSTER`, as per-cluster rules name it.
    public var cluster = ""
    /// People who may break the glass, by the names that the allowed signers know.
    public var breakglass: Set<String> = []
    /// Whether an image runs that no policy is about.
    public var unmatchedIsAllowed = false
    /// Images that need no policy.
    public var exempt: [ImagePattern] = []
    /// Whose a key is: by `SHA256:…` of a plain key, by fingerprint of an OpenPGP key.
    public var persons: [String: String] = [:]
    /// The oldest scan that counts, in seconds; nil for any age.
    public var scanAgeMaxSeconds: Int64?

    public init() {}

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "AdmissionSettings")
        let version = try fields.requiredString("apiVersion")
        guard version == "waybill.dev/v1" else {
            throw DocumentError(at: node.position, "AdmissionSettings: unknown version \(Redaction.excerpt(version))")
        }
        _ = try fields.requiredString("kind")
        _ = fields.node("metadata")
        var specification = try Fields(fields.required("spec"), of: "AdmissionSettings.spec")
        try fields.finish()
        cluster = try specification.string("cluster") ?? ""
        breakglass = Set(try specification.strings("breakglass") ?? [])
        enum Unmatched: String, CaseIterable { case allow, deny }
        let unmatched: Unmatched? = try specification.word("unmatched")
        unmatchedIsAllowed = unmatched == .allow
        exempt = try KritisReader.patterns(&specification, "exempt")
        scanAgeMaxSeconds = try specification.integer("scanAgeMaxSeconds", in: 60...(366 * 86_400)).map(Int64.init)
        for node in try specification.elements("persons") ?? [] {
            var person = try Fields(node, of: "persons")
            let name = try person.requiredString("name")
            for key in try person.strings("keys") ?? [] {
                guard persons.updateValue(name, forKey: key) == nil else {
                    throw DocumentError(at: node.position, "persons: the key \(Redaction.excerpt(key)) is named twice")
                }
            }
            try person.finish()
        }
        try specification.finish()
    }
}

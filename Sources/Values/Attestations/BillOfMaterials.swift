public import Documents
public import WaybillCore

/// What a bill of materials says of itself; the document stays as it is (`PredicateType.cycloneDX`, `.spdx`).
public struct BillOfMaterials: Hashable, Sendable {
    public enum Format: String, Sendable, CaseIterable { case cycloneDX, spdx }

    public var format: Format
    public var version: String
    /// The whole document, untouched.
    public var document: Value

    /// Reads the predicate of a statement whose type is one of CycloneDX or SPDX.
    public init(_ predicate: Value, type: String) throws(WaybillError) {
        var document = predicate
        // Some tools wrap the document: {"Data": {…}} or {"Data": "{…}"}.
        if let wrapped = predicate["Data"] {
            if let text = wrapped.string {
                do { document = try JSONReader.value(from: text) } catch {
                    throw WaybillError(.invalidInput, "“Data” is not JSON: \(error)", subject: "bill of materials")
                }
            } else {
                document = wrapped
            }
        }
        let reader = try PredicateReader(document, "bill of materials")
        if type.hasSameBytes(as: PredicateType.cycloneDX) || type.utf8.starts(with: "\(PredicateType.cycloneDX)/".utf8)
        {
            guard try reader.string("bomFormat") == "CycloneDX" else { throw reader.bad("bomFormat", "CycloneDX") }
            format = .cycloneDX
            version = try reader.requiredString("specVersion")
        } else if type.hasSameBytes(as: PredicateType.spdx) || type.utf8.starts(with: "\(PredicateType.spdx)/".utf8) {
            format = .spdx
            if let stated = try reader.string("spdxVersion") {
                version = stated
            } else if reader.member("@context") != nil, reader.member("@graph") != nil {
                version = "SPDX-3"
            } else {
                throw reader.bad("spdxVersion", "SPDX-2.3, or the @graph of version 3")
            }
        } else {
            throw WaybillError(
                .invalidInput, "is no bill of materials: \(Redaction.excerpt(type))", subject: "predicate")
        }
        self.document = document
    }
}

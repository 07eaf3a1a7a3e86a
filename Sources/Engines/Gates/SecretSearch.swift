import Inventory
import OCI
import WaybillCore

/// Looks for secrets in every file of a tree.
enum SecretSearch {
    /// Files up to this size are looked through, in bytes; larger ones are data.
    static let fileBytesMax = 4 << 20

    /// What is found; where the rules cannot be used, that is a finding too.
    static func findings(in tree: FileTree) -> [Finding] {
        var findings: [Finding] = []
        do {
            let scanner = try SecretScanner()
            for entry in tree.sorted where entry.kind == .file {
                guard let bytes = entry.contents, bytes.count <= fileBytesMax else { continue }
                findings += try scanner.scan(path: entry.path, bytes: bytes).map { finding in
                    var finding = finding
                    finding.place.layer = entry.layer
                    return finding
                }
            }
        } catch {
            findings.append(
                Finding(
                    rule: "WB-CFG-004", kind: .configuration, severity: .high,
                    message: "secrets could not be looked for: \(error.message)", evidence: error.subject))
        }
        return findings
    }
}

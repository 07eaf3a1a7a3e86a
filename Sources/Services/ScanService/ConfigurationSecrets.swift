import Inventory
import OCI
import WaybillCore

/// Secrets in what an image's configuration carries: environment, labels, commands, and how the image was made.
enum ConfigurationSecrets {
    static func findings(
        in configuration: ImageConfiguration, _ scanner: SecretScanner
    ) throws(WaybillError) -> [Finding] {
        let process = configuration.process
        var parts: [(field: String, text: String)] = process.environment.enumerated().map { index, text in
            ("config.Env[\(index)]", quoted(text))
        }
        parts += process.labels.sorted { $0.key < $1.key }.map {
            ("config.Labels.\($0.key)", quoted("\($0.key)=\($0.value)"))
        }
        parts.append(("config.Entrypoint", (process.entrypoint ?? []).joined(separator: " ")))
        parts.append(("config.Cmd", (process.command ?? []).joined(separator: " ")))
        parts += configuration.history.enumerated().map { ("history[\($0)].created_by", $1.createdBy ?? "") }
        var findings: [Finding] = []
        for (field, text) in parts where !text.isEmpty {
            for var finding in try scanner.scan(path: "image configuration", bytes: Array(text.utf8), commit: nil) {
                finding.place = Place(object: "image configuration", field: field)
                finding.message = finding.message.replacingSuffix("in the file", with: "in the image's configuration")
                finding.remedy = "revoke it where it was issued, and hand it to the build as a secret mount"
                findings.append(finding)
            }
        }
        return findings
    }

    /// Rules know assignments with quotes; an environment has none.
    private static func quoted(_ assignment: String) -> String {
        guard let equals = assignment.firstIndex(of: "=") else { return assignment }
        return "\(assignment[..<equals])=\"\(assignment[assignment.index(after: equals)...])\""
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String, with text: String) -> String {
        hasSuffix(suffix) ? dropLast(suffix.count) + text : self
    }
}

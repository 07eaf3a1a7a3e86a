import Documents
import WaybillCore

/// SARIF 2.1.0: a rule for each query that said something.
struct SARIFFileReport {
    let version: String

    func string(_ results: [FileResult]) -> String {
        var rules: [Value] = []
        var indexes: [String: Int] = [:]
        var entries: [Value] = []
        func add(_ id: String, _ description: String, _ level: String, _ message: FileResult.Message, _ file: String) {
            if indexes[id] == nil {
                indexes[id] = rules.count
                rules.append([
                    "id": .string(id), "shortDescription": ["text": .string(description)],
                    "properties": .object(message.metadata),
                ])
            }
            var physical: Value = ["artifactLocation": ["uri": .string(Self.uri(message.location?.file ?? file))]]
            if let position = message.location?.position {
                physical["region"] = [
                    "startLine": .integer(position.line), "startColumn": .integer(position.column),
                    "endLine": .integer(position.line),
                ]
            }
            entries.append([
                "ruleId": .string(id), "ruleIndex": .integer(indexes[id] ?? 0), "level": .string(level),
                "message": ["text": .string(message.text)],
                "locations": [["physicalLocation": physical]],
            ])
        }
        for result in results {
            func id(_ message: FileResult.Message) -> String {
                "\(result.namespace)/\(message.query.split(separator: ".").last.map(String.init) ?? "deny")"
            }
            for message in result.failures { add(id(message), "Policy violation", "error", message, result.file) }
            for message in result.warnings { add(id(message), "Policy warning", "warning", message, result.file) }
            for message in result.exceptions {
                add("\(result.namespace)/allow", "Policy exception", "note", message, result.file)
            }
            guard result.failures.isEmpty, result.warnings.isEmpty else { continue }
            let hasHeld = result.successes > 0 || !result.exceptions.isEmpty
            let text = hasHeld ? "Policy was satisfied successfully" : "Policy check was skipped"
            add(
                "\(result.namespace)/\(hasHeld ? "success" : "skip")", text, "none",
                .init(text: text, query: "", location: nil, metadata: ["description": .string(text)]), result.file)
        }
        return JSONWriter.string(document(results, rules, entries), style: .pretty) + "\n"
    }

    private func document(_ results: [FileResult], _ rules: [Value], _ entries: [Value]) -> Value {
        let description =
            results.failureCount > 0
            ? "Policy violations found"
            : results.warningCount > 0 ? "Policy warnings found" : "No policy violations found"
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "waybill", "version": .string(version), "informationUri": "https://waybill.dev",
                            "rules": .array(rules),
                        ]
                    ],
                    "invocations": [
                        [
                            "executionSuccessful": true, "exitCode": .integer(results.failureCount > 0 ? 1 : 0),
                            "exitCodeDescription": .string(description),
                        ]
                    ],
                    "results": .array(entries),
                ]
            ],
        ]
    }

    /// A path as a relative reference (RFC 3986).
    static func uri(_ path: String) -> String {
        var result = ""
        for byte in path.utf8 {
            let isPlain = (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || "-._~/!$&'()*+,;=@".utf8.contains(byte)
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}

import Documents
import WaybillCore

/// A list with one object for each file and namespace.
enum JSONFileReport {
    static func string(_ results: [FileResult]) -> String {
        indented(.array(results.map(value)), "") + "\n"
    }

    private static func value(_ result: FileResult) -> Value {
        var value: Value = [
            "filename": .string(result.file == "-" ? "" : result.file), "namespace": .string(result.namespace),
            "successes": .integer(result.successes),
        ]
        for (key, messages) in [
            ("warnings", result.warnings), ("failures", result.failures), ("exceptions", result.exceptions),
        ] where !messages.isEmpty {
            value[key] = .array(messages.map(self.value))
        }
        return value
    }

    private static func value(_ message: FileResult.Message) -> Value {
        var value: Value = ["msg": .string(message.text)]
        if let location = message.location {
            var place: Value = ["file": .string(location.file)]
            if let line = location.line { place["line"] = .integer(line) }
            if let column = location.column { place["column"] = .integer(column) }
            value["loc"] = place
        }
        if !message.metadata.isEmpty { value["metadata"] = .object(message.metadata) }
        return value
    }

    /// With tabs, as Go's `json.Indent` has it.
    private static func indented(_ value: Value, _ indent: String) -> String {
        let inner = indent + "\t"
        switch value {
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + indented($0, inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let object) where !object.isEmpty:
            let members = object.map { "\(inner)\(JSONWriter.string(.string($0.key))): \(indented($0.value, inner))" }
            return "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
        default: return JSONWriter.string(value)
        }
    }
}

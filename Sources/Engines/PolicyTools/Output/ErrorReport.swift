public import Documents
import Rego
import WaybillCore

/// Errors as OPA's users know them: a count and a line for each, or JSON with code, message and place.
public struct ErrorReport: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var message: String
        public var code: String?
        public var file = ""
        public var row = 0
        public var column = 0

        public init(message: String, code: String?, file: String = "", row: Int = 0, column: Int = 0) {
            self.message = message
            self.code = code
            self.file = file
            self.row = row
            self.column = column
        }

        /// `policy.rego:3:6: rego_parse_error: unexpected …`
        public var text: String {
            let name = file.isEmpty ? "" : "\(file):"
            let place = row == 0 ? name : "\(name)\(row):\(column):"
            return (place.isEmpty ? "" : place + " ") + (code.map { "\($0): " } ?? "") + message
        }
    }

    public var entries: [Entry]

    public init(_ error: any Error) {
        switch error {
        case let errors as RegoErrors: entries = errors.errors.map(Self.entry)
        case let error as RegoError: entries = [Self.entry(error)]
        case let error as WaybillError:
            var text = error.subject.isEmpty ? error.message : "\(error.subject): \(error.message)"
            if let cause = error.cause { text += " (\(cause))" }
            if let remedy = error.remedy { text += "\n  try    \(remedy)" }
            entries = [Entry(message: text, code: nil)]
        default: entries = [Entry(message: "\(error)", code: nil)]
        }
    }

    private static func entry(_ error: RegoError) -> Entry {
        Entry(
            message: error.message, code: error.code.rawValue, file: error.file, row: error.row, column: error.column)
    }

    public var text: String {
        guard entries.count != 1 else { return "1 error occurred: \(entries[0].text)\n" }
        return "\(entries.count) errors occurred:\n" + entries.map { $0.text + "\n" }.joined()
    }

    public var values: Value {
        .array(
            entries.map { entry in
                var object: Object = ["message": .string(entry.message)]
                if let code = entry.code { object["code"] = .string(code) }
                if entry.row > 0 {
                    object["location"] = [
                        "file": .string(entry.file), "row": .integer(entry.row), "col": .integer(entry.column),
                    ]
                }
                return .object(object)
            })
    }

    /// `{"errors": […]}`, as `check` and `eval` print it.
    public var json: String { JSONWriter.string(["errors": values], style: .pretty) + "\n" }
}

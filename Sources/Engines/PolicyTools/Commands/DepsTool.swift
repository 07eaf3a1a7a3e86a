import Documents
import Rego

/// `deps`: which documents a query needs.
public enum DepsTool {
    public enum Format: String, Sendable, CaseIterable { case pretty, json }

    public static func run(_ query: String, _ sources: PolicySources, format: Format) -> ToolOutput {
        let found: Dependencies
        do {
            _ = try sources.compiled()
            found = try Dependencies(of: query, in: sources.modules.map(\.module))
        } catch {
            return ToolOutput(diagnostics: ErrorReport(error).text, status: 1)
        }
        switch format {
        case .json:
            var object: Object = [:]
            if !found.base.isEmpty { object["base"] = .array(found.base.map(value)) }
            if !found.virtual.isEmpty { object["virtual"] = .array(found.virtual.map(value)) }
            return ToolOutput(output: JSONWriter.string(.object(object), style: .pretty) + "\n")
        case .pretty:
            let columns = [("BASE DOCUMENTS", found.base), ("VIRTUAL DOCUMENTS", found.virtual)]
                .filter { !$0.1.isEmpty }
            guard !columns.isEmpty else { return ToolOutput() }
            var table = TextTable(columns.map(\.0))
            for row in 0..<(columns.map(\.1.count).max() ?? 0) {
                table.add(columns.map { row < $0.1.count ? text($0.1[row]) : "" })
            }
            return ToolOutput(output: table.text)
        }
    }

    private static func value(_ path: [RegoValue]) -> Value {
        .array(
            path.enumerated().map { index, key in
                ["type": .string(index == 0 ? "var" : key.typeName), "value": key.document]
            })
    }

    /// `data.shop["a b"].roles`
    static func text(_ path: [RegoValue]) -> String {
        path.enumerated().map { index, key in
            guard let name = key.string else { return "[\(key)]" }
            if index == 0 { return name }
            return isName(name) ? ".\(name)" : "[\(key)]"
        }.joined()
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }
}

import Documents

/// The first difference of two containers, as the real server shows it.
enum ContainerDifference {
    private static let order = ["name", "image", "command", "args", "workingDir", "ports"]

    static func text(_ old: Value, _ new: Value) -> String {
        func line(_ key: String, _ value: Value?) -> String {
            let empty: Value = ["name", "image", "workingDir"].contains(key) ? "" : .null
            return "\"\(GoNames.title(key))\": \(JSONWriter.string(value ?? empty)),"
        }
        guard let index = order.firstIndex(where: { old[$0] != new[$0] }) else { return "" }
        var lines = [" {"]
        for key in order[..<index] { lines.append("  \(line(key, old[key]))") }
        lines.append("- \(line(order[index], old[order[index]]))")
        lines.append("+ \(line(order[index], new[order[index]]))")
        let rest = order[(index + 1)...].prefix(3)
        for key in rest { lines.append("  \(line(key, old[key]))") }
        let count = 1 + index + 1 + rest.count
        return "@@ -1,\(count) +1,\(count) @@\n" + lines.joined(separator: "\n") + "\n"
    }
}

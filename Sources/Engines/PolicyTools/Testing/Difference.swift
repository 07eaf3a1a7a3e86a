import Documents
public import Rego

/// Where two values differ, line by line.
public enum Difference {
    /// Lines that are told; the rest is counted.
    public static let linesMax = 20

    public static func lines(_ left: RegoValue, _ right: RegoValue) -> [String] {
        guard left.isContainer, right.isContainer, left.typeName == right.typeName else { return [] }
        var found: [String] = []
        collect(left, right, "", &found)
        guard found.count > linesMax else { return found }
        return found.prefix(linesMax) + ["and \(found.count - linesMax) more"]
    }

    private static func collect(_ left: RegoValue, _ right: RegoValue, _ path: String, _ found: inout [String]) {
        guard left != right else { return }
        switch (left, right) {
        case (.object(let one), .object(let other)):
            for member in one {
                if let value = other[member.key] {
                    collect(member.value, value, path + "/" + name(member.key), &found)
                } else {
                    found.append("\(path)/\(name(member.key)): only left: \(member.value)")
                }
            }
            for member in other where one[member.key] == nil {
                found.append("\(path)/\(name(member.key)): only right: \(member.value)")
            }
        case (.array(let one), .array(let other)):
            for index in 0..<max(one.count, other.count) {
                if index >= other.count {
                    found.append("\(path)/\(index): only left: \(one[index])")
                } else if index >= one.count {
                    found.append("\(path)/\(index): only right: \(other[index])")
                } else {
                    collect(one[index], other[index], "\(path)/\(index)", &found)
                }
            }
        case (.set(let one), .set(let other)):
            for element in one where !other.contains(element) { found.append("\(place(path)): only left: \(element)") }
            for element in other where !one.contains(element) { found.append("\(place(path)): only right: \(element)") }
        default: found.append("\(place(path)): \(left) is not \(right)")
        }
    }

    private static func name(_ key: RegoValue) -> String { key.string ?? key.description }
    private static func place(_ path: String) -> String { path.isEmpty ? "/" : path }
}

extension RegoValue {
    fileprivate var isContainer: Bool { array != nil || object != nil || set != nil }
}

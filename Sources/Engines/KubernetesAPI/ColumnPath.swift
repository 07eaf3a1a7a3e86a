public import Documents

/// The part of JSONPath that printer columns use: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`.
public struct ColumnPath: Hashable, Sendable {
    private enum Step: Hashable {
        case member(String)
        case index(Int)
        case all
        case filter([String], String)
    }

    private static let stepsMax = 64
    private let steps: [Step]

    /// Nil when the text is not such a path.
    public init?(_ text: String) {
        var steps: [Step] = []
        var rest = Substring(text.hasPrefix("{") && text.hasSuffix("}") ? String(text.dropFirst().dropLast()) : text)
        if rest.first == "$" { rest = rest.dropFirst() }
        while !rest.isEmpty {
            guard steps.count < Self.stepsMax else { return nil }
            if rest.first == "." {
                rest = rest.dropFirst()
                var name = ""
                while let character = rest.first, character != ".", character != "[" {
                    rest = rest.dropFirst()
                    if character == "\\", let next = rest.first {
                        name.append(next)
                        rest = rest.dropFirst()
                    } else {
                        name.append(character)
                    }
                }
                guard !name.isEmpty || steps.isEmpty && rest.isEmpty else { return nil }
                if !name.isEmpty { steps.append(name == "*" ? .all : .member(name)) }
            } else if rest.first == "[", let end = rest.firstIndex(of: "]") {
                let inner = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                guard let step = Self.bracket(String(inner)) else { return nil }
                steps.append(step)
            } else {
                return nil
            }
        }
        self.steps = steps
    }

    private static func bracket(_ text: String) -> Step? {
        if text == "*" { return .all }
        if let index = Int(text) { return .index(index) }
        if text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote {
            return .member(String(text.dropFirst().dropLast()))
        }
        guard text.hasPrefix("?("), text.hasSuffix(")"), let range = text.firstRange(of: "==") else { return nil }
        let left = text[text.index(text.startIndex, offsetBy: 2)..<range.lowerBound].filter { $0 != " " }
        let right = text[range.upperBound...].dropLast().drop { $0 == " " }
        guard left.hasPrefix("@.") else { return nil }
        var value = String(right)
        while value.last == " " { value.removeLast() }
        if value.count >= 2, let quote = value.first, quote == "'" || quote == "\"", value.last == quote {
            value = String(value.dropFirst().dropLast())
        }
        return .filter(left.dropFirst(2).split(separator: ".").map(String.init), value)
    }

    /// What the path finds, in order.
    public func values(in document: Value) -> [Value] {
        steps.reduce([document]) { found, step in
            found.flatMap { value -> [Value] in
                switch step {
                case .member(let name): return value[name].map { [$0] } ?? []
                case .index(let index):
                    guard let list = value.array else { return [] }
                    let place = index < 0 ? list.count + index : index
                    return list.indices.contains(place) ? [list[place]] : []
                case .all: return value.array ?? value.object?.map(\.value) ?? []
                case .filter(let path, let wanted):
                    return (value.array ?? []).filter { item in
                        let found = item[Pointer(path)]
                        return (found?.string ?? found.map { JSONWriter.string($0) }) == wanted
                    }
                }
            }
        }
    }
}

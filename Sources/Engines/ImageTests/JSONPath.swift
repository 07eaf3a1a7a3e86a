import Documents

/// The paths of gjson that tests use: members and indexes by dots, `\.` for a dot in a name, `#` for the count,
/// `#.name` for that member of every element.
enum JSONPath {
    static func value(_ path: String, in document: Value) -> Value? { value(components(path)[...], in: document) }

    private static func value(_ components: ArraySlice<String>, in value: Value) -> Value? {
        guard let first = components.first else { return value }
        let rest = components.dropFirst()
        if let array = value.array {
            if first == "#" {
                return rest.isEmpty ? .integer(array.count) : .array(array.compactMap { self.value(rest, in: $0) })
            }
            guard let index = Int(first), array.indices.contains(index) else { return nil }
            return self.value(rest, in: array[index])
        }
        return value[first].flatMap { self.value(rest, in: $0) }
    }

    private static func components(_ path: String) -> [String] {
        var components = [""]
        var isEscaped = false
        for character in path {
            if isEscaped {
                components[components.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "." {
                components.append("")
            } else {
                components[components.count - 1].append(character)
            }
        }
        return components
    }
}

import Documents

/// What must be written in a message, by the fields' names in its description.
indirect enum FieldRule: Sendable {
    /// Written, and not its type's default.
    case required(String)
    /// At least one of these.
    case oneOf([String])
    /// At least one element.
    case notEmpty(String)
    /// No element is an empty text.
    case texts(String)
    /// The field, where it is written, follows the rules.
    case inside(String, [FieldRule])
    /// Every element of the list, or value of the map, follows the rules.
    case each(String, [FieldRule])
    /// The rules hold where a field has this text.
    case when(String, String, [FieldRule])
    /// The same for a field of a message inside: message, field, text.
    case whenInside(String, String, String, [FieldRule])

    /// What is wrong with the message, each with its path.
    func problems(in document: Value, path: String = "") -> [String] {
        func value(_ name: String) -> Value? { document[Self.jsonName(name)] }
        func isWritten(_ name: String) -> Bool {
            switch value(name) {
            case nil, .null?: false
            case .string(let text)?: !text.isEmpty
            case .array(let list)?: !list.isEmpty
            default: true
            }
        }
        switch self {
        case .required(let name): return isWritten(name) ? [] : ["\(path)\(name) is required"]
        case .oneOf(let names):
            return names.contains(where: isWritten) ? [] : ["\(path)\(names.joined(separator: " or ")) is required"]
        case .notEmpty(let name):
            guard let list = value(name)?.array else { return ["\(path)\(name) is required"] }
            return list.isEmpty ? ["\(path)\(name) requires at least 1 element"] : []
        case .texts(let name):
            return (value(name)?.array ?? []).enumerated().compactMap { position, element in
                element.string?.isEmpty == true ? "\(path)\(name)[\(position)] cannot be empty" : nil
            }
        case .inside(let name, let rules):
            guard let inner = value(name) else { return [] }
            return rules.flatMap { $0.problems(in: inner, path: "\(path)\(name).") }
        case .each(let name, let rules):
            if let object = value(name)?.object {
                return object.members.flatMap { member in
                    rules.flatMap { $0.problems(in: member.value, path: "\(path)\(name)[\"\(member.key)\"].") }
                }
            }
            return (value(name)?.array ?? []).enumerated().flatMap { position, element in
                rules.flatMap { $0.problems(in: element, path: "\(path)\(name)[\(position)].") }
            }
        case .when(let name, let text, let rules):
            guard value(name)?.string == text else { return [] }
            return rules.flatMap { $0.problems(in: document, path: path) }
        case .whenInside(let message, let name, let text, let rules):
            guard value(message)?[Self.jsonName(name)]?.string == text else { return [] }
            return rules.flatMap { $0.problems(in: document, path: path) }
        }
    }

    private static func jsonName(_ name: String) -> String {
        var result = ""
        for (position, word) in name.split(separator: "_").enumerated() {
            result += position == 0 ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
        }
        return result
    }
}

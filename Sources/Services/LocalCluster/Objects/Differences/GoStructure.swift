import Documents

/// An object's part as the API server holds it in memory, which some of its messages show: every field of the Go
/// structure in its order and under its Go name, zero where nothing was given.
enum GoStructure {
    /// One field of a structure.
    struct Field: Sendable {
        enum Form: Sendable {
            case text, number, flag
            /// As it was given, or null.
            case given
            /// Members ordered by name, or null.
            case map
            case list(of: String)
            case pointer(to: String)
            case structure(String)
            /// The fields of another structure in this one's place.
            case embedded(String)
            /// A structure of the common library, which leaves out what is empty and keeps the names of the API.
            case common(String)
        }

        var name: String
        /// The name in the API.
        var key: String
        var form: Form
    }

    static func value(_ value: Value?, _ structure: String) -> Value {
        .object(Object(members(value ?? [:], structure)))
    }

    private static func members(_ value: Value, _ structure: String) -> [(String, Value)] {
        let value = structure == "PodSpec" ? withHostSettings(value) : value
        return (GoFields.all[structure] ?? []).flatMap { field -> [(String, Value)] in
            if case .embedded(let inner) = field.form {
                return GoFields.isCommon(inner) ? common(value["metadata"] ?? [:], inner) : members(value, inner)
            }
            return [(field.name, member(value[field.key], field.form))]
        }
    }

    private static func member(_ value: Value?, _ form: Field.Form) -> Value {
        switch form {
        case .text: return value ?? ""
        case .number: return value ?? 0
        case .flag: return value ?? false
        case .given, .embedded: return value ?? .null
        case .map: return value?.object.map { .object($0.sorted()) } ?? .null
        case .list(let inner):
            return value?.array.map { .array($0.map { self.value($0, inner) }) } ?? .null
        case .pointer(let inner): return value.map { self.value($0, inner) } ?? .null
        case .structure(let inner): return self.value(value, inner)
        case .common(let inner): return value.map { .object(Object(common($0, inner))) } ?? .null
        }
    }

    private static func common(_ value: Value, _ structure: String) -> [(String, Value)] {
        (GoFields.all[structure] ?? []).compactMap { field in
            guard let given = value[field.key], given != .null, given.object?.isEmpty != true,
                given.array?.isEmpty != true
            else { return nil }
            let sorted = given.object.map { Value.object($0.sorted()) } ?? given
            if case .list(let inner) = field.form, let elements = given.array {
                return (field.key, .array(elements.map { .object(Object(common($0, inner))) }))
            }
            return (field.key, sorted)
        }
    }

    /// What the API keeps beside the security context is inside it in memory.
    private static func withHostSettings(_ spec: Value) -> Value {
        var spec = spec
        for key in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"] {
            if let setting = spec[key] { spec[Pointer(["securityContext", key])] = setting }
        }
        return spec
    }

    // MARK: Differences

    /// The lines that differ between two parts.
    static func difference(_ old: Value, _ new: Value, _ structure: String) -> String {
        LineDifference.text(lines(value(old, structure)), lines(value(new, structure)))
    }

    /// JSON with one space of indentation.
    private static func lines(_ value: Value) -> [String] {
        var lines: [String] = []
        write(value, "", "", &lines)
        return lines
    }

    private static func write(_ value: Value, _ margin: String, _ start: String, _ lines: inout [String]) {
        func all(_ open: String, _ close: String, _ members: [(String, Value)]) {
            guard !members.isEmpty else { return lines.append("\(margin)\(start)\(open)\(close)") }
            lines.append("\(margin)\(start)\(open)")
            for (index, member) in members.enumerated() {
                write(member.1, margin + " ", member.0, &lines)
                if index < members.count - 1 { lines[lines.count - 1] += "," }
            }
            lines.append("\(margin)\(close)")
        }
        switch value {
        case .object(let object): all("{", "}", object.map { ("\(JSONWriter.string(.string($0.key))): ", $0.value) })
        case .array(let elements): all("[", "]", elements.map { ("", $0) })
        default: lines.append("\(margin)\(start)\(JSONWriter.string(value))")
        }
    }
}

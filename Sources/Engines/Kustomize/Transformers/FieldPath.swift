import Documents
import WaybillCore

/// A path of a replacement or a variable: `spec.template.spec.containers.[name=web].image`.
struct FieldPath {
    enum Step: Hashable {
        case key(String)
        case every
        /// The elements with this member.
        case element(key: String, value: String)
    }

    let text: String
    let steps: [Step]

    /// Dots separate; `\.` is a dot in a name and brackets hold one together.
    init(_ text: String) {
        self.text = text
        var steps: [Step] = []
        var part = ""
        var depth = 0
        var isEscaped = false
        func finish() {
            guard !part.isEmpty else { return }
            steps.append(Self.step(part))
            part = ""
        }
        for character in text {
            if isEscaped {
                part.append(character)
                isEscaped = false
                continue
            }
            switch character {
            case "\\": isEscaped = true
            case "[":
                if depth == 0 { finish() }
                depth += 1
                part.append(character)
            case "]":
                depth = max(0, depth - 1)
                part.append(character)
                if depth == 0 { finish() }
            case "." where depth == 0: finish()
            default: part.append(character)
            }
        }
        finish()
        self.steps = steps
    }

    private static func step(_ part: String) -> Step {
        guard part.hasPrefix("["), part.hasSuffix("]") else { return part == "*" ? .every : .key(part) }
        let inner = part.dropFirst().dropLast()
        if let equals = inner.firstIndex(of: "=") {
            return .element(key: String(inner[..<equals]), value: String(inner[equals...].dropFirst()))
        }
        return inner == "*" ? .every : .key(String(inner))
    }

    /// The first value that the path leads to.
    func first(in value: Value) -> Value? {
        var found: Value?
        var copy = value
        _ = try? update(&copy, creating: nil) { place throws(WaybillError) in if found == nil { found = place } }
        return found
    }

    /// Calls `change` on every value that the path leads to and returns how many there were. With `creating`, missing
    /// members are made, the last one as that value.
    func update(
        _ value: inout Value, creating: Value?, _ change: (inout Value) throws(WaybillError) -> Void
    ) throws(WaybillError) -> Int {
        try update(&value, steps[...], creating, change)
    }

    private func update(
        _ value: inout Value, _ steps: ArraySlice<Step>, _ creating: Value?,
        _ change: (inout Value) throws(WaybillError) -> Void
    ) throws(WaybillError) -> Int {
        guard let step = steps.first else {
            try change(&value)
            return 1
        }
        let rest = steps.dropFirst()
        var count = 0
        switch (step, value) {
        case (.key(let key), .object(var object)):
            var member = object[key]
            if member == nil || member?.isNull == true, let creating {
                member = rest.isEmpty ? creating : Self.container(for: rest.first)
            }
            guard var member else { return 0 }
            count = try update(&member, rest, creating, change)
            object[key] = member
            value = .object(object)
        case (.every, .object(var object)):
            for key in object.keys {
                guard var member = object[key] else { continue }
                count += try update(&member, rest, creating, change)
                object[key] = member
            }
            value = .object(object)
        case (.key(let key), .array(var elements)):
            // A list without an index stands for its elements where the next step is a name.
            if let index = Int(key) {
                guard elements.indices.contains(index) else { return 0 }
                count = try update(&elements[index], rest, creating, change)
            } else {
                return 0
            }
            value = .array(elements)
        case (.every, .array(var elements)):
            for index in elements.indices { count += try update(&elements[index], rest, creating, change) }
            value = .array(elements)
        case (.element(let key, let wanted), .array(var elements)):
            for index in elements.indices
            where Self.text(key.isEmpty ? elements[index] : elements[index][key]) == wanted {
                count += try update(&elements[index], rest, creating, change)
            }
            if count == 0, let creating {
                var element: Value = [:]
                element[key] = .string(wanted)
                if rest.isEmpty { element = creating }
                count = try update(&element, rest, creating, change)
                elements.append(element)
            }
            value = .array(elements)
        default: return 0
        }
        return count
    }

    private static func container(for step: Step?) -> Value {
        if case .element? = step { return .array([]) }
        return .object(Object())
    }

    static func text(_ value: Value?) -> String? {
        switch value {
        case .string(let text)?: text
        case .number(let number)?: number.text
        case .bool(let value)?: value ? "true" : "false"
        default: nil
        }
    }
}

import Documents
import WaybillCore

/// A field of some kinds that a transformation works on, and whether it is made where it is missing.
struct FieldSpec: Hashable {
    var kind = KindPattern()
    /// The components of the path; a trailing `[]` says that the field is a list.
    var path: [String]
    var creates = false

    init(_ path: String, kind: String = "", group: String = "", version: String = "", creates: Bool = false) {
        self.kind = KindPattern(group: group, version: version, kind: kind)
        self.path = Self.split(path)
        self.creates = creates
    }

    /// Slashes separate; `\/` is a slash in a name.
    private static func split(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if let last = parts.last, last.utf8.last == UInt8(ascii: "\\") {
                parts[parts.count - 1] = "\(last.dropLast())/\(Substring(part))"
            } else {
                parts.append(String(Substring(part)))
            }
        }
        return parts
    }

    /// Calls `change` on every place that the path leads to. A place that was made is null at first; lists on the way
    /// are gone through element by element.
    func update(_ value: inout Value, _ change: (inout Value) throws(WaybillError) -> Void) throws(WaybillError) {
        try update(&value, path[...], change)
    }

    private func update(
        _ value: inout Value, _ path: ArraySlice<String>, _ change: (inout Value) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        guard let component = path.first else { return try change(&value) }
        switch value {
        case .array(var elements):
            // Let go of what is changed, so that it is changed where it stands.
            value = .null
            defer { value = .array(elements) }
            for index in elements.indices { try update(&elements[index], path, change) }
        case .object(var object):
            let isList = component.utf8.suffix(2).elementsEqual("[]".utf8)
            let key = isList ? String(component.dropLast(2)) : component
            let rest = path.dropFirst()
            let isMade = creates && !isList
            guard isMade || object.has(key) else { return }
            value = .null
            defer { value = .object(object) }
            if !object.has(key) { object[key] = .null }
            _ = try object.update(key) { member throws(WaybillError) in
                if member.isNull {
                    // A field without a value counts as missing, but its key is there.
                    guard isMade else { return }
                    if !rest.isEmpty { member = .object(Object()) }
                }
                try update(&member, rest, change)
            }
        default:
            break
        }
    }
}

extension [FieldSpec] {
    /// A spec for all kinds is left out where one for some kinds has the same path: whoever names kinds means those.
    func merging(_ others: [FieldSpec]) -> [FieldSpec] {
        var result = self
        for other in others {
            if let index = result.firstIndex(where: { $0.kind == other.kind && $0.path == other.path }) {
                result[index].creates = result[index].creates || other.creates
            } else if !result.contains(where: { other.kind.covers($0.kind) && $0.path == other.path }) {
                result.append(other)
            }
        }
        return result
    }
}

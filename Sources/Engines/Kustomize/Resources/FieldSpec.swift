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
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            if let last = parts.last, last.hasSuffix("\\") {
                parts[parts.count - 1] = last.dropLast() + "/" + part
            } else {
                parts.append(String(part))
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
            for index in elements.indices { try update(&elements[index], path, change) }
            value = .array(elements)
        case .object(var object):
            let isList = component.hasSuffix("[]")
            let key = isList ? String(component.dropLast(2)) : component
            var member = object[key]
            if member == nil {
                guard creates, !isList else { return }
                member = .null
            }
            guard var member else { return }
            if member.isNull {
                // A field without a value counts as missing, but its key is there.
                guard creates, !isList else { return }
                if path.count > 1 { member = .object(Object()) }
            }
            try update(&member, path.dropFirst(), change)
            object[key] = member
            value = .object(object)
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

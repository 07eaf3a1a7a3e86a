/// Changes to documents by paths.
enum DocumentBuiltins {
    static let all = [
        Builtin("json.filter", 2) { (a) throws(BuiltinFailure) in
            .object(RegoObject(filter(.object(try a.object(0)), PathTree(try paths(a))).object?.members ?? []))
        },
        Builtin("json.remove", 2) { (a) throws(BuiltinFailure) in
            remove(.object(try a.object(0)), PathTree(try paths(a))) ?? .object(RegoObject([]))
        },
        Builtin("json.patch", 2, JSONPatch.apply),
    ]

    /// Paths as keys from the top. A path without keys says nothing.
    final class PathTree {
        var children: [RegoValue: PathTree] = [:]
        var isEnd = false

        init(_ paths: [[RegoValue]]) {
            for path in paths where !path.isEmpty {
                var node = self
                for key in path {
                    let child = node.children[key] ?? PathTree([])
                    node.children[key] = child
                    node = child
                }
                node.isEnd = true
            }
        }
    }

    private static func paths(_ a: Arguments) throws(BuiltinFailure) -> [[RegoValue]] {
        var result: [[RegoValue]] = []
        for element in try a.elements(1) {
            switch element {
            case .string(let text): result.append(keys(text))
            case .array(let path): result.append(path)
            default:
                throw BuiltinFailure(
                    type:
                        "operand 2 must be one of {set, array} containing string paths or array of path segments but got "
                        + element.typeName)
            }
        }
        return result
    }

    /// `a/b~1c`, with or without slashes before it.
    static func keys(_ text: String) -> [RegoValue] {
        guard !text.isEmpty else { return [] }
        let body = String(decoding: text.utf8.drop { $0 == UInt8(ascii: "/") }, as: UTF8.self)
        return StringBuiltins.split(body, by: "/").map { part in
            let slashes = StringBuiltins.split(part, by: "~1").joined(separator: "/")
            return .string(StringBuiltins.split(slashes, by: "~0").joined(separator: "~"))
        }
    }

    /// What the paths say of an element: the index is written as text.
    private static func child(_ tree: PathTree, _ index: Int) -> PathTree? { tree.children[.string(String(index))] }

    private static func filter(_ value: RegoValue, _ tree: PathTree) -> RegoValue {
        switch value {
        case .object(let object):
            return .object(
                RegoObject(
                    ordered: object.members.compactMap { member in
                        tree.children[member.key].map {
                            .init(key: member.key, value: $0.isEnd ? member.value : filter(member.value, $0))
                        }
                    }))
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { index, element in
                    child(tree, index).map { $0.isEnd ? element : filter(element, $0) }
                })
        case .set(let set):
            return .set(
                RegoSet(
                    set.elements.compactMap { element in
                        tree.children[element].map { $0.isEnd ? element : filter(element, $0) }
                    }))
        default: return value
        }
    }

    private static func remove(_ value: RegoValue, _ tree: PathTree) -> RegoValue? {
        if tree.isEnd { return nil }
        switch value {
        case .object(let object):
            return .object(
                RegoObject(
                    ordered: object.members.compactMap { member in
                        guard let below = tree.children[member.key] else { return member }
                        return remove(member.value, below).map { .init(key: member.key, value: $0) }
                    }))
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { index, element in
                    guard let below = child(tree, index) else { return element }
                    return remove(element, below)
                })
        case .set(let set):
            return .set(
                RegoSet(
                    set.elements.compactMap { element in
                        guard let below = tree.children[element] else { return element }
                        return remove(element, below)
                    }))
        default: return value
        }
    }
}

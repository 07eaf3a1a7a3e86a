public import Documents

/// One step of a field's path: a member, a list's element by its key fields, a set's element by its value.
public struct PathElement: Hashable, Sendable, Comparable {
    public enum Kind: Sendable {
        case field(String)
        case key(Object)
        case value(Value)
        case index(Int)
    }

    public let kind: Kind
    /// As `fieldsV1` writes it: `f:spec`, `k:{"name":"a"}`, `v:"x"`, `i:0`. Elements are equal when its bytes are.
    public let text: String

    public static func field(_ name: String) -> PathElement { PathElement(kind: .field(name), text: "f:\(name)") }
    public static func key(_ fields: Object) -> PathElement {
        PathElement(kind: .key(fields), text: "k:" + JSONWriter.string(.object(fields), style: .canonical))
    }
    public static func value(_ value: Value) -> PathElement {
        PathElement(kind: .value(value), text: "v:" + JSONWriter.string(value, style: .canonical))
    }
    public static func index(_ index: Int) -> PathElement { PathElement(kind: .index(index), text: "i:\(index)") }

    private init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }

    /// Nil when the text is not one of the four forms.
    public init?(_ text: String) {
        let rest = String(text.dropFirst(2))
        switch text.prefix(2) {
        case "f:": self = .field(rest)
        case "k:":
            guard let key = (try? JSONReader.value(from: rest))?.object else { return nil }
            self = .key(key)
        case "v:":
            guard let value = try? JSONReader.value(from: rest) else { return nil }
            self = .value(value)
        case "i:":
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    /// As messages write it: `.spec`, `[name="a"]`.
    public var display: String {
        switch kind {
        case .field(let name): ".\(name)"
        case .key(let fields):
            "[" + fields.sorted().map { "\($0.key)=\(JSONWriter.string($0.value))" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(JSONWriter.string(value))]"
        case .index(let index): "[\(index)]"
        }
    }

    public static func == (left: PathElement, right: PathElement) -> Bool { left.text.hasSameBytes(as: right.text) }
    public func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
    public static func < (left: PathElement, right: PathElement) -> Bool { left.text.precedesByBytes(right.text) }
}

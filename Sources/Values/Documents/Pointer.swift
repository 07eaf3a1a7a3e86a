/// A JSON pointer (RFC 6901).
public struct Pointer: Hashable, Sendable, CustomStringConvertible {
    public var tokens: [String]

    public init(_ tokens: [String] = []) { self.tokens = tokens }

    /// Nil when the text is neither empty nor starts with `/`, or holds a `~` that is not `~0` or `~1`.
    public init?(parsing text: String) {
        if text.isEmpty {
            self.init()
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            var token: [UInt8] = []
            var iterator = part.makeIterator()
            while let byte = iterator.next() {
                guard byte == UInt8(ascii: "~") else {
                    token.append(byte)
                    continue
                }
                switch iterator.next() {
                case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
                default: return nil
                }
            }
            tokens.append(String(decoding: token, as: UTF8.self))
        }
        self.init(tokens)
    }

    public func appending(_ token: String) -> Pointer { Pointer(tokens + [token]) }
    public func appending(_ index: Int) -> Pointer { Pointer(tokens + [String(index)]) }

    public var description: String {
        tokens.map { token in
            "/" + token.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        }.joined()
    }

    /// As people write a field path: `spec.containers[0].image`.
    public var fieldPath: String {
        var text = ""
        for token in tokens {
            if !token.isEmpty, token.utf8.allSatisfy({ (48...57).contains($0) }) {
                text += "[\(token)]"
            } else if token.contains(where: { $0 == "." || $0 == "/" }) {
                text += "[\"\(token)\"]"
            } else {
                text += text.isEmpty ? token : ".\(token)"
            }
        }
        return text
    }
}

extension Value {
    /// What the pointer names. Setting creates missing objects on the way; an array takes an existing index
    /// or its count; setting nil removes. A path through a scalar is left alone and returns nil.
    public subscript(pointer: Pointer) -> Value? {
        get {
            var value = self
            for token in pointer.tokens {
                switch value {
                case .object(let object): guard let next = object[token] else { return nil }; value = next
                case .array(let array):
                    guard let index = Int(token), array.indices.contains(index) else { return nil }
                    value = array[index]
                default: return nil
                }
            }
            return value
        }
        set { set(newValue, at: pointer.tokens[...]) }
    }

    private mutating func set(_ newValue: Value?, at tokens: ArraySlice<String>) {
        guard let token = tokens.first else {
            self = newValue ?? .null
            return
        }
        let rest = tokens.dropFirst()
        switch self {
        case .array(var array):
            guard let index = Int(token), index >= 0, index <= array.count else { return }
            self = .null
            defer { self = .array(array) }
            if index == array.count {
                guard let newValue else { return }
                var element = Value.null
                element.set(newValue, at: rest)
                array.append(element)
            } else if rest.isEmpty, newValue == nil {
                array.remove(at: index)
            } else {
                array[index].set(newValue, at: rest)
            }
        case .object(var object):
            // Let go of the members, so that they are changed where they stand.
            self = .null
            defer { self = .object(object) }
            if rest.isEmpty {
                object[token] = newValue
            } else if object.update(token, { $0.set(newValue, at: rest) }) == nil, newValue != nil {
                var member = Value.null
                member.set(newValue, at: rest)
                object[token] = member
            }
        case .null where newValue != nil:
            self = .object(Object())
            set(newValue, at: tokens)
        default:
            break
        }
    }
}

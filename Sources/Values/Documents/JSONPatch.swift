public import WaybillCore

/// JSON patch (RFC 6902): operations in order, all or none.
public struct JSONPatch: Sendable, Hashable {
    public enum Operation: Sendable, Hashable {
        case add(Pointer, Value)
        case remove(Pointer)
        case replace(Pointer, Value)
        case move(from: Pointer, to: Pointer)
        case copy(from: Pointer, to: Pointer)
        case test(Pointer, Value)
    }

    public var operations: [Operation]

    /// More operations in one patch are refused, as Kubernetes does.
    public static let operationsMax = 10_000
    /// Nodes that `copy` may produce in one patch; more is a bomb.
    static let copiedNodesMax = 1_000_000

    public init(_ operations: [Operation] = []) { self.operations = operations }

    /// Reads a patch document. Throws `.invalidInput`, naming the operation by its index.
    public init(_ document: Value) throws(WaybillError) {
        guard let elements = document.array else {
            throw WaybillError(
                .invalidInput, "expected a list of operations, found \(document.typeName)", subject: "JSON patch")
        }
        guard elements.count <= Self.operationsMax else {
            throw WaybillError(
                .limitExceeded, "\(elements.count) operations, the limit is \(Self.operationsMax)",
                subject: "JSON patch")
        }
        operations = []
        for (index, element) in elements.enumerated() { operations.append(try Self.operation(element, index)) }
    }

    /// The operations as a document.
    public var document: Value {
        .array(
            operations.map { operation in
                switch operation {
                case .add(let path, let value): ["op": "add", "path": .string(path.description), "value": value]
                case .remove(let path): ["op": "remove", "path": .string(path.description)]
                case .replace(let path, let value):
                    ["op": "replace", "path": .string(path.description), "value": value]
                case .move(let from, let path):
                    ["op": "move", "from": .string(from.description), "path": .string(path.description)]
                case .copy(let from, let path):
                    ["op": "copy", "from": .string(from.description), "path": .string(path.description)]
                case .test(let path, let value): ["op": "test", "path": .string(path.description), "value": value]
                }
            })
    }

    /// The document after all operations. Throws `.invalidInput` for the first that cannot be done and `.conflict`
    /// for a `test` that does not hold.
    public func apply(to document: Value) throws(WaybillError) -> Value {
        var result = document
        var copiedNodes = 0
        for (index, operation) in operations.enumerated() {
            switch operation {
            case .add(let path, let value): try Self.add(value, at: path, in: &result, index)
            case .remove(let path): _ = try Self.remove(path, in: &result, index)
            case .replace(let path, let value):
                guard result[path] != nil else { throw Self.missing(path, index) }
                result[path] = value
            case .move(let from, let path):
                guard from == path || !path.tokens.starts(with: from.tokens) else {
                    throw Self.failure("cannot move \(from) into itself", index)
                }
                try Self.add(try Self.remove(from, in: &result, index), at: path, in: &result, index)
            case .copy(let from, let path):
                guard let value = result[from] else { throw Self.missing(from, index) }
                copiedNodes += value.nodeCount
                guard copiedNodes <= Self.copiedNodesMax else {
                    throw WaybillError(
                        .limitExceeded, "copies more than \(Self.copiedNodesMax) values", subject: "JSON patch")
                }
                try Self.add(value, at: path, in: &result, index)
            case .test(let path, let value):
                guard (result[path] ?? .null) == value else {
                    throw WaybillError(
                        .conflict, "the test of \(path) does not hold", subject: "JSON patch operation \(index)")
                }
            }
        }
        return result
    }

    private static func add(_ value: Value, at path: Pointer, in document: inout Value, _ index: Int)
        throws(WaybillError)
    {
        guard let last = path.tokens.last else { return document = value }
        let parentPath = Pointer(Array(path.tokens.dropLast()))
        switch document[parentPath] {
        case .array(var array):
            guard let position = last == "-" ? array.count : arrayIndex(last), position <= array.count else {
                throw failure("\(path) is past the list's end", index)
            }
            array.insert(value, at: position)
            document[parentPath] = .array(array)
        case .object:
            document[path] = value
        default: throw missing(parentPath, index)
        }
    }

    private static func remove(_ path: Pointer, in document: inout Value, _ index: Int) throws(WaybillError) -> Value {
        guard let value = document[path] else { throw missing(path, index) }
        document[path] = nil
        return value
    }

    /// Digits without a leading zero (RFC 6901 section 4).
    private static func arrayIndex(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first.map({ (49...57).contains($0) }) == true,
            token.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(token)
    }

    private static func missing(_ path: Pointer, _ index: Int) -> WaybillError {
        WaybillError(
            .notFound, "\(path.tokens.isEmpty ? "the document" : path.description) does not exist",
            subject: "JSON patch operation \(index)")
    }

    private static func failure(_ message: String, _ index: Int) -> WaybillError {
        WaybillError(.invalidInput, message, subject: "JSON patch operation \(index)")
    }

    private static func operation(_ value: Value, _ index: Int) throws(WaybillError) -> Operation {
        func pointer(_ key: String) throws(WaybillError) -> Pointer {
            guard let text = value[key]?.string, let pointer = Pointer(parsing: text) else {
                throw failure("“\(key)” must be a JSON pointer", index)
            }
            return pointer
        }
        func operand() throws(WaybillError) -> Value {
            guard let operand = value["value"] else { throw failure("“value” is missing", index) }
            return operand
        }
        switch value["op"]?.string {
        case "add": return .add(try pointer("path"), try operand())
        case "remove": return .remove(try pointer("path"))
        case "replace": return .replace(try pointer("path"), try operand())
        case "move": return .move(from: try pointer("from"), to: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": return .test(try pointer("path"), try operand())
        default: throw failure("“op” must be add, remove, replace, move, copy or test", index)
        }
    }
}

extension Value {
    /// The value itself and all it holds.
    fileprivate var nodeCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.nodeCount }
        case .object(let object): object.reduce(1) { $0 + $1.value.nodeCount }
        default: 1
        }
    }
}

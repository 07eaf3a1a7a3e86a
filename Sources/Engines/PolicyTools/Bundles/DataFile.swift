public import Documents
public import WaybillCore

/// Documents in files: JSON and YAML, put into one tree by where they lie.
public enum DataFile {
    public static func value(of file: BundleFile, subject: String) throws(WaybillError) -> Value {
        do {
            if file.name.hasSuffix(".yaml") || file.name.hasSuffix(".yml") {
                return try YAMLReader.node(from: file.bytes, schema: .core).value
            }
            return try JSONReader.value(from: file.bytes)
        } catch {
            throw error.inFile(subject)
        }
    }

    /// Puts a document at a path. Objects become one; anything else that is there already is a conflict.
    public static func merge(
        _ value: Value, at path: [String], into data: inout Object, subject: String
    ) throws(WaybillError) {
        if path.isEmpty, value.object == nil {
            throw WaybillError(
                .invalidInput, "the root document must be an object, found \(value.typeName)", subject: subject)
        }
        let nested = path.reversed().reduce(value) { inner, key in .object(Object([(key: key, value: inner)])) }
        try join(nested.object ?? [:], into: &data, [], subject)
    }

    private static func join(
        _ more: Object, into data: inout Object, _ path: [String], _ subject: String
    ) throws(WaybillError) {
        for member in more.members {
            guard let existing = data[member.key] else {
                data[member.key] = member.value
                continue
            }
            guard var object = existing.object, let addition = member.value.object else {
                throw WaybillError(
                    .conflict, "merge error: data at /\((path + [member.key]).joined(separator: "/")) is given twice",
                    subject: subject)
            }
            try join(addition, into: &object, path + [member.key], subject)
            data[member.key] = .object(object)
        }
    }
}

/// One change to documents: a line of `patch.json`.
public struct DataChange: Sendable, Hashable {
    public enum Operation: String, Sendable, CaseIterable { case upsert, remove, replace }

    public var operation: Operation
    public var path: [String]
    public var value: Value

    public static let changesMax = 100_000

    static func read(_ bytes: [UInt8], subject: String) throws(WaybillError) -> [DataChange] {
        do throws(DocumentError) {
            let node = try JSONReader.node(from: bytes)
            var fields = try Fields(node, of: "patch")
            var changes: [DataChange] = []
            for element in try fields.elements("data") ?? [] {
                guard changes.count < changesMax else {
                    throw DocumentError(at: element.position, "more than \(changesMax) changes")
                }
                var entry = try Fields(element, of: "data[\(changes.count)]")
                guard let operation = try entry.word("op", as: Operation.self) else {
                    throw DocumentError(at: element.position, "data[\(changes.count)]: the key “op” is missing")
                }
                let text = try entry.requiredString("path")
                guard text.hasPrefix("/"), let pointer = Pointer(parsing: text == "/" ? "" : text) else {
                    throw DocumentError(at: element.position, "data[\(changes.count)].path: expected a path from /")
                }
                let value = element["value"]?.value
                _ = entry.node("value")
                try entry.finish()
                if operation != .remove, value == nil {
                    throw DocumentError(at: element.position, "data[\(changes.count)]: the key “value” is missing")
                }
                changes.append(DataChange(operation: operation, path: pointer.tokens, value: value ?? .null))
            }
            try fields.finish()
            return changes
        } catch {
            throw error.inFile(subject)
        }
    }
}

extension Value {
    /// The document at a path of object keys and array indexes; nil where there is none.
    public func document(at path: some Collection<String>) -> Value? {
        var found = self
        for key in path {
            switch found {
            case .object(let object):
                guard let next = object[key] else { return nil }
                found = next
            case .array(let elements):
                guard let index = Int(key), elements.indices.contains(index), String(index) == key else { return nil }
                found = elements[index]
            default: return nil
            }
        }
        return found
    }

    /// Sets the document at a path, making the objects above it; removes it for nil. False where something that is not
    /// an object is in the way, or where there is nothing to remove.
    public mutating func setDocument(at path: some Collection<String>, to value: Value?) -> Bool {
        guard let key = path.first else {
            self = value ?? .object([:])
            return true
        }
        let rest = path.dropFirst()
        switch self {
        case .object(var object):
            if rest.isEmpty {
                guard value != nil || object[key] != nil else { return false }
                object[key] = value
            } else {
                let existing: Value? = object[key] ?? (value == nil ? nil : Value.object([:]))
                guard var child = existing, child.setDocument(at: rest, to: value) else { return false }
                object[key] = child
            }
            self = .object(object)
            return true
        case .array(var elements):
            guard let index = Int(key), elements.indices.contains(index) else { return false }
            if rest.isEmpty {
                if let value { elements[index] = value } else { elements.remove(at: index) }
            } else {
                guard elements[index].setDocument(at: rest, to: value) else { return false }
            }
            self = .array(elements)
            return true
        default: return false
        }
    }
}

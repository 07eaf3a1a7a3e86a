import Documents
import WaybillCore

/// Reads Kubernetes' protobuf bodies, which kubectl sends for the kinds that it knows by type.
///
/// Only the messages of `ProtobufTable` are known; every other message or field is refused, never dropped.
struct ProtobufBody {
    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    private static let depthMax = 32

    /// The document in the envelope. Throws 415 for what the table does not hold.
    static func document(_ bytes: [UInt8]) throws(APIError) -> Value {
        guard bytes.starts(with: magic) else { throw .badRequest("the body is not in Kubernetes' protobuf form") }
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        var envelope = ProtobufReader(bytes[magic.count...])
        while let field = try envelope.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let type)):
                var reader = ProtobufReader(type)
                while let part = try reader.next() {
                    guard case .bytes(let text) = part.value else { continue }
                    if part.number == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
                    if part.number == 2 { kind = String(decoding: text, as: UTF8.self) }
                }
            case (2, .bytes(let body)): raw = body
            default: break
            }
        }
        guard ProtobufTable.messages[kind] != nil else { throw unsupported("the kind \(Redaction.excerpt(kind))") }
        var value = try message(raw, kind, 0)
        value["apiVersion"] = .string(apiVersion)
        value["kind"] = .string(kind)
        return value
    }

    private static func message(_ bytes: ArraySlice<UInt8>, _ name: String, _ depth: Int) throws(APIError) -> Value {
        guard depth < depthMax, let fields = ProtobufTable.messages[name] else { throw unsupported(name) }
        var result = Object()
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard let known = fields[field.number] else { throw unsupported("field \(field.number) of \(name)") }
            let value = try self.value(field.value, known.type, depth)
            if known.name == "+" {
                // A part that JSON writes among the members of the whole.
                for member in value.object ?? Object() { result[member.key] = member.value }
            } else if known.isList {
                result[known.name] = .array((result[known.name]?.array ?? []) + [value])
            } else if known.isMap {
                var map = result[known.name]?.object ?? Object()
                for member in value.object ?? Object() { map[member.key] = member.value }
                result[known.name] = .object(map)
            } else if !isZero(value), !(value == 0 || value == false) || !plainFields.contains(known.name) {
                result[known.name] = value
            }
        }
        return .object(result)
    }

    /// Numbers and flags that are no pointers in Go: zero is absence.
    private static let plainFields: Set<String> = [
        "hostPort", "nodePort", "minReadySeconds", "generation", "observedGeneration", "hostNetwork", "hostPID",
        "hostIPC",
        "stdin", "stdinOnce", "tty", "paused", "publishNotReadyAddresses", "denied", "allowed", "unavailableReplicas",
        "availableReplicas", "readyReplicas", "updatedReplicas", "active", "succeeded", "failed",
        "globalDefault", "incomplete", "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods",
        "currentReplicas", "desiredReplicas",
    ]

    /// Go writes zero values of fields that are not pointers; in JSON they are left out.
    private static func isZero(_ value: Value) -> Bool { value == "" || value.isNull }

    private static func value(
        _ value: ProtobufReader.FieldValue, _ type: String, _ depth: Int
    ) throws(APIError) -> Value {
        switch (type, value) {
        case ("string", .bytes(let bytes)): return .string(String(decoding: bytes, as: UTF8.self))
        case ("bytes", .bytes(let bytes)): return .string(Base64.encode(bytes))
        case ("int", .number(let number)): return .integer(Int(truncatingIfNeeded: Int64(bitPattern: number)))
        case ("bool", .number(let number)): return .bool(number != 0)
        case ("time", .bytes(let bytes)):
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                if field.number == 1, case .number(let seconds) = field.value, seconds > 0, seconds < 1 << 40 {
                    return .string(APITime.text(Int(seconds)))
                }
            }
            return .null
        case ("intOrString", .bytes(let bytes)):
            let parts = try message(bytes, "IntOrString", depth + 1)
            return parts["type"]?.integer == 1 ? parts["string"] ?? "" : parts["integer"] ?? 0
        case ("quantity", .bytes(let bytes)): return try message(bytes, "Quantity", depth + 1)["string"] ?? "0"
        case ("map", .bytes(let bytes)), ("bytesMap", .bytes(let bytes)), ("quantityMap", .bytes(let bytes)):
            let valueType = type == "map" ? "string" : type == "bytesMap" ? "bytes" : "quantity"
            var key = ""
            var content = Value.string("")
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                if field.number == 1, case .bytes(let text) = field.value {
                    key = String(decoding: text, as: UTF8.self)
                }
                if field.number == 2 { content = try self.value(field.value, valueType, depth + 1) }
            }
            return .object(Object([(key: key, value: content)]))
        case (let name, .bytes(let bytes)): return try message(bytes, name, depth + 1)
        default: throw .badRequest("the body is not in Kubernetes' protobuf form")
        }
    }

    private static func unsupported(_ what: String) -> APIError {
        APIError(
            code: 415, reason: "UnsupportedMediaType",
            message:
                "\(what) is not known in protobuf here - accepted media types include: application/json, application/yaml",
            details: Object())
    }
}

/// Protobuf's wire format.
struct ProtobufReader {
    enum FieldValue {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() throws(APIError) -> (number: Int, value: FieldValue)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        let number = Int(truncatingIfNeeded: tag >> 3)
        switch tag & 7 {
        case 0: return (number, .number(try varint()))
        case 1: return (number, .bytes(try take(8)))
        case 2: return (number, .bytes(try take(Int(exactly: try varint()) ?? .max)))
        case 5: return (number, .bytes(try take(4)))
        default: throw .badRequest("the body is not protobuf")
        }
    }

    private mutating func varint() throws(APIError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw .badRequest("the body is not protobuf: it ends too early") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .badRequest("the body is not protobuf: a number is too long")
    }

    private mutating func take(_ count: Int) throws(APIError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw .badRequest("the body is not protobuf: it ends too early") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

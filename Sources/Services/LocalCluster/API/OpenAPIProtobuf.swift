import Documents

/// The version 2 document in the protobuf form that clients ask for: the messages of gnostic's `openapi.v2`, as far as
/// kubectl reads them.
enum OpenAPIProtobuf {
    static func bytes(_ document: Value) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.string(1, document["swagger"]?.string)
        writer.message(2) { info in
            info.string(1, document["info"]?["title"]?.string)
            info.string(2, document["info"]?["version"]?.string)
        }
        writer.message(8) { paths in
            for path in document["paths"]?.object ?? Object() {
                paths.message(2) { named in
                    named.string(1, path.key)
                    named.message(2) { self.path(path.value, &$0) }
                }
            }
        }
        writer.message(9) { definitions in
            for definition in document["definitions"]?.object ?? Object() {
                definitions.message(1) { named in
                    named.string(1, definition.key)
                    named.message(2) { schema(definition.value, &$0) }
                }
            }
        }
        return writer.bytes
    }

    private static let methods = [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)]

    private static func path(_ path: Value, _ writer: inout ProtobufWriter) {
        for (method, number) in methods {
            guard let operation = path[method] else { continue }
            writer.message(number) { message in
                message.string(5, operation["operationId"]?.string)
                for parameter in operation["parameters"]?.array ?? [] {
                    message.message(8) { item in
                        item.message(1) { parameterMessage in
                            parameterMessage.message(2) { other in
                                other.message(3) { query in
                                    query.string(2, "query")
                                    query.string(4, parameter["name"]?.string)
                                    query.string(6, parameter["schema"]?["type"]?.string ?? "string")
                                }
                            }
                        }
                    }
                }
                extensions(operation, 13, &message)
            }
        }
    }

    private static func schema(_ schema: Value, _ writer: inout ProtobufWriter) {
        writer.string(1, schema["$ref"]?.string)
        writer.string(2, schema["format"]?.string)
        writer.string(4, schema["description"]?.string)
        for name in schema["required"]?.array ?? [] { writer.string(19, name.string) }
        if let additional = schema["additionalProperties"] {
            writer.message(21) { item in
                if let flag = additional.bool {
                    item.flag(2, flag)
                } else {
                    item.message(1) { self.schema(additional, &$0) }
                }
            }
        }
        if let type = schema["type"]?.string { writer.message(22) { $0.string(1, type) } }
        if let items = schema["items"] { writer.message(23) { item in item.message(1) { self.schema(items, &$0) } } }
        if let properties = schema["properties"]?.object {
            writer.message(25) { message in
                for property in properties {
                    message.message(1) { named in
                        named.string(1, property.key)
                        named.message(2) { self.schema(property.value, &$0) }
                    }
                }
            }
        }
        extensions(schema, 31, &writer)
    }

    /// `x-` members as texts of YAML, of which JSON is a part.
    private static func extensions(_ value: Value, _ number: Int, _ writer: inout ProtobufWriter) {
        for member in value.object ?? Object() where member.key.hasPrefix("x-") {
            writer.message(number) { named in
                named.string(1, member.key)
                named.message(2) { $0.string(2, JSONWriter.string(member.value)) }
            }
        }
    }
}

/// Writes protobuf's wire format.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func field(_ number: Int, _ content: [UInt8]) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func string(_ number: Int, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        field(number, Array(text.utf8))
    }

    mutating func flag(_ number: Int, _ value: Bool) {
        varint(UInt64(number) << 3)
        bytes.append(value ? 1 : 0)
    }

    mutating func message(_ number: Int, _ content: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        content(&inner)
        field(number, inner.bytes)
    }
}

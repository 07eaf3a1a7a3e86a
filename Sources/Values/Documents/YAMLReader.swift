internal import CYAML
import WaybillCore

/// Reads YAML streams through libyaml's events, with positions, and types plain scalars as Kubernetes tools do.
///
/// Duplicate keys, unknown tags, keys that are not scalars, undefined aliases, too deep nesting and too large alias
/// expansion are errors.
public enum YAMLReader {
    /// How plain scalars get their types.
    public enum Schema: Sendable {
        /// As Kubernetes tools read manifests (YAML 1.1 booleans: `yes`, `on`, …; octal `0644`).
        case kubernetes
        /// YAML 1.2 core: only `true` and `false`, octal `0o644`.
        case core
        /// As kustomize reads manifests: YAML 1.2 booleans, but numbers as in YAML 1.1 (octal `0644`, `1_000`).
        case kustomize
    }

    /// Every document of the stream; empty documents are null scalars, an empty stream has none.
    public static func nodes(
        from bytes: some Collection<UInt8>, schema: Schema = .kubernetes, limits: DocumentLimits = .standard
    ) throws(DocumentError) -> [Node] {
        let bytes = Array(bytes)
        guard bytes.count <= limits.bytesMax else {
            throw DocumentError(at: .start, "document of \(bytes.count) bytes, the limit is \(limits.bytesMax)")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw DocumentError(at: .start, "text that is not UTF-8")
        }
        var composer = YAMLComposer(YAMLEvents(bytes), schema, limits)
        return try composer.stream()
    }

    /// What a plain scalar of that text is: `3` a number, `yes` a boolean as Kubernetes tools see it, most texts a string.
    public static func plainValue(of text: String, schema: Schema = .kubernetes) -> Value {
        YAMLScalar.resolve(text, schema)
    }

    /// The stream's only document. An empty stream is null.
    public static func node(
        from bytes: some Collection<UInt8>, schema: Schema = .kubernetes, limits: DocumentLimits = .standard
    ) throws(DocumentError) -> Node {
        let nodes = try nodes(from: bytes, schema: schema, limits: limits)
        guard nodes.count <= 1 else {
            throw DocumentError(at: nodes[1].position, "expected one document, found \(nodes.count)")
        }
        return nodes.first ?? Node(.scalar(.null), at: .start)
    }

    public static func node(
        from text: String, schema: Schema = .kubernetes, limits: DocumentLimits = .standard
    ) throws(DocumentError) -> Node {
        try node(from: Array(text.utf8), schema: schema, limits: limits)
    }
}

/// How a scalar was written, as far as it matters to what it means.
enum ScalarForm { case plain, folded, other }

/// One parsing event, owned by Swift.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(text: String, style: ScalarForm)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var position: Position
}

/// libyaml's parser over bytes that it owns.
final class YAMLEvents {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        _ = input.update(fromContentsOf: bytes)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    private static func form(_ style: yaml_scalar_style_t) -> ScalarForm {
        switch style {
        case YAML_PLAIN_SCALAR_STYLE: .plain
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .other
        }
    }

    func next() throws(DocumentError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let position = Position(line: event.start_mark.line + 1, column: event.start_mark.column + 1)
        switch event.type {
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, position: position)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, position: position)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, position: position)
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias(Self.text(event.data.alias.anchor) ?? ""), position: position)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return YAMLEvent(
                kind: .scalar(text: text, style: Self.form(scalar.style)),
                anchor: Self.text(scalar.anchor), tag: Self.text(scalar.tag), position: position)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, anchor: Self.text(start.anchor), tag: Self.text(start.tag), position: position)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, position: position)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, anchor: Self.text(start.anchor), tag: Self.text(start.tag), position: position)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, position: position)
        default: return YAMLEvent(kind: .streamEnd, position: position)
        }
    }

    private func failure() -> DocumentError {
        let mark = parser.pointee.problem_mark
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
        let context = parser.pointee.context.map { " \(String(cString: $0))" } ?? ""
        return DocumentError(at: Position(line: mark.line + 1, column: mark.column + 1), problem + context)
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

import Documents
import WaybillCore

/// What stands in a `# METADATA` block, in the types that its fields have. Fields that are not known are let be.
struct AnnotationFields {
    /// As it is written; empty where the block does not say.
    var scope = ""
    var title = ""
    var description = ""
    var isEntrypoint = false
    var organizations: [String] = []
    var relatedResources: [RegoValue] = []
    var authors: [RegoValue] = []
    var schemas: [SchemaAnnotation] = []
    var compile: RegoValue?
    var custom: RegoValue?

    /// Wrong types, each with its line, which YAML's reader tells all together.
    private var mistakes: [(line: Int, message: String)] = []

    init(_ block: AnnotationReader.Block) throws(RegoError) {
        guard !block.text.trimmingSpaces.isEmpty else {
            throw RegoError(.parse, "expected METADATA block, found whitespace", at: block.opening.location)
        }
        let node: Node
        do {
            node = try YAMLReader.node(from: block.text, schema: .core)
        } catch {
            throw Self.error(error, in: block)
        }
        if let members = node.members {
            for member in members { read(member) }
        } else if node.scalar != .null {
            complain(node, "ast.rawAnnotation")
        }
        if let first = mistakes.first {
            let lines = mistakes.map { "\n  line \($0.line): \($0.message)" }.joined()
            throw Self.error("yaml: unmarshal errors:" + lines, line: first.line, in: block)
        }
        do {
            try readDefinitions(node)
        } catch {
            throw RegoError(.parse, error.message, at: block.opening.location)
        }
    }

    /// As `rego.metadata` shows it: only what was given.
    func value(scope: String) -> RegoValue {
        var members: [RegoObject.Member] = [.init(key: "scope", value: .string(scope))]
        func add(_ name: String, _ value: RegoValue, _ isGiven: Bool) {
            if isGiven { members.append(.init(key: .string(name), value: value)) }
        }
        add("title", .string(title), !title.isEmpty)
        add("description", .string(description), !description.isEmpty)
        add("entrypoint", true, isEntrypoint)
        add("organizations", .array(organizations.map { .string($0) }), !organizations.isEmpty)
        add("related_resources", .array(relatedResources), !relatedResources.isEmpty)
        add("authors", .array(authors), !authors.isEmpty)
        add("schemas", .array(schemas.map(\.value)), !schemas.isEmpty)
        add("custom", custom ?? .null, custom != nil)
        return .object(RegoObject(members))
    }

    // MARK: Types

    private mutating func read(_ member: Node.Member) {
        let node = member.node
        switch member.key {
        case "scope": scope = text(node)
        case "title": title = text(node)
        case "description": description = text(node)
        case "entrypoint": isEntrypoint = flag(node)
        case "organizations": organizations = list(node, "[]string").map { text($0) }
        case "related_resources", "authors": _ = list(node, "[]interface {}")
        case "schemas":
            for entry in list(node, "[]map[string]interface {}") { _ = object(entry) }
        case "custom":
            let value = RegoValue(object(node)?.value ?? .null)
            if value.object?.isEmpty == false { custom = value }
        case "compile": compile = object(node).map { RegoValue($0.value) }
        default: break
        }
    }

    /// A number or a truth value where a text is wanted is taken as it is written.
    private mutating func text(_ node: Node) -> String {
        switch node.scalar {
        case .string(let text)?: return text
        case .number(let number)?: return number.text
        case .bool(let value)?: return value ? "true" : "false"
        case .null?: return ""
        default:
            complain(node, "string")
            return ""
        }
    }

    private mutating func flag(_ node: Node) -> Bool {
        switch node.scalar {
        case .bool(let value)?: return value
        case .null?: return false
        case .string(let text)? where ["y", "Y", "yes", "on"].contains(text): return true
        case .string(let text)? where ["n", "N", "no", "off"].contains(text): return false
        default:
            complain(node, "bool")
            return false
        }
    }

    private mutating func list(_ node: Node, _ type: String) -> [Node] {
        if let elements = node.elements { return elements }
        if node.scalar != .null { complain(node, type) }
        return []
    }

    private mutating func object(_ node: Node) -> Node? {
        if node.members != nil { return node }
        if node.scalar != .null { complain(node, "map[string]interface {}") }
        return nil
    }

    private mutating func complain(_ node: Node, _ type: String) {
        let (tag, text): (String, String?) =
            switch node.content {
            case .array: ("seq", nil)
            case .object: ("map", nil)
            case .scalar(.string(let text)): ("str", text)
            case .scalar(.number(let number)): (number.text.contains(".") ? "float" : "int", number.text)
            case .scalar(.bool(let value)): ("bool", value ? "true" : "false")
            case .scalar: ("null", "null")
            }
        let shown = text.map { " `" + ($0.utf8.count > 10 ? "\($0.prefix(7))..." : $0) + "`" } ?? ""
        mistakes.append((node.position.line, "cannot unmarshal !!\(tag)\(shown) into \(type)"))
    }

    // MARK: Definitions

    private struct Mistake: Error { var message: String }

    private mutating func readDefinitions(_ node: Node) throws(Mistake) {
        for entry in node["related_resources"]?.elements ?? [] {
            let resource = Self.resource(entry.value)
            guard case .success(let value) = resource else {
                throw Self.mistake("related-resource", entry.value, resource)
            }
            relatedResources.append(value)
        }
        for entry in node["schemas"]?.elements ?? [] {
            guard let member = entry.members?.first else { throw Mistake(message: "invalid document reference") }
            schemas.append(try Self.schema(member))
        }
        for entry in node["authors"]?.elements ?? [] {
            let author = Self.author(entry.value)
            guard case .success(let value) = author else { throw Self.mistake("author", entry.value, author) }
            authors.append(value)
        }
    }

    private static func mistake(
        _ what: String, _ value: Documents.Value, _ result: Result<RegoValue, Mistake>
    ) -> Mistake {
        guard case .failure(let reason) = result else { return Mistake(message: what) }
        return Mistake(message: "invalid \(what) definition \(GoText.plain(value)): \(reason.message)")
    }

    private static func resource(_ value: Documents.Value) -> Result<RegoValue, Mistake> {
        if let address = value.string {
            guard !address.isEmpty else { return .failure(Mistake(message: "ref URL may not be empty string")) }
            return .success(["ref": .string(address)])
        }
        guard value.object != nil else {
            return .failure(Mistake(message: "invalid value type, must be string or map"))
        }
        let description = (value["description"]?.string ?? "").trimmingSpaces
        let address = (value["ref"]?.string ?? "").trimmingSpaces
        guard !address.isEmpty else { return .failure(Mistake(message: "'ref' value required in object")) }
        let members = [("ref", address), ("description", description)].filter { !$0.1.isEmpty }
        return .success(texts(members))
    }

    /// `Name Surname <mail@host>`, or its parts.
    private static func author(_ value: Documents.Value) -> Result<RegoValue, Mistake> {
        if let text = value.string {
            var names = text.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
            guard let last = names.last else { return .failure(Mistake(message: "author is an empty string")) }
            var mail = ""
            if last.utf8.count >= 2, last.utf8.first == UInt8(ascii: "<"), last.utf8.last == UInt8(ascii: ">") {
                mail = String(last.dropFirst().dropLast())
                names.removeLast()
            }
            return .success(texts([("name", names.joined(separator: " ")), ("email", mail)]))
        }
        guard value.object != nil else {
            return .failure(Mistake(message: "invalid value type, must be string or map"))
        }
        let name = (value["name"]?.string ?? "").trimmingSpaces
        let mail = (value["email"]?.string ?? "").trimmingSpaces
        guard !name.isEmpty || !mail.isEmpty else {
            return .failure(Mistake(message: "'name' and/or 'email' values required in object"))
        }
        return .success(texts([("name", name), ("email", mail)]))
    }

    private static func texts(_ members: [(String, String)]) -> RegoValue {
        .object(
            RegoObject(
                members.filter { !$0.1.isEmpty }.map { .init(key: .string($0.0), value: .string($0.1)) }))
    }

    private static func schema(_ member: Node.Member) throws(Mistake) -> SchemaAnnotation {
        guard let path = reference(member.key) else { throw Mistake(message: "invalid document reference") }
        if let name = member.node.string {
            guard let schema = reference(name), schema.first == "schema" else {
                throw Mistake(message: "invalid schema reference")
            }
            return SchemaAnnotation(path: path, schema: schema)
        }
        guard member.node.members != nil else {
            throw Mistake(message: "invalid schema declaration for path \(GoText.quoted(member.key))")
        }
        return SchemaAnnotation(path: path, definition: RegoValue(member.node.value))
    }

    private static func reference(_ text: String) -> [String]? {
        // What is no term is no reference: the caller says so in the words of annotations.
        guard let term = try? Parser.term(text) else { return nil }
        return term.variable.map { [$0] } ?? term.dottedPath
    }

    // MARK: Errors

    private static func error(_ error: DocumentError, in block: AnnotationReader.Block) -> RegoError {
        // Lines as OPA counts them: where a collection is not closed, from 0.
        let words = error.message.split(separator: " while ", maxSplits: 1)
        let message = words.first.map(String.init) ?? error.message
        let line = error.position.line - (message.hasPrefix("did not find expected") ? 1 : 0)
        return Self.error("yaml: line \(line): \(message)", line: line, in: block)
    }

    /// The place that OPA names is one line below.
    private static func error(_ message: String, line: Int, in block: AnnotationReader.Block) -> RegoError {
        let opening = block.opening.location
        var text = message
        for comment in block.lines {
            let signs = signsBehindColons(comment.text)
            guard !signs.isEmpty else { continue }
            let list = signs.map { GoText.quoted($0, isASCII: true) }.joined(separator: " ")
            text +=
                "\n  Hint: on line \(comment.location.row), symbol(s) [\(list)] immediately following a key/value "
                + "separator ':' is not a legal yaml space character"
        }
        return RegoError(
            .parse, text, file: opening.file, row: min(opening.row + max(line, 0) + 1, block.lastRow),
            column: opening.column)
    }

    /// What follows each colon, where no colon is followed by space: a space that only looks like one, perhaps.
    private static func signsBehindColons(_ text: String) -> [Unicode.Scalar] {
        let parts = text.unicodeScalars.split(separator: ":", omittingEmptySubsequences: false)
        var result: [Unicode.Scalar] = []
        for (index, part) in parts.enumerated().dropFirst() {
            if part.isEmpty, index == parts.count - 1 { return [] }
            let first = part.first ?? "\u{FFFD}"
            if first == " " || first == "\t" { return [] }
            result.append(first)
        }
        return result
    }
}

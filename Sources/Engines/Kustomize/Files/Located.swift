import Documents
import WaybillCore

/// A value with the place where it was written.
struct Located<Value> {
    var value: Value
    var place: SourceLocation

    init(_ value: Value, _ place: SourceLocation) {
        self.value = value
        self.place = place
    }

    func failure(_ code: WaybillError.Code = .invalidInput, _ message: String, remedy: String? = nil) -> WaybillError {
        WaybillError(code, message, subject: place.description, remedy: remedy)
    }
}

/// Reads the fields of a kustomization, with the file's name in every error.
struct Reader {
    let file: String
    private var fields: Fields

    init(_ node: Node, of name: String, file: String) throws(WaybillError) {
        self.file = file
        do { fields = try Fields(node, of: name) } catch { throw error.inFile(file) }
    }

    var place: SourceLocation { SourceLocation(file: file, position: fields.node.position) }
    func place(of node: Node) -> SourceLocation { SourceLocation(file: file, position: node.position) }

    mutating func node(_ key: String) -> Node? { fields.node(key) }

    mutating func text(_ key: String) throws(WaybillError) -> String? {
        do { return try fields.string(key) } catch { throw error.inFile(file) }
    }

    mutating func requiredText(_ key: String) throws(WaybillError) -> String {
        do { return try fields.requiredString(key) } catch { throw error.inFile(file) }
    }

    mutating func bool(_ key: String) throws(WaybillError) -> Bool {
        do { return try fields.bool(key) ?? false } catch { throw error.inFile(file) }
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(WaybillError) -> Int? {
        do { return try fields.integer(key, in: range) } catch { throw error.inFile(file) }
    }

    mutating func elements(_ key: String) throws(WaybillError) -> [Node] {
        do { return try fields.elements(key) ?? [] } catch { throw error.inFile(file) }
    }

    mutating func texts(_ key: String) throws(WaybillError) -> [Located<String>] {
        var texts: [Located<String>] = []
        for element in try elements(key) {
            guard let text = element.string else {
                throw WaybillError(
                    .invalidInput, "\(fields.name).\(key): expected a string, found \(element.typeName)",
                    subject: place(of: element).description)
            }
            texts.append(Located(text, place(of: element)))
        }
        return texts
    }

    /// A map of texts, in the order of its keys' bytes.
    mutating func map(_ key: String) throws(WaybillError) -> [(key: String, value: String)] {
        let members: [Node.Member]
        do { members = try fields.members(key) ?? [] } catch { throw error.inFile(file) }
        var map: [(key: String, value: String)] = []
        for member in members {
            guard let text = member.node.string else {
                throw WaybillError(
                    .invalidInput,
                    "\(fields.name).\(key).\(member.key): expected a string, found \(member.node.typeName)",
                    subject: place(of: member.node).description, remedy: "put quotes around it")
            }
            map.append((member.key, text))
        }
        return map.sorted { $0.key.precedesByBytes($1.key) }
    }

    mutating func list<Element>(
        _ key: String, _ read: (Node, String) throws(WaybillError) -> Element
    ) throws(WaybillError) -> [Element] {
        var result: [Element] = []
        for element in try elements(key) { result.append(try read(element, file)) }
        return result
    }

    func finish() throws(WaybillError) {
        do { try fields.finish() } catch { throw error.inFile(file) }
    }
}

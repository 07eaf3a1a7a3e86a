import Documents
import WaybillCore

/// A table while it is built: headers further down may add to it.
final class TOMLTable {
    enum Kind {
        /// Named by a header of its own.
        case header
        /// Made on the way to another table; a header may still name it.
        case implied
        /// Made by a key with dots; closed for headers.
        case dotted
        /// Closed for everything.
        case inline
    }

    private enum Entry {
        case value(Node)
        case table(TOMLTable)
        case tables(Tables)
    }

    /// An array of tables; a reference, so that a long one grows in place.
    private final class Tables {
        let position: Position
        var list: [TOMLTable]

        init(_ first: TOMLTable, at position: Position) {
            self.position = position
            list = [first]
        }
    }

    private struct Member {
        var key: String
        var position: Position
        var entry: Entry
    }

    private let position: Position
    private var kind: Kind
    private var members: [Member] = []
    private var indexes: [[UInt8]: Int] = [:]

    init(_ position: Position, _ kind: Kind) {
        self.position = position
        self.kind = kind
    }

    /// The table that a header names.
    func header(_ path: [String], _ position: Position, isArray: Bool) throws(DocumentError) -> TOMLTable {
        var table = self
        for key in path.dropLast() { table = try table.step(key, position) }
        guard let key = path.last else { return table }
        let taken = DocumentError(at: position, "\(Redaction.excerpt(key)) is defined twice")
        guard let index = table.indexes[Array(key.utf8)] else {
            let fresh = TOMLTable(position, .header)
            table.add(key, position, isArray ? .tables(Tables(fresh, at: position)) : .table(fresh))
            return fresh
        }
        switch table.members[index].entry {
        case .table(let known) where !isArray && known.kind == .implied:
            known.kind = .header
            return known
        case .tables(let tables) where isArray:
            let fresh = TOMLTable(position, .header)
            tables.list.append(fresh)
            return fresh
        default: throw taken
        }
    }

    private func step(_ key: String, _ position: Position) throws(DocumentError) -> TOMLTable {
        guard let index = indexes[Array(key.utf8)] else {
            let fresh = TOMLTable(position, .implied)
            add(key, position, .table(fresh))
            return fresh
        }
        switch members[index].entry {
        case .table(let table) where table.kind != .inline: return table
        case .tables(let tables): if let last = tables.list.last { return last }
        default: break
        }
        throw DocumentError(at: position, "\(Redaction.excerpt(key)) is no table")
    }

    /// Sets a value, perhaps by a key with dots.
    func set(_ path: [String], _ value: Node, _ position: Position) throws(DocumentError) {
        var table = self
        for key in path.dropLast() {
            guard let index = table.indexes[Array(key.utf8)] else {
                let fresh = TOMLTable(position, .dotted)
                table.add(key, position, .table(fresh))
                table = fresh
                continue
            }
            guard case .table(let known) = table.members[index].entry, known.kind == .dotted || known.kind == .implied
            else { throw DocumentError(at: position, "\(Redaction.excerpt(key)) is defined elsewhere") }
            table = known
        }
        guard let key = path.last else { return }
        guard table.indexes[Array(key.utf8)] == nil else {
            throw DocumentError(at: position, "\(Redaction.excerpt(key)) is defined twice")
        }
        table.add(key, position, .value(value))
    }

    private func add(_ key: String, _ position: Position, _ entry: Entry) {
        indexes[Array(key.utf8)] = members.count
        members.append(Member(key: key, position: position, entry: entry))
    }

    var node: Node {
        Node(
            .object(
                members.map { member in
                    let node: Node =
                        switch member.entry {
                        case .value(let value): value
                        case .table(let table): table.node
                        case .tables(let tables): Node(.array(tables.list.map(\.node)), at: tables.position)
                        }
                    return .init(key: member.key, keyPosition: member.position, node: node)
                }), at: position)
    }
}

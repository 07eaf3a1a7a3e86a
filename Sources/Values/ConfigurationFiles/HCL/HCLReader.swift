public import Documents
import WaybillCore

/// Reads HCL 2 (Terraform). A block is a list below its type and labels; what is not a literal stays as its source in
/// `${…}`, so that a policy sees it.
public struct HCLReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        var reader = HCLReader(scanner: try ByteScanner(bytes, limits))
        return try reader.body(depth: 0, isBlock: false).node(at: .start)
    }

    var scanner: ByteScanner

    init(scanner: ByteScanner) { self.scanner = scanner }

    /// Attributes and blocks up to the end of the text or of the block.
    private mutating func body(depth: Int, isBlock: Bool) throws(DocumentError) -> HCLBody {
        try scanner.checkDepth(depth)
        let body = HCLBody()
        while true {
            try skipSpace(lines: true)
            guard !scanner.isAtEnd else {
                if isBlock { throw scanner.error("the block has no “}”") }
                return body
            }
            if isBlock, scanner.byte == UInt8(ascii: "}") { return body }
            let position = scanner.position
            let name = identifier()
            guard !name.isEmpty else { throw scanner.error("expected an attribute or a block") }
            try skipSpace(lines: false)
            if scanner.byte == UInt8(ascii: "="), scanner.peek(1) != UInt8(ascii: "=") {
                scanner.advance()
                try skipSpace(lines: false)
                let value = try expression(depth: depth + 1, lines: false)
                guard body.setAttribute(name, at: position, value) else {
                    throw scanner.error("\(name) is set twice", at: position)
                }
            } else {
                try block(name, position, depth, into: body)
            }
            try endOfItem(isBlock)
        }
    }

    private mutating func block(_ type: String, _ position: Position, _ depth: Int, into body: HCLBody)
        throws(DocumentError)
    {
        var labels: [(String, Position)] = [(type, position)]
        while !scanner.take("{") {
            let start = scanner.position
            if scanner.byte == UInt8(ascii: "\"") {
                let label = try template(depth: depth + 1)
                guard case .scalar(.string(let text)) = label.content else {
                    throw scanner.error("a label must be plain text", at: start)
                }
                labels.append((text, start))
            } else {
                let label = identifier()
                guard !label.isEmpty else { throw scanner.error("expected “=”, a label or “{”") }
                labels.append((label, start))
            }
            guard labels.count < scanner.depthMax else { throw scanner.error("too many labels", at: start) }
            try skipSpace(lines: false)
        }
        let content = try self.body(depth: depth + 1, isBlock: true)
        try scanner.expect("}")
        guard body.addBlock(labels, content, at: position) else {
            throw scanner.error("a block and an attribute have the name \(type)", at: position)
        }
    }

    private mutating func endOfItem(_ isBlock: Bool) throws(DocumentError) {
        try skipSpace(lines: false)
        if scanner.isAtEnd || scanner.take("\n") { return }
        if scanner.byte == 0x0D, scanner.peek(1) == 0x0A { return }
        guard isBlock, scanner.byte == UInt8(ascii: "}") else { throw scanner.error("expected the end of the line") }
    }

    /// Letters, digits, `_` and `-`; empty where there is none.
    mutating func identifier() -> String {
        guard let first = scanner.byte, first.isWord, !first.isDigit else { return "" }
        return scanner.prefix { $0.isWord || $0 == UInt8(ascii: "-") }
    }

    /// White space and comments, over line ends where `lines` says so.
    mutating func skipSpace(lines: Bool) throws(DocumentError) {
        while let byte = scanner.byte {
            switch byte {
            case 0x20, 0x09: scanner.advance()
            case 0x0D where lines || scanner.peek(1) == 0x0A: scanner.advance()
            case 0x0A where lines: scanner.advance()
            case UInt8(ascii: "#"): scanner.skipLine()
            case UInt8(ascii: "/") where scanner.peek(1) == byte: scanner.skipLine()
            case UInt8(ascii: "/") where scanner.peek(1) == UInt8(ascii: "*"):
                let start = scanner.position
                scanner.advance(by: 2)
                while !scanner.isAtEnd, !scanner.isAt("*/") { scanner.advance() }
                guard scanner.take("*/") else { throw scanner.error("the comment has no end", at: start) }
            default: return
            }
        }
    }
}

/// Attributes and blocks while they are collected.
final class HCLBody {
    private enum Entry {
        case value(Node)
        /// What the labels of blocks lead to.
        case labels(HCLBody)
        case blocks(Blocks)
    }

    private final class Blocks {
        var list: [Node] = []
    }

    private struct Member {
        var key: String
        var position: Position
        var entry: Entry
    }

    private var members: [Member] = []
    private var indexes: [[UInt8]: Int] = [:]

    /// False where the name is taken.
    func setAttribute(_ name: String, at position: Position, _ value: Node) -> Bool {
        guard indexes[Array(name.utf8)] == nil else { return false }
        add(name, position, .value(value))
        return true
    }

    /// False where a name on the way is taken by something else.
    func addBlock(_ labels: [(String, Position)], _ content: HCLBody, at position: Position) -> Bool {
        var body = self
        for (label, place) in labels.dropLast() {
            guard let index = body.indexes[Array(label.utf8)] else {
                let inner = HCLBody()
                body.add(label, place, .labels(inner))
                body = inner
                continue
            }
            guard case .labels(let inner) = body.members[index].entry else { return false }
            body = inner
        }
        guard let (last, place) = labels.last else { return false }
        let blocks: Blocks
        if let index = body.indexes[Array(last.utf8)] {
            guard case .blocks(let known) = body.members[index].entry else { return false }
            blocks = known
        } else {
            blocks = Blocks()
            body.add(last, place, .blocks(blocks))
        }
        blocks.list.append(content.node(at: position))
        return true
    }

    private func add(_ key: String, _ position: Position, _ entry: Entry) {
        indexes[Array(key.utf8)] = members.count
        members.append(Member(key: key, position: position, entry: entry))
    }

    func node(at position: Position) -> Node {
        Node(
            .object(
                members.map { member in
                    let node: Node =
                        switch member.entry {
                        case .value(let value): value
                        case .labels(let body): body.node(at: member.position)
                        case .blocks(let blocks): Node(.array(blocks.list), at: member.position)
                        }
                    return .init(key: member.key, keyPosition: member.position, node: node)
                }), at: position)
    }
}

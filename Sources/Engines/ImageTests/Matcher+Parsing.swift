import Documents
import RegularExpressions
import WaybillCore

extension Matcher {
    /// Matchers inside matchers; deeper ones are refused.
    static let depthMax = 64

    /// Every matcher that goss names.
    private static let names = [
        "equal", "have-prefix", "have-suffix", "match-regexp", "contain-substring", "have-len", "have-key",
        "have-key-with-value", "have-patterns", "contain-element", "contain-elements", "consist-of", "not", "and", "or",
        "gt", "ge", "lt", "le", "eq", "semver-constraint", "gjson", "xml",
    ]

    /// - Parameter isReader: the value is a text of lines: a bare list at the top then holds patterns.
    init(_ node: Node, isReader: Bool = false, depth: Int = 0) throws(DocumentError) {
        guard depth < Self.depthMax else {
            throw DocumentError(at: node.position, "matchers more than \(Self.depthMax) deep")
        }
        switch node.content {
        case .scalar(.number(let number)): self = .numeric(.eq, number)
        case .scalar(let value): self = .equal(value)
        case .array(let elements):
            if isReader {
                self = .havePatterns(try Self.patterns(elements))
            } else {
                self = .containElements(try Self.list(elements, depth), isExplicit: false)
            }
        case .object(let members):
            guard let member = members.first else {
                throw DocumentError(at: node.position, "a matcher needs a name")
            }
            guard members.count == 1 else {
                throw DocumentError(
                    at: members[1].keyPosition,
                    "a matcher has one name, found \(Redaction.excerpt(members[1].key)) as well; combine them with “and”"
                )
            }
            try self.init(member, isReader: isReader, depth: depth)
        }
    }

    private init(_ member: Node.Member, isReader: Bool, depth: Int) throws(DocumentError) {
        let node = member.node
        switch member.key {
        case "equal": self = .equal(node.value)
        case "have-prefix": self = .havePrefix(try Self.text(node))
        case "have-suffix": self = .haveSuffix(try Self.text(node))
        case "contain-substring": self = .containSubstring(try Self.text(node))
        case "match-regexp":
            do {
                self = .matchRegexp(try RegularExpression(try Self.text(node)))
            } catch let error as WaybillError {
                throw DocumentError(at: node.position, "match-regexp: \(error.message)")
            } catch let error as DocumentError {
                throw error
            } catch {
                throw DocumentError(at: node.position, "match-regexp: \(error)")
            }
        case "have-len":
            guard let count = node.scalar?.integer, count >= 0 else {
                throw DocumentError(at: node.position, "have-len: expected a whole number, found \(node.typeName)")
            }
            self = .haveLength(count)
        case "have-key": self = .haveKey(try Matcher(node, depth: depth + 1))
        case "have-key-with-value":
            var pairs: [(key: String, value: Matcher)] = []
            for pair in try Self.members(node, member.key) {
                pairs.append((pair.key, try Matcher(pair.node, depth: depth + 1)))
            }
            self = .haveKeyWithValue(pairs)
        case "have-patterns": self = .havePatterns(try Self.patterns(try Self.elements(node, member.key)))
        case "contain-element": self = .containElement(try Matcher(node, depth: depth + 1))
        case "contain-elements":
            self = .containElements(try Self.list(try Self.elements(node, member.key), depth), isExplicit: true)
        case "consist-of": self = .consistOf(try Self.list(try Self.elements(node, member.key), depth))
        case "not": self = .not(try Matcher(node, depth: depth + 1))
        case "and": self = .and(try Self.list(try Self.elements(node, member.key), depth))
        case "or": self = .or(try Self.list(try Self.elements(node, member.key), depth))
        case "eq", "gt", "ge", "lt", "le":
            guard let number = node.scalar?.number, let comparison = Comparison(rawValue: member.key) else {
                throw DocumentError(at: node.position, "\(member.key): expected a number, found \(node.typeName)")
            }
            self = .numeric(comparison, number)
        case "semver-constraint":
            let text = try Self.text(node)
            guard let range = VersionRange(text) else {
                throw DocumentError(at: node.position, "semver-constraint: cannot read \(Redaction.excerpt(text))")
            }
            self = .semver(range)
        case "gjson":
            var pairs: [(path: String, matcher: Matcher)] = []
            for pair in try Self.members(node, member.key) {
                pairs.append((pair.key, try Matcher(pair.node, depth: depth + 1)))
            }
            self = .gjson(pairs)
        case "xml": self = .unsupported("xml", node.value)
        default:
            let hint = Spelling.nearest(to: member.key, among: Self.names).map { ", did you mean “\($0)”?" } ?? ""
            throw DocumentError(at: member.keyPosition, "unknown matcher \(Redaction.excerpt(member.key))\(hint)")
        }
    }

    private static func list(_ elements: [Node], _ depth: Int) throws(DocumentError) -> [Matcher] {
        var matchers: [Matcher] = []
        for element in elements { matchers.append(try Matcher(element, depth: depth + 1)) }
        return matchers
    }

    private static func patterns(_ elements: [Node]) throws(DocumentError) -> [LinePattern] {
        var patterns: [LinePattern] = []
        for element in elements {
            guard let scalar = element.scalar,
                let text = scalar.string ?? scalar.number?.text ?? scalar.bool.map({ "\($0)" })
            else {
                throw DocumentError(at: element.position, "expected a pattern, found \(element.typeName)")
            }
            do {
                patterns.append(try LinePattern(text))
            } catch {
                throw DocumentError(at: element.position, error.message)
            }
        }
        return patterns
    }

    private static func text(_ node: Node) throws(DocumentError) -> String {
        guard let scalar = node.scalar, let text = scalar.string ?? scalar.number?.text else {
            throw DocumentError(at: node.position, "expected a string, found \(node.typeName)")
        }
        return text
    }

    private static func elements(_ node: Node, _ name: String) throws(DocumentError) -> [Node] {
        guard let elements = node.elements else {
            throw DocumentError(at: node.position, "\(name): expected a list, found \(node.typeName)")
        }
        return elements
    }

    private static func members(_ node: Node, _ name: String) throws(DocumentError) -> [Node.Member] {
        guard let members = node.members else {
            throw DocumentError(at: node.position, "\(name): expected an object, found \(node.typeName)")
        }
        return members
    }
}

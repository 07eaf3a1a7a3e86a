/// Reads `# METADATA` blocks and finds what they describe.
struct AnnotationReader {
    var comments: [Comment]
    var module: Module

    /// A block: the comment that opens it, and those below.
    struct Block {
        var opening: Comment
        var lines: [Comment] = []

        var lastRow: Int { lines.last?.location.row ?? opening.location.row }
        var text: String {
            lines.map { $0.text.utf8.first == 0x20 ? String($0.text.dropFirst()) : $0.text }.joined(separator: "\n")
        }
    }

    private enum Target {
        case package
        case `import`
        case rule(Rule)

        var name: String {
            switch self {
            case .package: "package"
            case .import: "import"
            case .rule: "rule"
            }
        }
    }

    static let scopes = ["rule", "document", "package", "subpackages"]

    func annotations() throws(RegoErrors) -> [Annotation] {
        var errors: [RegoError] = []
        var read: [(fields: AnnotationFields, location: Location)] = []
        for block in blocks {
            do throws(RegoError) {
                read.append((try AnnotationFields(block), block.opening.location))
            } catch {
                errors.append(error)
            }
        }
        guard errors.isEmpty else { throw RegoErrors(errors) }
        var result: [Annotation] = []
        for (fields, location) in read {
            do throws(RegoError) {
                result.append(try annotation(fields, at: location))
            } catch {
                errors.append(error)
            }
        }
        guard errors.isEmpty else { throw RegoErrors(errors) }
        return result
    }

    /// A block goes on as long as comments follow each other from row to row at the line's start.
    private var blocks: [Block] {
        var result: [Block] = []
        var isOpen = false
        for (index, comment) in comments.enumerated() {
            if isOpen, comment.location.row == comments[index - 1].location.row + 1, comment.location.column == 1 {
                result[result.count - 1].lines.append(comment)
            } else {
                isOpen = StringBuiltins.starts(comment.text.trimmingSpaces, with: "METADATA")
                if isOpen { result.append(Block(opening: comment)) }
            }
        }
        return result
    }

    /// The first statement behind the block's first line.
    private func target(of location: Location) -> Target? {
        var found: [(row: Int, target: Target)] = [(module.packageLocation.row, .package)]
        found += module.imports.map { ($0.location.row, .import) }
        found += module.rules.map { ($0.location.row, .rule($0)) }
        // Of several statements in a row the first one is meant.
        var first: (row: Int, target: Target)?
        for candidate in found where candidate.row > location.row && candidate.row < first?.row ?? .max {
            first = candidate
        }
        return first?.target
    }

    private func annotation(_ fields: AnnotationFields, at location: Location) throws(RegoError) -> Annotation {
        let target = target(of: location)
        var scope = fields.scope
        if scope.isEmpty {
            switch target {
            case .rule: scope = fields.isEntrypoint ? "document" : "rule"
            case .package: scope = "package"
            case .import: scope = "import"
            case nil: break
            }
        }
        guard Self.scopes.contains(scope) else {
            let names = "'rule', 'document', 'package', or 'subpackages'"
            throw RegoError(.parse, "invalid annotation scope '\(scope)'. Use one of \(names)", at: location)
        }
        let isForRule = scope == "rule" || scope == "document"
        var row = 0
        var path = module.package.map { RegoValue.string($0) }
        switch target {
        case .package where !isForRule: break
        case .rule(let rule) where isForRule:
            row = rule.location.row
            path += rule.groundPath
        default:
            let wanted = isForRule ? "rule" : "package"
            throw RegoError(
                .parse,
                "annotation scope '\(scope)' must be applied to \(wanted)\(target.map { " (have \($0.name))" } ?? "")",
                at: location)
        }
        if fields.isEntrypoint, scope != "document", scope != "package" {
            throw RegoError(
                .parse, "annotation entrypoint applied to non-document or package scope '\(scope)'", at: location)
        }
        return Annotation(
            scope: scope, value: fields.value(scope: scope), schemas: fields.schemas, compile: fields.compile, row: row,
            path: path, location: location)
    }
}

extension Rule {
    /// The keys of the head up to the first that is not constant.
    var groundPath: [RegoValue] { head.reference.prefix { $0.value != nil }.compactMap(\.value) }
}

extension StringProtocol {
    var trimmingSpaces: String {
        let scalars = Array(unicodeScalars)
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[first...last])
        return String(result)
    }
}

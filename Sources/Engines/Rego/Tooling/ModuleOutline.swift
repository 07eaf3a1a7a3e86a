public import Documents

/// A rule as a reader of the source sees it, for tools that list, find and explain rules.
public struct RuleOutline: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case complete, set, object, function }

    /// The leading constant keys of the head, behind the package: `["a", "b"]` for `a.b[x] := …`.
    public var path: [String]
    /// Keys of the head that are not constant, or come after one that is not.
    public var openKeys: Int
    public var kind: Kind
    public var isDefault: Bool
    /// Counted from 1.
    public var row: Int
    public var column: Int
    /// Statements in the body.
    public var statementCount: Int

    public var name: String { path.joined(separator: ".") }
}

/// A `# METADATA` block and what it describes.
public struct AnnotationOutline: Sendable {
    /// `package`, `subpackages`, `document` or `rule`.
    public var scope: String
    /// As `rego.metadata` shows it, with the scope.
    public var value: RegoValue
    /// What it says of turning a rule into a filter: `unknowns` and `mask_rule`.
    public var compile: RegoValue?
    /// As OPA's tools show it in JSON.
    public var tree: Documents.Value
    /// Of the package or rule that is described.
    public var row: Int
    public var column: Int
    /// Behind `data`: the package, or the rule in it.
    public var path: [String]
    /// The rule's name as it is written; nil for a package.
    public var rule: String?
}

/// An import as it is written.
public struct ImportOutline: Sendable, Hashable {
    public var path: [String]
    public var alias: String?
    public var row: Int
}

extension PolicyModule {
    /// The rules in the order of the source.
    public var rules: [RuleOutline] { module.rules.map(\.outline) }

    public var imports: [ImportOutline] {
        module.imports.map { ImportOutline(path: $0.path, alias: $0.alias, row: $0.location.row) }
    }

    /// Which Rego the module was read as.
    public var version: RegoVersion { module.version }

    /// Where the package is named.
    public var packageRow: Int { module.packageLocation.row }

    public var annotations: [AnnotationOutline] {
        module.annotations.map { annotation in
            let tree = Documents.Value.object(TreeWriter(hasLocations: false).annotation(annotation))
            if annotation.scope == "package" || annotation.scope == "subpackages" {
                return AnnotationOutline(
                    scope: annotation.scope, value: annotation.value, compile: annotation.compile, tree: tree,
                    row: module.packageLocation.row,
                    column: module.packageLocation.column, path: module.package)
            }
            let rule = module.rules.first { $0.location.row == annotation.row }
            return AnnotationOutline(
                scope: annotation.scope, value: annotation.value, compile: annotation.compile, tree: tree,
                row: annotation.row,
                column: rule?.location.column ?? 1, path: module.package + (rule?.outline.path ?? []),
                rule: rule?.outline.name)
        }
    }
}

extension Rule {
    var outline: RuleOutline {
        let constant = head.reference.prefix { $0.value?.string != nil }.compactMap { $0.value?.string }
        let kind: RuleOutline.Kind =
            if head.parameters != nil {
                .function
            } else if head.element != nil {
                .set
            } else if constant.count < head.reference.count {
                .object
            } else {
                .complete
            }
        return RuleOutline(
            path: constant, openKeys: head.reference.count - constant.count, kind: kind, isDefault: isDefault,
            row: location.row, column: location.column, statementCount: body.count)
    }
}

/// A module as it is written.
struct Module: Sendable {
    var file: String
    /// Behind `data`.
    var package: [String]
    var packageLocation: Location
    var imports: [Import]
    var rules: [Rule]
    var annotations: [Annotation]
    var version: RegoVersion
    /// `import future.keywords.not` or `import rego.v2`: negation catches undefined arguments too.
    var hasSafeNegation: Bool
    /// The whole text, and the comments in it.
    var source: [UInt8] = []
    var comments: [Comment] = []
    /// The package's path as it is written.
    var packageTerm: Term?

    struct Import: Sendable {
        var path: [String]
        var alias: String?
        var location: Location
        /// The path as it is written.
        var term: Term
        var name: String { alias ?? path.last ?? "" }
    }
}

/// A rule: what it defines and when.
final class Rule: Sendable {
    /// The document or function that is defined.
    struct Head: Sendable {
        /// The name and keys behind the package; the first key is a text.
        var reference: [Term]
        /// For a function its parameters.
        var parameters: [Term]?
        /// `contains`: what is put into the set.
        var element: Term?
        /// What the document is; absent means true.
        var value: Term?
        var isAssigned: Bool
        var location: Location
    }

    /// How the rule is written, where that is not seen from what it means.
    struct Form: Sendable {
        var usesIf = false
        var usesContains = false
        /// Nothing stands behind the head.
        var hasGeneratedBody = false
        /// For `p[x]` and `p.x`, which OPA counts as a key of the rule `p`.
        var key: Term?
        /// The absent value is thought to stand where the head stands.
        var isValueAtHead = false
    }

    let head: Head
    let body: [Literal]
    let isDefault: Bool
    /// Tried in order when the one before is undefined.
    let alternatives: [Alternative]
    let location: Location
    let form: Form

    struct Alternative: Sendable {
        var value: Term?
        var body: [Literal]
        var location: Location
        var isAssigned = false
        var form = Form()
        /// From `else` to the end of the value.
        var headLocation = Location.none
    }

    init(
        head: Head, body: [Literal], isDefault: Bool = false, alternatives: [Alternative] = [], form: Form = Form(),
        at location: Location
    ) {
        self.head = head
        self.body = body
        self.isDefault = isDefault
        self.alternatives = alternatives
        self.form = form
        self.location = location
    }
}

/// A `# METADATA` block.
struct Annotation: Sendable {
    var scope: String
    /// As `rego.metadata` shows it.
    var value: RegoValue
    var schemas: [SchemaAnnotation] = []
    /// What it says of turning a rule into a filter; `rego.metadata` does not show it.
    var compile: RegoValue?
    /// The row of the rule that it belongs to; 0 for a package's.
    var row: Int
    /// The document that it describes, behind `data`.
    var path: [RegoValue]
    var location: Location
}

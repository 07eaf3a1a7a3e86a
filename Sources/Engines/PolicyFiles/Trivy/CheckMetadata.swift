import Documents
public import WaybillCore

/// What a check says about itself in its `# METADATA` block, or in the rules that older checks have instead.
public struct CheckMetadata: Sendable {
    /// Which inputs a check is for.
    struct Selector: Sendable {
        var type: String
        /// In lower case; empty means every kind.
        var kinds: [String]
    }

    public var id = ""
    public var aliases: [String] = []
    public var title = ""
    public var severity = Severity.unknown
    public var remedy: String?
    /// Not a check but code that checks share.
    public var isLibrary = false
    public var isDeprecated = false
    /// Wants all inputs at once.
    public var isCombined = false
    var selectors: [Selector] = []

    init(annotations: Value) {
        let custom = annotations["custom"] ?? .null
        self.init(fields: custom, input: custom["input"] ?? .null)
        title = annotations["title"]?.string ?? title
    }

    init(fields: Value, input: Value) {
        id = fields["id"]?.string ?? ""
        aliases = [fields["avd_id"]?.string].compactMap { $0 } + (fields["aliases"]?.array ?? []).compactMap(\.string)
        aliases.removeAll { $0 == id }
        title = fields["title"]?.string ?? ""
        severity = fields["severity"]?.string.flatMap { Severity(spelling: $0) } ?? .unknown
        remedy = fields["recommended_action"]?.string ?? fields["recommended_actions"]?.string
        isLibrary = fields["library"]?.bool ?? false
        isDeprecated = fields["deprecated"]?.bool ?? false
        isCombined = input["combine"]?.bool ?? false
        selectors = (input["selector"]?.array ?? []).compactMap { selector in
            selector["type"]?.string.map { type in
                Selector(
                    type: type,
                    kinds: (selector["subtypes"]?.array ?? []).compactMap { $0["kind"]?.string?.lowercased() })
            }
        }
    }

    /// A check without selectors is for everything.
    func isFor(_ input: CheckInput) -> Bool {
        selectors.isEmpty
            || selectors.contains { selector in
                input.types.contains(selector.type)
                    && (selector.kinds.isEmpty || input.kind.map { selector.kinds.contains($0.lowercased()) } ?? true)
            }
    }

    /// Whether any input that we read could be meant.
    var isForFiles: Bool { selectors.isEmpty || selectors.contains { CheckInput.typesKnown.contains($0.type) } }
}

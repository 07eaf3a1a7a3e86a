import Documents
public import WaybillCore

/// Which fields an object must have: `metadata.name=a,status.phase!=Running`.
public struct FieldSelector: Hashable, Sendable {
    public struct Requirement: Hashable, Sendable {
        /// `status.phase`.
        public var field: String
        public var value: String
        public var isEqual: Bool
    }

    public var requirements: [Requirement]

    public init(parsing text: String) throws(WaybillError) {
        requirements = []
        for part in text.split(separator: ",") {
            guard let sign = part.firstIndex(where: { $0 == "=" || $0 == "!" }) else { throw Self.failure(part) }
            let field = part[..<sign]
            var rest = part[sign...]
            let isEqual = rest.first == "="
            rest = rest.dropFirst()
            if rest.first == "=" { rest = rest.dropFirst() } else if !isEqual { throw Self.failure(part) }
            guard !field.isEmpty else { throw Self.failure(part) }
            requirements.append(Requirement(field: String(field), value: String(rest), isEqual: isEqual))
        }
    }

    /// A field that is absent counts as empty.
    public func matches(_ resource: Resource) -> Bool {
        requirements.allSatisfy { requirement in
            let path = requirement.field.split(separator: ".").map(String.init)
            let found = resource.value[.init(path)]
            let text = found?.string ?? found?.bool.map(String.init) ?? found?.number?.text ?? ""
            return text.hasSameBytes(as: requirement.value) == requirement.isEqual
        }
    }

    private static func failure(_ part: Substring) -> WaybillError {
        WaybillError(
            .invalidInput, "invalid selector: \(Redaction.excerpt(part)); can't understand it",
            subject: "field selector")
    }
}

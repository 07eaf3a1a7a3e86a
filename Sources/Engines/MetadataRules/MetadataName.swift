public import WaybillCore

/// The name of a project, note or occurrence, in parts: `projects/shop/locations/eu/notes/CVE-2021-44228`.
public struct MetadataName: Hashable, Sendable, CustomStringConvertible {
    public enum Collection: String, Sendable { case notes, occurrences }

    /// Bytes of one part.
    public static let partBytesMax = 256

    public let project: String
    public let location: String?
    /// Nil for a project itself.
    public let collection: Collection?
    public let id: String

    public init(
        project: String, location: String? = nil, collection: Collection? = nil, id: String = ""
    ) throws(WaybillError) {
        self.project = project
        self.location = location
        self.collection = collection
        self.id = id
        for part in [project, location, collection == nil ? nil : id].compactMap({ $0 }) {
            guard Self.isPart(part) else {
                throw WaybillError(
                    .invalidInput, "\(Redaction.excerpt(part)) cannot be a part of a name", subject: "name",
                    remedy: "use 1 to \(Self.partBytesMax) visible characters without a slash")
            }
        }
    }

    /// `projects/shop`, `projects/shop/locations/eu`.
    public init(parent text: String) throws(WaybillError) {
        try self.init(text, collection: nil)
    }

    /// `projects/shop` and nothing below it.
    public init(project text: String) throws(WaybillError) {
        try self.init(text, collection: nil)
        guard location == nil else { throw Self.malformed(text, "projects/PROJECT") }
    }

    public init(note text: String) throws(WaybillError) { try self.init(text, collection: .notes) }

    public init(occurrence text: String) throws(WaybillError) { try self.init(text, collection: .occurrences) }

    private init(_ text: String, collection: Collection?) throws(WaybillError) {
        let expected = "projects/PROJECT" + (collection.map { "/\($0.rawValue)/ID" } ?? "")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts.count <= 6, parts[0] == "projects" else { throw Self.malformed(text, expected) }
        var rest = parts[2...]
        var location: String?
        if rest.first == "locations", rest.count >= 2 {
            location = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        if let collection {
            guard rest.count == 2, rest.first == collection.rawValue, let id = rest.last else {
                throw Self.malformed(text, expected)
            }
            try self.init(project: parts[1], location: location, collection: collection, id: id)
        } else {
            guard rest.isEmpty else { throw Self.malformed(text, expected) }
            try self.init(project: parts[1], location: location)
        }
    }

    private static func malformed(_ text: String, _ expected: String) -> WaybillError {
        WaybillError(
            .invalidInput, "\(Redaction.excerpt(text)) is not of the form \(expected)", subject: "name")
    }

    private static func isPart(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= partBytesMax, text != ".", text != ".." else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar != "/" && scalar != "\\" && !scalar.properties.isWhitespace && scalar.value >= 0x20
                && !(0x7F...0x9F).contains(scalar.value) && scalar.properties.generalCategory != .format
        }
    }

    /// `projects/shop`.
    public var projectName: String { "projects/\(project)" }

    /// The parent of notes and occurrences: `projects/shop/locations/eu`.
    public var parent: String { projectName + (location.map { "/locations/\($0)" } ?? "") }

    public var description: String { parent + (collection.map { "/\($0.rawValue)/\(id)" } ?? "") }

    /// A note or occurrence beside this one or below this parent.
    public func child(_ collection: Collection, _ id: String) throws(WaybillError) -> MetadataName {
        try MetadataName(project: project, location: location, collection: collection, id: id)
    }
}

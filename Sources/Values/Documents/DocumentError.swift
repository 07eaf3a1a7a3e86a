public import WaybillCore

/// A document that could not be read, with the place.
public struct DocumentError: Error, Sendable, CustomStringConvertible, Equatable {
    public var position: Position
    public var message: String

    public init(at position: Position, _ message: String) {
        self.position = position
        self.message = message
    }

    public var description: String { "\(position): \(message)" }

    /// The same with the file's name, in the shape that crosses modules.
    public func inFile(_ file: String, remedy: String? = nil) -> WaybillError {
        WaybillError(.invalidInput, message, subject: "\(file):\(position)", remedy: remedy)
    }
}

/// Bounds on documents from outside.
public struct DocumentLimits: Sendable {
    /// Nesting of arrays and objects; deeper documents are refused.
    public var depthMax: Int
    /// Size of the text in bytes.
    public var bytesMax: Int
    /// Values that aliases may expand to in one YAML stream ("billion laughs").
    public var aliasedNodesMax: Int
    /// YAML mappings may hold a key twice: nodes keep both members, of values the last one counts.
    public var allowsDuplicateKeys = false

    public init(depthMax: Int = 512, bytesMax: Int = 256 << 20, aliasedNodesMax: Int = 200_000) {
        self.depthMax = depthMax
        self.bytesMax = bytesMax
        self.aliasedNodesMax = aliasedNodesMax
    }

    public static let standard = DocumentLimits()
}

public import Rego

/// The text of a policy module.
public struct PolicySource: Sendable {
    public var file: String
    public var text: String
    public var version: RegoVersion

    public init(file: String, text: String, version: RegoVersion = .v1) {
        self.file = file
        self.text = text
        self.version = version
    }
}

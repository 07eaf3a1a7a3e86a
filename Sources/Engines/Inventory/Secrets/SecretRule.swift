public import WaybillCore

/// How one kind of secret looks.
public struct SecretRule: Hashable, Sendable {
    /// Stable: `aws-access-key-id`.
    public var id: String
    public var title: String
    public var severity: Severity
    /// RE2; the first group is the secret, the whole match where there is none.
    public var pattern: String
    /// The rule is only asked where one of these occurs, in any case of letters. Empty: always.
    public var keywords: [String]
    /// A secret with less entropy than this, in bits per character, is a placeholder.
    public var entropyMin: Double
    /// Secrets that match one of these are none.
    public var allowed: [String]

    public init(
        id: String, title: String, severity: Severity = .high, pattern: String, keywords: [String] = [],
        entropyMin: Double = 0, allowed: [String] = []
    ) {
        self.id = id
        self.title = title
        self.severity = severity
        self.pattern = pattern
        self.keywords = keywords
        self.entropyMin = entropyMin
        self.allowed = allowed
    }
}

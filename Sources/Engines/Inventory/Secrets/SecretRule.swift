public import WaybillCore

/// How one kind of secret looks.
public struct SecretRule: Hashable, Sendable {
    /// Stable: `aws-access-key-id`.
    public var id: String
    public var title: String
    public var severity: Severity
    /// RE2; the first group that took part is the secret, the whole match where there is none. Empty: the path decides.
    public var pattern: String
    /// The rule is only asked where one of these occurs, in any case of letters. Empty: always.
    public var keywords: [String]
    /// A secret must have more entropy than this, in bits per character: less is a placeholder.
    public var entropyMin: Double
    /// Secrets that match one of these are none.
    public var allowed: [String]
    /// RE2 over the file's path; other files are not asked.
    public var path: String?
    /// The group that holds the secret, where it is not the first that took part.
    public var group: Int?
    /// A match lies this many bytes before and behind the end of a keyword. Nil: anywhere in a file that has one.
    public var reach: Reach?
    public var allowLists: [SecretAllowList] = []
    /// The names that other scanners have for the same rule.
    public var aliases: [String] = []
    /// The group that holds the secret, by name.
    public var groupName: String?
    /// The secret must hold a digit: words of a language do not.
    public var needsDigit = false

    public struct Reach: Hashable, Sendable {
        public var before: Int
        public var behind: Int
        public init(before: Int, behind: Int) {
            self.before = before
            self.behind = behind
        }
    }

    public init(
        id: String, title: String, severity: Severity = .high, pattern: String, keywords: [String] = [],
        entropyMin: Double = 0, allowed: [String] = [], path: String? = nil, group: Int? = nil, reach: Reach? = nil
    ) {
        self.id = id
        self.title = title
        self.severity = severity
        self.pattern = pattern
        self.keywords = keywords
        self.entropyMin = entropyMin
        self.allowed = allowed
        self.path = path
        self.group = group
        self.reach = reach
    }
}

/// What looks like a secret and is none.
public struct SecretAllowList: Hashable, Sendable {
    public enum Target: String, Sendable, CaseIterable {
        case secret, match, line
    }

    /// RE2 over the target.
    public var patterns: [String] = []
    /// RE2 over the file's path.
    public var paths: [String] = []
    /// Words that the secret holds, in any case of letters.
    public var stopWords: [String] = []
    /// Commits whose findings do not count.
    public var commits: [String] = []
    public var target = Target.secret
    /// All of the kinds above must say so, instead of any.
    public var needsAll = false

    public init() {}
}

/// Rules with the lists that hold for all of them.
public struct SecretRuleSet: Hashable, Sendable {
    public var rules: [SecretRule]
    public var allowLists: [SecretAllowList]

    public init(rules: [SecretRule], allowLists: [SecretAllowList] = []) {
        self.rules = rules
        self.allowLists = allowLists
    }

    public static let standard = SecretRuleSet(rules: SecretRule.standard)
}

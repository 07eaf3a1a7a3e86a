/// What a rule's name says about its results.
public enum RuleKind: Sendable, Hashable {
    case failure, warning

    /// `deny`, `deny_latest`, `violation_x`, `warn_1`; nil for every other name.
    public init?(_ name: String) {
        for (prefix, kind) in [("deny", RuleKind.failure), ("violation", .failure), ("warn", .warning)] {
            guard name.hasPrefix(prefix) else { continue }
            let parts = name.dropFirst(prefix.count).split(separator: "_", omittingEmptySubsequences: false)
            guard parts.first == "",
                parts.dropFirst().allSatisfy({ part in
                    !part.isEmpty && part.utf8.allSatisfy { ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 }
                })
            else { continue }
            self = kind
            return
        }
        return nil
    }

    /// The name that an exception uses: `deny_latest` is `latest`.
    static func exceptionName(_ rule: String) -> String {
        var name = Substring(rule)
        for prefix in ["violation_", "deny_", "warn_"] where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
        }
        return String(name)
    }
}

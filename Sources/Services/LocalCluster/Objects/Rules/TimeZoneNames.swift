import Foundation

/// Names of time zones as the IANA database spells them.
enum TimeZoneNames {
    static func isWellFormed(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            part != "." && part != ".." && !part.hasPrefix("-") && (1...14).contains(part.utf8.count)
                && part.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+")].contains($0)
                }
        }
    }

    private static let known = Set(TimeZone.knownTimeZoneIdentifiers)

    static func isKnown(_ name: String) -> Bool {
        if ["UTC", "GMT", "Etc/UTC", ""].contains(name) { return true }
        return isWellFormed(name) && (known.contains(name) || name.contains("/") && TimeZone(identifier: name) != nil)
    }
}

/// Zones by name: from the host's zone files where it gives them, or else those of a short list with today's rules. A
/// name that nobody knows is an error, never taken for UTC.
enum TimeZones {
    static func zone(_ name: String, _ host: BuiltinHost) throws(BuiltinFailure) -> ZoneInfo {
        guard !name.isEmpty, name != "UTC" else { return .utc }
        if let known = host.zones[name] { return known }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.hasPrefix("/"), !name.utf8.contains(UInt8(ascii: "\\")), !parts.contains("..") else {
            throw BuiltinFailure("time: invalid location name")
        }
        let zone: ZoneInfo
        if let read = host.surroundings.zoneFile, let bytes = read(name) {
            guard let info = ZoneInfo(bytes) else { throw BuiltinFailure("malformed time zone information") }
            zone = info
        } else if let text = rules[name], let rule = ZoneRule(text) {
            zone = ZoneInfo(rule: rule)
        } else {
            throw BuiltinFailure("unknown time zone \(name)")
        }
        host.zones[name] = zone
        return zone
    }

    private static let central = "CET-1CEST,M3.5.0,M10.5.0/3"
    private static let eastern = "EET-2EEST,M3.5.0/3,M10.5.0/4"

    /// Today's rules of zones that policies name often, for hosts without zone files.
    private static let rules = [
        "GMT": "GMT0", "Etc/UTC": "UTC0", "America/New_York": "EST5EDT,M3.2.0,M11.1.0",
        "America/Chicago": "CST6CDT,M3.2.0,M11.1.0", "America/Denver": "MST7MDT,M3.2.0,M11.1.0",
        "America/Los_Angeles": "PST8PDT,M3.2.0,M11.1.0", "America/Toronto": "EST5EDT,M3.2.0,M11.1.0",
        "America/Phoenix": "MST7", "America/Sao_Paulo": "<-03>3", "Europe/London": "GMT0BST,M3.5.0/1,M10.5.0",
        "Europe/Dublin": "GMT0IST,M3.5.0/1,M10.5.0", "Europe/Lisbon": "WET0WEST,M3.5.0/1,M10.5.0",
        "Europe/Paris": central, "Europe/Berlin": central, "Europe/Madrid": central, "Europe/Rome": central,
        "Europe/Amsterdam": central, "Europe/Stockholm": central, "Europe/Oslo": central,
        "Europe/Copenhagen": central, "Europe/Zurich": central, "Europe/Vienna": central, "Europe/Prague": central,
        "Europe/Warsaw": central, "Europe/Helsinki": eastern, "Europe/Athens": eastern, "Europe/Kyiv": eastern,
        "Europe/Moscow": "MSK-3", "Europe/Istanbul": "<+03>-3", "Asia/Dubai": "<+04>-4",
        "Asia/Kolkata": "IST-5:30", "Asia/Calcutta": "IST-5:30", "Asia/Shanghai": "CST-8", "Asia/Hong_Kong": "HKT-8",
        "Asia/Singapore": "<+08>-8", "Asia/Tokyo": "JST-9", "Asia/Seoul": "KST-9", "Australia/Brisbane": "AEST-10",
    ]
}

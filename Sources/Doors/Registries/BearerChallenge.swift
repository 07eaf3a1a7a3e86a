/// Where and for what a token is to be fetched: `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`.
struct BearerChallenge: Hashable, Sendable {
    var realm: String
    var service: String?
    var scope: String?

    /// Nil for another scheme, or without a realm.
    init?(_ header: String) {
        let scheme = "bearer "
        guard header.lowercased().hasPrefix(scheme) else { return nil }
        var parameters: [String: String] = [:]
        var rest = Substring(header.dropFirst(scheme.count))
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].drop { $0 == " " || $0 == "," }.lowercased()
            rest = rest[rest.index(after: equals)...]
            if rest.first == "\"" {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: "\"") else { return nil }
                parameters[name] = String(rest[..<end])
                rest = rest[rest.index(after: end)...]
            } else {
                let value = rest.prefix { $0 != "," }
                parameters[name] = String(value)
                rest = rest[value.endIndex...]
            }
        }
        guard let realm = parameters["realm"], !realm.isEmpty else { return nil }
        self.realm = realm
        service = parameters["service"]
        scope = parameters["scope"]
    }

    /// The realm with service and scope as its query; each scope on its own.
    var url: String {
        var query: [String] = []
        if let service { query.append("service=" + Self.escaped(service)) }
        for scope in (scope ?? "").split(separator: " ") { query.append("scope=" + Self.escaped(String(scope))) }
        guard !query.isEmpty else { return realm }
        return realm + (realm.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}

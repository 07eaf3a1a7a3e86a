import Rego
import RegularExpressions
import WaybillCore

/// Functions that Trivy gives to its checks. A check that imports a `result` of its own keeps it.
enum TrivyFunctions {
    static let all = [
        HostFunction("result.new", arity: 2) { result($0[0], $0[1]) },
        HostFunction("isManaged", arity: 1) { place($0[0])["managed"] ?? true },
        HostFunction("sh.parse_commands", arity: 1) { arguments in
            guard let text = arguments[0].string else { throw Refusal("expected a text") }
            return .array(ShellCommands.commands(in: text).map { .array($0.map { .string($0) }) })
        },
        HostFunction("sh.has_pipes", arity: 1) { arguments in
            guard let text = arguments[0].string else { throw Refusal("expected a text") }
            return .bool(ShellCommands.hasPipe(text))
        },
        HostFunction("cidr.count_addresses", arity: 1) { $0[0].string.map(addressCount) },
        HostFunction("cidr.is_public", arity: 1) { $0[0].string.map { .bool(isPublic($0)) } },
        HostFunction("squealer.scan_string", arity: 1) { arguments in
            guard let text = arguments[0].string else { throw Refusal("expected a text") }
            return scanned(text)
        },
    ]

    struct Refusal: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    // MARK: Results

    private static let defaults: [RegoObject.Member] = [
        .init(key: "startline", value: 0), .init(key: "endline", value: 0), .init(key: "sourceprefix", value: ""),
        .init(key: "filepath", value: ""), .init(key: "explicit", value: false), .init(key: "managed", value: true),
        .init(key: "fskey", value: ""), .init(key: "resource", value: ""), .init(key: "parent", value: .null),
    ]
    /// As instructions of container files name their place.
    private static let instructionNames = [("startline", "StartLine"), ("endline", "EndLine"), ("filepath", "Path")]

    /// Where the cause stands: in its metadata, or in the cause itself.
    private static func place(_ cause: RegoValue) -> RegoValue {
        guard case .object = cause else { return .object(RegoObject([])) }
        let place = cause["__defsec_metadata"] ?? cause
        guard case .object = place else { return .object(RegoObject([])) }
        return place
    }

    static func result(_ message: RegoValue, _ cause: RegoValue) -> RegoValue {
        let place = place(cause)
        var members = defaults.map { RegoObject.Member(key: $0.key, value: place[$0.key.string ?? ""] ?? $0.value) }
        for (name, field) in instructionNames {
            if let value = place[field] { members.append(.init(key: .string(name), value: value)) }
        }
        return .object(RegoObject(members + [.init(key: "msg", value: message)]))
    }

    // MARK: Addresses

    /// No more than 64 bits hold; `*` is every address.
    private static func addressCount(_ range: String) -> RegoValue {
        let all = RegoValue.number(RegoNumber("18446744073709551615") ?? RegoNumber(Int.max))
        if range == "*" { return all }
        let parts = range.split(separator: "/", omittingEmptySubsequences: false)
        let width = range.contains(":") ? 128 : 32
        guard parts.count == 2, let prefix = Int(parts[1]), (0...width).contains(prefix) else { return 1 }
        let free = width - prefix
        return free < 62 ? .int(1 << free) : all
    }

    private static let privateRanges = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",
        "fe80::/10", "::1/128",
    ]

    private static func isPublic(_ range: String) -> Bool {
        !privateRanges.contains { AddressRanges.contains($0, range) == true }
    }

    // MARK: Secrets

    /// Texts that are secrets by their look.
    private static let secrets: [(pattern: String, description: String)] = [
        (#"(?:^|[^A-Z0-9])(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}(?:[^A-Z0-9]|$)"#, "AWS access key"),
        (#"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----"#, "private key"),
        (#"gh[pousr]_[A-Za-z0-9]{36}"#, "GitHub token"), (#"github_pat_[A-Za-z0-9_]{82}"#, "GitHub token"),
        (#"glpat-[A-Za-z0-9_-]{20}"#, "GitLab token"), (#"xox[abposr]-[A-Za-z0-9-]{10,}"#, "Slack token"),
        (#"https://hooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]+"#, "Slack webhook"),
        (#"[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s:/@$]+@[A-Za-z0-9.-]+"#, "password in a URL"),
        (
            #"(?i)(?:aws|amz).{0,20}(?:secret|key).{0,20}[=:]\s*["']?[A-Za-z0-9/+]{40}(?:["'\s]|$)"#,
            "AWS secret access key"
        ),
        (#"(?i)(?:password|passwd|secret|token|api_?key)["']?\s*[=:]\s*["'][^"'\s$]{8,}["']"#, "password in a text"),
    ]

    private static func scanned(_ text: String) -> RegoValue {
        let found = secrets.first { secret in
            // A pattern of ours that cannot be compiled would let secrets through: the tests compile them all.
            (try? RegularExpression(secret.pattern))?.matches(text) ?? true
        }
        return [
            "transgressionFound": .bool(found != nil), "description": .string(found?.description ?? ""),
        ]
    }
}

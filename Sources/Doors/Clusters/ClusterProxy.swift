import AsyncHTTPClient
import Foundation
public import WaybillCore

/// A proxy on the way to a cluster.
public struct ClusterProxy: Sendable, Equatable {
    public enum Kind: Sendable { case http, socks5 }

    public var kind: Kind
    public var host: String
    public var port: Int
    /// User and password for an HTTP proxy; never shown.
    var credentials: [String]

    /// From `http://[user:password@]host[:port]` or `socks5://host[:port]`; throws `.invalidInput` or `.unsupported`.
    public init(_ text: String, subject: String) throws(WaybillError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty
        else { throw WaybillError(.invalidInput, "the proxy is not an address", subject: subject) }
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let user = [parts.user, parts.password].compactMap(\.self)
        switch scheme {
        case "http": (kind, port) = (.http, parts.port ?? 80)
        case "socks5", "socks5h": (kind, port) = (.socks5, parts.port ?? 1080)
        default:
            throw WaybillError(
                .unsupported, "a proxy by “\(scheme)” is not supported", subject: subject,
                remedy: "use an http or socks5 proxy")
        }
        guard kind == .http || user.isEmpty else {
            throw WaybillError(.unsupported, "a socks5 proxy with a password is not supported", subject: subject)
        }
        self.host = name
        credentials = user
    }

    /// What `HTTPS_PROXY` and `NO_PROXY` (upper or lower case) say for a server. Nothing on this machine is asked
    /// through a proxy.
    static func fromEnvironment(_ environment: [String: String], server: String) throws(WaybillError) -> ClusterProxy? {
        func value(_ name: String) -> String {
            let found = environment[name] ?? environment[name.lowercased()] ?? ""
            return found.trimmingCharacters(in: .whitespaces)
        }
        let text = value("HTTPS_PROXY")
        guard !text.isEmpty, server.hasPrefix("https://"), let url = URLComponents(string: server), let host = url.host,
            !isExempt(host.lowercased(), port: url.port ?? 443, value("NO_PROXY"))
        else { return nil }
        return try ClusterProxy(text.contains("://") ? text : "http://\(text)", subject: "HTTPS_PROXY")
    }

    /// A name matches itself and names beneath it, an address itself, `a.b.c.d/n` the addresses of that network,
    /// `*` everything; each may end in a port.
    static func isExempt(_ host: String, port: Int, _ exceptions: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare == "localhost" || bare == "::1" || bare.hasPrefix("127.") { return true }
        for part in exceptions.split(whereSeparator: { $0 == "," || $0 == " " }) {
            var word = part.lowercased()
            if word == "*" { return true }
            if let colon = word.lastIndex(of: ":"), word.firstIndex(of: ":") == colon,
                let only = Int(word[word.index(after: colon)...])
            {
                guard only == port else { continue }
                word = String(word[..<colon])
            }
            if let slash = word.firstIndex(of: "/") {
                let bits = Int(word[word.index(after: slash)...]) ?? -1
                if let network = ipv4(word[..<slash]), let address = ipv4(bare[...]), (0...32).contains(bits),
                    bits == 0 || (network ^ address) >> UInt32(32 - bits) == 0
                {
                    return true
                }
                continue
            }
            let isSuffix = word.hasPrefix(".")
            if !isSuffix, bare == word { return true }
            if bare.hasSuffix(isSuffix ? word : ".\(word)") { return true }
        }
        return false
    }

    private static func ipv4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            guard let part else { return nil }
            result = result << 8 | UInt32(part)
        }
        return result
    }

    var configuration: HTTPClient.Configuration.Proxy {
        switch kind {
        case .socks5: .socksServer(host: host, port: port)
        case .http where credentials.isEmpty: .server(host: host, port: port)
        case .http:
            .server(
                host: host, port: port,
                authorization: .basic(username: credentials[0], password: credentials.dropFirst().first ?? ""))
        }
    }
}

import Documents
import WaybillCore

/// Who asks.
struct APIUser: Hashable, Sendable {
    var name: String
    var uid = ""
    var groups: [String] = []
    var extra: [String: [String]] = [:]

    static let anonymous = APIUser(name: "system:anonymous", groups: ["system:unauthenticated"])

    /// A token of the configuration: an administrator.
    static func administrator(_ name: String) -> APIUser {
        APIUser(name: name, groups: ["system:masters", "system:authenticated"])
    }

    var isMaster: Bool { groups.contains("system:masters") }

    /// As reviews carry it.
    var info: Value {
        var info: Value = ["username": .string(name)]
        if !uid.isEmpty { info["uid"] = .string(uid) }
        if !groups.isEmpty { info["groups"] = .array(groups.map(Value.string)) }
        if !extra.isEmpty {
            info["extra"] = .object(
                Object(extra.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map(Value.string))) }))
        }
        return info
    }
}

/// A request as the API sees it, free of the transport.
struct APIRequest: Sendable {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE`.
    var method: String
    /// Decoded components.
    var path: [String]
    var query: [(name: String, value: String)] = []
    var accept = ""
    var contentType = ""
    var userAgent = ""
    var body: [UInt8] = []
    var user = APIUser.anonymous

    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
    func parameters(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
    func flag(_ name: String) -> Bool { ["true", "1"].contains(parameter(name)?.lowercased() ?? "") }

    /// The field manager: as the caller says, or the program's name in front of its version.
    var fieldManager: String {
        if let manager = parameter("fieldManager"), !manager.isEmpty { return manager }
        let program = userAgent.prefix { $0 != "/" }
        return program.isEmpty ? "unknown" : String(program.prefix(128))
    }

    var isDryRun: Bool { parameters("dryRun").contains("All") }

    /// Splits and decodes a path; nil where an escape is broken.
    static func components(of path: some StringProtocol) -> [String]? {
        var result: [String] = []
        for part in path.split(separator: "/") {
            guard let text = decoded(part, plusIsSpace: false) else { return nil }
            result.append(text)
        }
        return result
    }

    /// Splits and decodes a query string.
    static func query(_ text: some StringProtocol) -> [(name: String, value: String)] {
        text.split(separator: "&").compactMap { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(sides[0], plusIsSpace: true) else { return nil }
            guard let value = sides.count == 2 ? decoded(sides[1], plusIsSpace: true) : "" else { return nil }
            return (name, value)
        }
    }

    private static func decoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else {
                    return nil
                }
                bytes += pair
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension APIRequest {
    /// From what stands in a request line. Nil where an escape of the path is broken.
    init?(method: String, path: some StringProtocol, query: some StringProtocol) {
        guard let components = Self.components(of: path) else { return nil }
        self.init(method: method, path: components)
        self.query = Self.query(query)
    }
}

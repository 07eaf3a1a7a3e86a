import Documents
import HTTPServing
import Hummingbird
import NIOCore
import OCI
import Rego
import WaybillCore

/// One request: path, parameters and body, read.
struct PolicyCall: Sendable {
    let method: HTTPRequest.Method
    /// Percent-decoded, empty parts left out.
    let path: [String]
    let parameters: [(name: String, value: String)]
    let headers: HTTPFields
    /// Unpacked.
    let body: [UInt8]
    let remoteAddress: String

    init(_ request: Request, _ context: ServiceContext, bytesMax: Int) async throws {
        method = request.method
        headers = request.headers
        remoteAddress = context.remoteAddress ?? ""
        // As it was sent: a path that were decoded twice could name another document.
        let raw = (request.head.path ?? "/").prefix { $0 != "?" && $0 != "#" }
        var path: [String] = []
        for part in raw.split(separator: "/") {
            guard let text = PercentEncoding.decode(part) else {
                throw PolicyFailure(.badRequest, "invalid_parameter", "the path is not percent-encoded UTF-8")
            }
            path.append(text)
        }
        self.path = path
        var parameters: [(name: String, value: String)] = []
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true),
                let value = PercentEncoding.decode(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else {
                throw PolicyFailure(.badRequest, "invalid_parameter", "the query is not percent-encoded UTF-8")
            }
            parameters.append((name, value))
        }
        self.parameters = parameters
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: bytesMax)
        } catch {
            throw PolicyFailure(
                .contentTooLarge, "invalid_parameter", "the body is larger than \(bytesMax) bytes, or broke off")
        }
        let bytes = Array(buffer.readableBytesView)
        if request.headers[.contentEncoding]?.lowercased() == "gzip" {
            body = try Compression.unpack(bytes, bytesMax: bytesMax, subject: "request")
        } else {
            body = bytes
        }
    }

    subscript(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// A flag: `?pretty` and `?pretty=true` are on.
    func flag(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return value.isEmpty || value.lowercased() == "true" || value == "1"
    }

    /// The name in metrics: one for each kind of path, so that there are not as many series as documents.
    var handlerName: String {
        switch path.first {
        case nil: "index"
        case "v0"?, "v1"?: path.prefix(2).joined(separator: "/")
        case let name?: ["health", "metrics"].contains(name) ? name : "unknown"
        }
    }

    // MARK: Bodies

    /// The body as JSON or YAML; nil where it is empty.
    func document(_ what: String) throws(PolicyFailure) -> Value? {
        guard body.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else { return nil }
        do {
            if headers[.contentType]?.contains("yaml") == true {
                return try YAMLReader.node(from: body, schema: .core).value
            }
            return try JSONReader.value(from: body)
        } catch {
            throw PolicyFailure(.badRequest, "invalid_parameter", "body contains malformed \(what): \(error)")
        }
    }

    var text: String? { String(validating: body, as: UTF8.self) }

    // MARK: Answers

    func json(_ value: Value, status: HTTPResponse.Status = .ok, type: String = "application/json") -> Response {
        let style: JSONWriter.Style = flag("pretty") ? .pretty : .compact
        return Response(
            status: status, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value, style: style) + [0x0A])))
    }

    static let noContent = Response(status: .noContent)

    // MARK: Authorization

    /// What `system.authz` sees.
    func authorizationInput(readsTokens: Bool) -> Value {
        var names: [String: [Value]] = [:]
        for field in headers { names[Self.canonical(field.name.rawName), default: []].append(.string(field.value)) }
        var query: [String: [Value]] = [:]
        for parameter in parameters { query[parameter.name, default: []].append(.string(parameter.value)) }
        func object(_ lists: [String: [Value]]) -> Value {
            .object(
                Object(lists.sorted { $0.key.precedesByBytes($1.key) }.map { (key: $0.key, value: .array($0.value)) }))
        }
        var input: Object = [
            "path": .array(path.map(Value.string)), "method": .string(method.rawValue), "params": object(query),
            "headers": object(names),
        ]
        if readsTokens, let header = headers[.authorization], header.lowercased().hasPrefix("bearer ") {
            input["identity"] = .string(String(header.dropFirst(7)))
        }
        if let document = try? self.document("input") { input["body"] = document }
        return .object(input)
    }

    /// `content-type` as Go's servers write it: `Content-Type`.
    private static func canonical(_ name: String) -> String {
        name.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: "-")
    }
}

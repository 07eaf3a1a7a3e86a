import GitRepositories
import HTTPTypes
import Hummingbird
import NIOCore
import Processes
import WaybillCore

/// What a Git client asks for over smart HTTP. The dumb protocol is not spoken.
enum GitEndpoint: Sendable, Equatable {
    case advertise(service: Service)
    case serve(Service)

    enum Service: String, Sendable { case uploadPack = "git-upload-pack", receivePack = "git-receive-pack" }

    var service: Service {
        switch self {
        case .advertise(let service), .serve(let service): service
        }
    }

    var isPush: Bool { service == .receivePack }
    var path: String {
        switch self {
        case .advertise: "info/refs"
        case .serve(let service): service.rawValue
        }
    }
}

/// One request of a Git client, answered by `git http-backend` over CGI (RFC 3875); both directions flow.
struct GitExchange: Sendable {
    private static let headBytesMax = 16 << 10
    /// A request to fetch names commits; it is never large.
    private static let fetchBytesMax = 16 << 20

    let endpoint: GitEndpoint
    let repository: HostedRepository
    let identity: Identity?
    let hooks: HookFolder
    let pushBytesMax: Int
    /// What the hook of a push is told.
    let hookVariables: [String: String]

    func start(_ request: Request) throws(WaybillError) -> RunningProcess {
        var environment = GitEnvironment(repository: repository.path)
        environment.set("core.hooksPath", hooks.path)
        environment.set("receive.maxInputSize", String(pushBytesMax))
        environment.set("receive.fsckObjects", "true")
        environment.set("receive.autogc", "false")
        environment.set("receive.hideRefs", "refs/waybill")
        environment.set("http.uploadarchive", "false")
        var variables = hookVariables
        variables["GIT_PROJECT_ROOT"] = String(repository.path.dropLast("/\(repository.name).git".count))
        variables["GIT_HTTP_EXPORT_ALL"] = "1"
        variables["PATH_INFO"] = "/\(repository.name).git/\(endpoint.path)"
        variables["REMOTE_USER"] = identity?.name
        variables["GIT_PROTOCOL"] = Self.plain(request.headers[.gitProtocol])
        variables["SERVER_PROTOCOL"] = "HTTP/1.1"
        variables["GATEWAY_INTERFACE"] = "CGI/1.1"
        switch endpoint {
        case .advertise(let service):
            variables["REQUEST_METHOD"] = "GET"
            variables["QUERY_STRING"] = "service=\(service.rawValue)"
        case .serve(let service):
            variables["REQUEST_METHOD"] = "POST"
            variables["QUERY_STRING"] = ""
            variables["CONTENT_TYPE"] = "application/x-\(service.rawValue)-request"
            // git itself unpacks a compressed body.
            variables["HTTP_CONTENT_ENCODING"] = Self.plain(request.headers[.contentEncoding])
        }
        for (name, value) in variables { environment.setVariable(name, value) }
        return try RunningProcess.start(environment.command(["http-backend"], timeout: .seconds(300)), errorOutput: .kept)
    }

    /// Sends the request's body to git.
    func send(_ body: RequestBody, to process: RunningProcess) async throws {
        defer { process.closeInput() }
        let bytesMax = endpoint.isPush ? pushBytesMax : Self.fetchBytesMax
        var count = 0
        for try await buffer in body {
            count += buffer.readableBytes
            guard count <= bytesMax else {
                process.stop()
                throw WaybillError(.limitExceeded, "the request is larger than \(bytesMax) bytes", subject: repository.name)
            }
            try await process.write(Array(buffer.readableBytesView))
        }
    }

    /// Reads the head of the answer; returns it with the first bytes of the body.
    func readHead(_ process: RunningProcess) async throws(WaybillError) -> (response: Response, rest: [UInt8]) {
        var bytes: [UInt8] = []
        while true {
            if let end = Self.headEnd(bytes) {
                return (Self.response(String(decoding: bytes[..<end.start], as: UTF8.self)), Array(bytes[end.after...]))
            }
            let more = try await process.read()
            guard !more.isEmpty, bytes.count <= Self.headBytesMax else {
                throw WaybillError(.failed, "git http-backend gave no answer: \(process.errorText)", subject: repository.name)
            }
            bytes += more
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> (start: Int, after: Int)? {
        for index in bytes.indices where bytes[index] == 0x0A {
            if bytes[(index + 1)...].starts(with: [0x0D, 0x0A]) { return (index, index + 3) }
            if bytes[(index + 1)...].starts(with: [0x0A]) { return (index, index + 2) }
        }
        return nil
    }

    /// Only the headers that the protocol needs are passed on.
    static func response(_ head: String) -> Response {
        var response = Response(status: .ok)
        for line in head.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }) {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingSpaces }
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "status": response.status = HTTPResponse.Status(code: parts[1].split(separator: " ").first.flatMap { Int($0) } ?? 500)
            case "content-type": response.headers[.contentType] = parts[1]
            case "cache-control": response.headers[.cacheControl] = parts[1]
            default: break
            }
        }
        return response
    }

    /// A header's value that may go into an environment: printable and short.
    private static func plain(_ value: String?) -> String? {
        guard let value, value.utf8.count <= 200, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return value
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

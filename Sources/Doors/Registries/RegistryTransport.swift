import AsyncHTTPClient
import Documents
import NIOCore
import NIOHTTP1
import OCI
import Synchronization
import WaybillCore

/// Sends requests to one registry: authentication, limits, errors.
struct RegistryTransport: Sendable {
    struct Answer {
        var response: HTTPClientResponse
        var status: Int { Int(response.status.code) }
        func header(_ name: String) -> String? { response.headers.first(name: name) }
    }

    /// Without a slash at its end.
    let base: String
    private let credentials: RegistryClient.Credentials?
    /// Bearer tokens by the scope that they were given for.
    private let tokens = TokenCache()

    /// Until the head of the answer is there.
    static let timeout = TimeAmount.seconds(120)

    /// A registry that refuses connections is not asked again: whoever waits shall hear of it at once.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    init(_ base: String, credentials: RegistryClient.Credentials?) throws(WaybillError) {
        let text = base.hasSuffix("/") ? String(base.dropLast()) : base
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), text.filter({ $0 == "/" }).count == 2,
            !text.contains("@"), !text.contains("?")
        else {
            throw WaybillError(
                .invalidInput, "not a registry's address", subject: Redaction.url(base),
                remedy: "write it as https://registry.example, with credentials apart")
        }
        self.base = text
        self.credentials = credentials
    }

    func send(
        _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws(WaybillError) -> Answer {
        let scope = Self.scope(method, path)
        let first = try await sendOnce(method, path, headers, body, authorization: authorization(scope))
        guard first.status == 401, let challenge = first.header("WWW-Authenticate").flatMap({ BearerChallenge($0) })
        else {
            return first
        }
        let token = try await fetchToken(challenge)
        tokens.set(token, for: scope)
        return try await sendOnce(method, path, headers, body, authorization: "Bearer \(token)")
    }

    private func sendOnce(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: [UInt8]?, authorization: String?
    ) async throws(WaybillError) -> Answer {
        var request = HTTPClientRequest(url: path.hasPrefix("/") ? base + path : path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        // Another host that holds an upload or a page never sees the credentials.
        if let authorization, path.hasPrefix("/") { request.headers.add(name: "Authorization", value: authorization) }
        request.headers.add(name: "User-Agent", value: "waybill")
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            return Answer(response: try await Self.client.execute(request, timeout: Self.timeout))
        } catch {
            throw WaybillError(
                .unavailable, "the registry does not answer", subject: Redaction.url(request.url), cause: error)
        }
    }

    private func authorization(_ scope: String) -> String? {
        if let token = tokens.token(for: scope) { return "Bearer \(token)" }
        return credentials.map { "Basic " + Base64.encode(Array("\($0.user):\($0.token)".utf8)) }
    }

    /// A token answers for a repository and for reading or writing.
    private static func scope(_ method: HTTPMethod, _ path: String) -> String {
        let repository = path.split(separator: "?")[0].split(separator: "/").dropFirst()
            .prefix { !["manifests", "blobs", "tags", "referrers", "signatures"].contains($0) }.joined(separator: "/")
        return (method == .GET || method == .HEAD ? "pull " : "push ") + repository
    }

    /// Asks the address in the challenge for a token (distribution's "Token Authentication").
    private func fetchToken(_ challenge: BearerChallenge) async throws(WaybillError) -> String {
        // Credentials leave only encrypted, or for where the registry itself is reached unencrypted.
        guard challenge.realm.hasPrefix("https://") || challenge.realm.hasPrefix("http://") && base.hasPrefix("http://")
        else {
            throw WaybillError(
                .forbidden, "the registry sends its clients to an unencrypted address for tokens",
                subject: Redaction.url(challenge.realm))
        }
        var request = HTTPClientRequest(url: challenge.url)
        if let credentials {
            let pair = Base64.encode(Array("\(credentials.user):\(credentials.token)".utf8))
            request.headers.add(name: "Authorization", value: "Basic \(pair)")
        }
        let answer: Answer
        do {
            answer = Answer(response: try await Self.client.execute(request, timeout: Self.timeout))
        } catch {
            throw WaybillError(
                .unavailable, "no token could be fetched", subject: Redaction.url(challenge.realm), cause: error)
        }
        guard answer.status == 200 else { throw try await failure(answer, "token", Redaction.url(challenge.realm)) }
        let value = try await json(answer, Redaction.url(challenge.realm))
        guard let token = value["token"]?.string ?? value["access_token"]?.string,
            token.utf8.allSatisfy({ (0x21..<0x7F).contains($0) })
        else {
            throw WaybillError(.invalidInput, "the answer holds no token", subject: Redaction.url(challenge.realm))
        }
        return token
    }

    // MARK: Answers

    func body(_ answer: Answer, bytesMax: Int) async throws(WaybillError) -> [UInt8] {
        do {
            return Array(try await answer.response.body.collect(upTo: bytesMax).readableBytesView)
        } catch {
            throw WaybillError(
                .limitExceeded, "the answer is larger than \(bytesMax) bytes or broke off", subject: base, cause: error)
        }
    }

    func json(_ answer: Answer, _ subject: String) async throws(WaybillError) -> Value {
        let bytes = try await body(answer, bytesMax: Manifest.bytesMax)
        do {
            return try JSONReader.value(from: bytes)
        } catch {
            throw WaybillError(.invalidInput, "the registry's answer is not JSON: \(error)", subject: subject)
        }
    }

    /// What an answer other than success means, with the registry's own words.
    func failure(_ answer: Answer, _ what: String, _ subject: String) async throws(WaybillError) -> WaybillError {
        // The words are a courtesy: an answer without readable ones is an error all the same.
        let said = (try? await json(answer, subject))?["errors"]?[0]
        let words = [said?["code"]?.string, said?["message"]?.string].compactMap(\.self).joined(separator: ": ")
        let message = "the registry answered \(answer.status)" + (words.isEmpty ? "" : " (\(Redaction.excerpt(words)))")
        switch answer.status {
        case 404: return RegistryError.absent(what, subject)
        case 401:
            return WaybillError(.unauthenticated, message, subject: subject, remedy: "give the registry's credentials")
        case 403: return WaybillError(.forbidden, message, subject: subject)
        case 409: return WaybillError(.conflict, message, subject: subject)
        case 413: return WaybillError(.limitExceeded, message, subject: subject)
        case 400..<500: return WaybillError(.invalidInput, message, subject: subject)
        default: return WaybillError(.unavailable, message, subject: subject)
        }
    }

    /// The next page of a list, from the `Link` header (RFC 8288).
    func nextPage(_ answer: Answer) throws(WaybillError) -> String? {
        guard let link = answer.header("Link"), link.contains("rel=\"next\"") || link.contains("rel=next"),
            let open = link.firstIndex(of: "<"), let close = link[open...].firstIndex(of: ">")
        else { return nil }
        return try path(of: String(link[link.index(after: open)..<close]))
    }

    /// A place that the registry names, as a path of its own; on another host the whole address.
    func path(of location: String) throws(WaybillError) -> String {
        if location.hasPrefix(base + "/") { return String(location.dropFirst(base.count)) }
        guard
            location.hasPrefix("/") || location.hasPrefix("https://")
                || location.hasPrefix("http://") && base.hasPrefix("http://")
        else {
            throw WaybillError(
                .unsupported, "the registry names a place in an unknown way", subject: Redaction.url(location))
        }
        return location
    }
}

/// Tokens that were fetched, bounded.
private final class TokenCache: Sendable {
    private static let entriesMax = 256
    private let entries = Mutex<[String: String]>([:])

    func token(for scope: String) -> String? { entries.withLock { $0[scope] } }
    func set(_ token: String, for scope: String) {
        entries.withLock { entries in
            if entries.count >= Self.entriesMax { entries.removeAll() }
            entries[scope] = token
        }
    }
}

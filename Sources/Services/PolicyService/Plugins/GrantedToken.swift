import AsyncHTTPClient
import Documents
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import WaybillCore

/// The token that an authorization server gives for our identifier and secret; fetched anew before it expires.
actor GrantedToken {
    private let settings: ClientCredentialsSettings
    private let timeoutSeconds: Int
    private var token = ""
    private var expiry = ContinuousClock.now

    /// A token is replaced so long before its end.
    static let marginSeconds = 10
    /// Of an answer that does not say how long its token is good for.
    static let secondsDefault = 60
    static let answerBytesMax = 1 << 16

    init(_ settings: ClientCredentialsSettings, timeoutSeconds: Int) {
        self.settings = settings
        self.timeoutSeconds = timeoutSeconds
    }

    func token(by client: HTTPClient) async throws(WaybillError) -> String {
        if !token.isEmpty, expiry > .now { return token }
        var request = HTTPClientRequest(url: settings.tokenURL)
        request.method = .POST
        request.headers.add(name: "Authorization", value: settings.authorization)
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        for (name, value) in settings.headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: settings.form))
        let status: Int
        let bytes: [UInt8]
        do {
            let response = try await client.execute(request, timeout: .seconds(Int64(timeoutSeconds)))
            status = Int(response.status.code)
            bytes = Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
        } catch {
            throw WaybillError(
                .unavailable, "the authorization server does not answer", subject: Redaction.url(settings.tokenURL),
                cause: error)
        }
        return try take(status, bytes)
    }

    private func take(_ status: Int, _ bytes: [UInt8]) throws(WaybillError) -> String {
        let subject = Redaction.url(settings.tokenURL)
        guard status == 200 else {
            throw WaybillError(.forbidden, "the authorization server answered with status \(status)", subject: subject)
        }
        let answer: Value
        do {
            answer = try JSONReader.value(from: bytes)
        } catch {
            throw error.inFile(subject)
        }
        guard let text = answer["access_token"]?.string, !text.isEmpty,
            text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) })
        else { throw WaybillError(.failed, "the authorization server gave no token", subject: subject) }
        guard answer["token_type"]?.string?.lowercased() ?? "bearer" == "bearer" else {
            throw WaybillError(
                .unsupported, "the authorization server gave a token that is no bearer's", subject: subject)
        }
        let seconds = max(0, answer["expires_in"]?.integer ?? Self.secondsDefault)
        token = text
        expiry = .now.advanced(by: .seconds(max(0, min(seconds, 86_400) - Self.marginSeconds)))
        return text
    }
}

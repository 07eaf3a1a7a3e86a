import AsyncHTTPClient
import Documents
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import WaybillCore

/// Asks our own HTTP services, in JSON, with a token.
struct ServiceClient: Sendable {
    /// The service's address without a slash at its end.
    let base: String
    let token: String
    /// The longest answer that is read, in bytes.
    private static let answerBytesMax = 64 << 20

    func get(_ path: String) async throws(WaybillError) -> Value { try await ask(.GET, path, nil) }

    /// The answer's body. `alsoTaking` names statuses beyond success whose body is an answer.
    func post(_ path: String, _ body: Value, alsoTaking statuses: Set<UInt> = []) async throws(WaybillError) -> Value {
        try await ask(.POST, path, body, statuses)
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ body: Value?, _ taken: Set<UInt> = []
    ) async throws(WaybillError) -> Value {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
        }
        let status: UInt
        let bytes: [UInt8]
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
            status = response.status.code
            bytes = Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
        } catch {
            throw WaybillError(
                .unavailable, "the service does not answer", subject: base, remedy: "is `waybill up` running?",
                cause: error)
        }
        guard (200..<300).contains(status) || taken.contains(status) else {
            throw Self.refusal(status, bytes, base + path)
        }
        if bytes.isEmpty { return .null }
        do {
            return try JSONReader.value(from: bytes)
        } catch {
            throw WaybillError(.corrupted, "the answer is not JSON", subject: base + path, cause: error)
        }
    }

    /// The error that the service sent, or what its status says.
    private static func refusal(_ status: UInt, _ bytes: [UInt8], _ url: String) -> WaybillError {
        guard let error = (try? JSONReader.value(from: bytes))?["error"], let message = error["message"]?.string else {
            // Not one of our errors: the status is all there is to say.
            return WaybillError(.failed, "answered with status \(status)", subject: url)
        }
        return WaybillError(
            error["code"]?.string.flatMap(WaybillError.Code.init(rawValue:)) ?? .failed, message,
            subject: error["subject"]?.string ?? url, remedy: error["remedy"]?.string)
    }
}

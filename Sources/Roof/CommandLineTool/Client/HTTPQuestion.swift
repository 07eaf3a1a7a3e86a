import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WaybillCore

/// One request to an address that an environment names, without any credentials.
enum HTTPQuestion {
    private static let answerBytesMax = 1 << 20

    static func ask(_ address: String) async throws(WaybillError) -> (status: Int, body: [UInt8]) {
        do {
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: address), timeout: .seconds(10))
            let body = try await response.body.collect(upTo: answerBytesMax)
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch {
            throw WaybillError(.unavailable, "does not answer", subject: Redaction.url(address), cause: error)
        }
    }
}

import Documents
import Grafeas
import HTTPServing
import Hummingbird
import NIOCore
import SwiftProtobuf
import WaybillCore

/// Messages and failures as HTTP responses, in Google's shapes.
enum RESTResponses {
    static func message(_ message: some Message, _ query: RESTQuery) throws(LedgerFailure) -> Response {
        do throws(WaybillError) {
            return json(try MessageJSON.bytes(message, enumsAsNumbers: query.enumsAsNumbers), .ok)
        } catch { throw LedgerFailure(error) }
    }

    static func failure(_ failure: LedgerFailure) -> Response {
        let body: Value = [
            "error": [
                "code": .integer(failure.status.http), "message": .string(failure.message),
                "status": .string(failure.status.rawValue),
            ]
        ]
        var response = json(JSONWriter.bytes(body), HTTPResponse.Status(code: failure.status.http))
        if failure.status == .unauthenticated { response.headers[.wwwAuthenticate] = "Bearer realm=\"waybill\"" }
        return response
    }

    private static func json(_ bytes: [UInt8], _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

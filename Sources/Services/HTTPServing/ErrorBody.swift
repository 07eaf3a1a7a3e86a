public import Documents
public import Hummingbird
import NIOCore
public import WaybillCore

/// Errors and values as HTTP responses.
public enum ErrorBody {
    public static func response(for error: WaybillError) -> Response {
        JSONBody.response(
            [
                "error": [
                    "code": .string(error.code.rawValue), "message": .string(error.message),
                    "subject": .string(error.subject), "remedy": Value(error.remedy),
                ]
            ], status: status(of: error.code))
    }

    public static func status(of code: WaybillError.Code) -> HTTPResponse.Status {
        switch code {
        case .invalidInput: .badRequest
        case .notFound: .notFound
        case .conflict: .conflict
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .limitExceeded: .contentTooLarge
        case .unsupported: .notImplemented
        case .unavailable: .serviceUnavailable
        case .timeout: .gatewayTimeout
        case .corrupted, .failed: .internalServerError
        }
    }
}

/// JSON in and out.
public enum JSONBody {
    public static func response(_ value: Value, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value))))
    }

    /// The request's body as a document. Throws `.limitExceeded` past `bytesMax` and `.invalidInput` for other than JSON.
    public static func value(of request: Request, bytesMax: Int = 4 << 20) async throws(WaybillError) -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: bytesMax)
        } catch {
            throw WaybillError(
                .limitExceeded, "the body is larger than \(bytesMax) bytes or broke off", subject: "request",
                cause: error)
        }
        do {
            return try JSONReader.value(from: buffer.readableBytesView)
        } catch {
            throw WaybillError(.invalidInput, "the body is not JSON: \(error)", subject: "request")
        }
    }
}

/// Turns thrown `WaybillError`s into responses.
public struct ErrorMiddleware: RouterMiddleware {
    public init() {}

    public func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as WaybillError {
            return ErrorBody.response(for: error)
        }
    }
}

import Documents
import HTTPServing
import Hummingbird
import NIOCore
import PolicyTools
import Rego
import WaybillCore

/// A refusal in OPA's shape: `{"code", "message", "errors"?}`.
struct PolicyFailure: Error {
    var status: HTTPResponse.Status
    var code: String
    var message: String
    var errors: Value?

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, _ cause: (any Error)? = nil) {
        self.status = status
        self.code = code
        self.message = message
        errors = cause.map { ErrorReport($0).values }
    }

    init(_ error: any Error) {
        switch error {
        case let failure as PolicyFailure: self = failure
        case is RegoErrors, is RegoError:
            self.init(.internalServerError, "internal_error", "error(s) occurred while evaluating query", error)
        case let error as WaybillError:
            let text = error.subject.isEmpty ? error.message : "\(error.subject): \(error.message)"
            switch error.code {
            case .notFound: self.init(.notFound, "resource_not_found", text)
            case .conflict: self.init(.notFound, "resource_conflict", text)
            case .invalidInput, .corrupted: self.init(.badRequest, "invalid_parameter", text)
            case .limitExceeded: self.init(.contentTooLarge, "invalid_parameter", text)
            case .unsupported: self.init(.notImplemented, "invalid_operation", text)
            case .unauthenticated, .forbidden: self.init(.unauthorized, "unauthorized", text)
            default: self.init(.internalServerError, "internal_error", text)
            }
        default: self.init(.internalServerError, "internal_error", "\(error)")
        }
    }

    var response: Response {
        var object: Object = ["code": .string(code), "message": .string(message)]
        object["errors"] = errors
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(
                byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(.object(object), style: .pretty) + [0x0A])))
    }
}

public import WaybillCore

/// Why a call failed, in the words of Google's APIs.
public struct LedgerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Status: String, Hashable, Sendable, CaseIterable {
        case invalidArgument = "INVALID_ARGUMENT"
        case deadlineExceeded = "DEADLINE_EXCEEDED"
        case notFound = "NOT_FOUND"
        case alreadyExists = "ALREADY_EXISTS"
        case permissionDenied = "PERMISSION_DENIED"
        case resourceExhausted = "RESOURCE_EXHAUSTED"
        case failedPrecondition = "FAILED_PRECONDITION"
        case aborted = "ABORTED"
        case unimplemented = "UNIMPLEMENTED"
        case internalError = "INTERNAL"
        case unavailable = "UNAVAILABLE"
        case unauthenticated = "UNAUTHENTICATED"

        /// The number in gRPC.
        public var code: Int {
            switch self {
            case .invalidArgument: 3
            case .deadlineExceeded: 4
            case .notFound: 5
            case .alreadyExists: 6
            case .permissionDenied: 7
            case .resourceExhausted: 8
            case .failedPrecondition: 9
            case .aborted: 10
            case .unimplemented: 12
            case .internalError: 13
            case .unavailable: 14
            case .unauthenticated: 16
            }
        }

        /// The status of an HTTP response.
        public var http: Int {
            switch self {
            case .invalidArgument, .failedPrecondition: 400
            case .unauthenticated: 401
            case .permissionDenied: 403
            case .notFound: 404
            case .alreadyExists, .aborted: 409
            case .resourceExhausted: 429
            case .internalError: 500
            case .unimplemented: 501
            case .unavailable: 503
            case .deadlineExceeded: 504
            }
        }
    }

    public var status: Status
    public var message: String

    public init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    public init(_ error: WaybillError) {
        // What failed inside is logged, not told.
        message =
            error.code == .failed || error.code == .corrupted
            ? "the ledger could not answer" : error.message + (error.remedy.map { "; \($0)" } ?? "")
        status =
            switch error.code {
            case .invalidInput: .invalidArgument
            case .notFound: .notFound
            case .conflict: .aborted
            case .unauthenticated: .unauthenticated
            case .forbidden: .permissionDenied
            case .limitExceeded: .resourceExhausted
            case .unsupported: .unimplemented
            case .unavailable: .unavailable
            case .timeout: .deadlineExceeded
            case .corrupted, .failed: .internalError
            }
    }

    public var description: String { "\(status.rawValue): \(message)" }
}

import WaybillCore

/// Why a signature, or something that vouches for it, is not believed: which check failed, and how. A failure is a
/// result; that something could not be looked at is one too, because it then counts for nothing.
public struct SignatureFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The checks, by the stable names that people and programs see.
    public enum Check: String, Sendable, CaseIterable {
        /// The bytes are not what they should be: not JSON, not DER, a member is missing.
        case format
        /// The signature does not fit the bytes or the key.
        case signature
        /// The signature is about something else than was asked for.
        case subject
        /// No trusted key made it.
        case key
        /// The certificate does not lead to a trusted authority, or may not be used for this.
        case certificate
        /// The certificate was given to somebody else.
        case identity
        /// The certificate is in no trusted certificate log.
        case certificateTransparency = "certificate-transparency"
        /// The log entry is missing, is about something else, or is not proven.
        case transparencyLog = "transparency-log"
        /// A timestamp is not believed.
        case timestamp
        /// The key or certificate was not valid when it signed.
        case time
        /// Everything is genuine, and the statement says no, or is not of the wanted type.
        case predicate
        /// Fewer signers than are needed.
        case threshold
        /// A step, rule or artifact of a layout.
        case layout
        /// A known thing that is not supported here.
        case unsupported
    }

    public var check: Check
    public var message: String

    public init(_ check: Check, _ message: String) {
        self.check = check
        self.message = message
    }

    public var description: String { "\(check.rawValue): \(message)" }
}

extension SignatureFailure {
    /// What could not be read, for whatever reason, is not believed.
    init(_ check: Check, _ error: WaybillError) {
        self.init(error.code == .unsupported ? .unsupported : check, "\(error.subject): \(error.message)")
    }
}

/// Runs a reader whose error becomes the named check's failure.
func reading<Result>(
    _ check: SignatureFailure.Check, _ body: () throws(WaybillError) -> Result
) throws(SignatureFailure) -> Result {
    do { return try body() } catch { throw SignatureFailure(check, error) }
}

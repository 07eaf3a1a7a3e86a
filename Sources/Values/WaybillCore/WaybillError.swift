/// The one error shape across modules: we could not find out. A violated policy is a `Verdict`, never an error.
public struct WaybillError: Error, Sendable, CustomStringConvertible {
    /// Stable, for callers to match on.
    public enum Code: String, Sendable, CaseIterable {
        /// Bytes or words from outside that are not what they should be.
        case invalidInput
        /// The thing that was named is not there.
        case notFound
        /// The thing is there already, or changed meanwhile.
        case conflict
        /// Nobody, or the wrong one, asked.
        case unauthenticated, forbidden
        /// A named limit was reached.
        case limitExceeded
        /// Known to the field, not supported here; never ignored.
        case unsupported
        /// The other side did not answer, or not in time.
        case unavailable, timeout
        /// What was stored or sent does not match its digest or signature.
        case corrupted
        /// A program or a service failed in a way that has no better name.
        case failed
    }

    public var code: Code
    /// What went wrong, in one sentence, without secrets.
    public var message: String
    /// Where: a file position, object, image or commit.
    public var subject: String
    /// What the reader can do now, where we know it.
    public var remedy: String?
    public var cause: (any Error)?

    public init(
        _ code: Code, _ message: String, subject: String, remedy: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.subject = subject
        self.remedy = remedy
        self.cause = cause
    }

    /// The whole story in one line: subject, message, causes, remedy.
    public var description: String {
        var text = subject.isEmpty ? message : "\(subject): \(message)"
        if let cause { text += " (\(cause))" }
        if let remedy { text += "; try: \(remedy)" }
        return text
    }
}

import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import OCI
import WaybillCore

/// A refusal in the shape of the distribution spec: `{"errors":[{"code","message","detail"}]}`.
struct RegistryFailure: Error {
    /// The spec's words.
    enum Code: String {
        case blobUnknown = "BLOB_UNKNOWN"
        case uploadInvalid = "BLOB_UPLOAD_INVALID"
        case uploadUnknown = "BLOB_UPLOAD_UNKNOWN"
        case digestInvalid = "DIGEST_INVALID"
        case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
        case manifestInvalid = "MANIFEST_INVALID"
        case manifestUnknown = "MANIFEST_UNKNOWN"
        case nameInvalid = "NAME_INVALID"
        case nameUnknown = "NAME_UNKNOWN"
        case signatureInvalid = "SIGNATURE_INVALID"
        case sizeInvalid = "SIZE_INVALID"
        case unauthorized = "UNAUTHORIZED"
        case denied = "DENIED"
        case unsupported = "UNSUPPORTED"
        /// Not the client's fault; the spec has no word for it.
        case unknown = "UNKNOWN"
    }

    var code: Code
    var status: HTTPResponse.Status
    var message: String
    var detail: Value
    var headers: HTTPFields

    init(
        _ code: Code, _ status: HTTPResponse.Status, _ message: String, detail: Value = .null, headers: HTTPFields = [:]
    ) {
        self.code = code
        self.status = status
        self.message = message
        self.detail = detail
        self.headers = headers
    }

    /// An error of the parts beneath, as the client should see it.
    init(_ error: WaybillError, _ code: Code = .unknown) {
        self.init(code, ErrorBody.status(of: error.code), error.message + (error.remedy.map { "; try: \($0)" } ?? ""))
    }

    static let unauthorized = RegistryFailure(
        .unauthorized, .unauthorized, "this needs a token; log in with it as the password",
        headers: [.wwwAuthenticate: "Basic realm=\"waybill\""])

    static func name(_ path: String) -> RegistryFailure {
        RegistryFailure(
            .nameInvalid, .notFound, "the path names no repository and no part of one: \(Redaction.excerpt(path))")
    }

    static func blob(_ digest: String) -> RegistryFailure {
        RegistryFailure(
            .blobUnknown, .notFound, "the repository has no such blob",
            detail: ["digest": .string(Redaction.excerpt(digest))])
    }

    static func manifest(_ reference: String) -> RegistryFailure {
        RegistryFailure(
            .manifestUnknown, .notFound, "the repository has no such manifest",
            detail: ["reference": .string(Redaction.excerpt(reference))])
    }

    static func digest(_ text: String) -> RegistryFailure {
        RegistryFailure(.digestInvalid, .badRequest, "not a digest: \(Redaction.excerpt(text))")
    }

    static func missing(_ part: Descriptor) -> RegistryFailure {
        RegistryFailure(
            .manifestBlobUnknown, .notFound, "the repository has not got \(part.digest), which the manifest names",
            detail: ["digest": .string(part.digest.description)])
    }

    /// The verdict with every violation: what, where, and the way out.
    static func denied(_ verdict: Verdict) -> RegistryFailure {
        let lines = verdict.violations.map { finding in
            "\(finding.rule): \(finding.message)" + (finding.remedy.map { " (try: \($0))" } ?? "")
        }
        return RegistryFailure(
            .denied, .forbidden,
            "the \(verdict.gate.rawValue) gate denies \(verdict.subject): " + lines.joined(separator: "; "),
            detail: .array(verdict.violations.map { ["rule": .string($0.rule), "message": .string($0.message)] }))
    }

    var response: Response {
        var response = JSONBody.response(
            ["errors": [["code": .string(code.rawValue), "message": .string(message), "detail": detail]]],
            status: status)
        for header in headers { response.headers.append(header) }
        return response
    }
}

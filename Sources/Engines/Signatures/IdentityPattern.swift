public import RegularExpressions
import WaybillCore

/// Whom a keyless signature must be by: the name in the certificate and who vouched for it.
public struct IdentityPattern: Sendable {
    public enum Text: Sendable {
        case exact(String)
        /// Found anywhere in the text, as sigstore's own policies mean it.
        case matching(RegularExpression)

        func matches(_ text: String) -> Bool {
            switch self {
            case .exact(let expected): text.utf8.elementsEqual(expected.utf8)
            case .matching(let pattern): pattern.matches(text)
            }
        }

        var description: String {
            switch self {
            case .exact(let text): Redaction.excerpt(text)
            case .matching(let pattern): "/\(Redaction.excerpt(pattern.pattern))/"
            }
        }
    }

    public var subject: Text
    public var issuer: Text

    public init(subject: Text, issuer: Text) {
        self.subject = subject
        self.issuer = issuer
    }

    func check(_ certificate: SigningCertificate) throws(SignatureFailure) {
        let names = certificate.identities
        guard names.contains(where: { subject.matches($0) }) else {
            throw SignatureFailure(
                .identity,
                "the certificate is for \(names.isEmpty ? "nobody" : names.map { Redaction.excerpt($0) }.joined(separator: ", ")), not \(subject.description)"
            )
        }
        guard let found = certificate.identityIssuer, issuer.matches(found) else {
            throw SignatureFailure(
                .identity,
                "the identity was vouched for by \(certificate.identityIssuer.map { Redaction.excerpt($0) } ?? "nobody"), not \(issuer.description)"
            )
        }
    }
}

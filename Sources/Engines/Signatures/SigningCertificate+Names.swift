import SwiftASN1

extension SigningCertificate {
    /// Whom the certificate was given to: mail addresses, URIs, and Fulcio's own kind of name.
    public var identities: [String] {
        guard let bytes = extensionBytes("2.5.29.17"), let node = try? ASN1Node.parse(bytes, "names"),
            let names = try? node.sequence("names")
        else { return [] }
        return names.compactMap { name in
            guard name.identifier.tagClass == .contextSpecific else { return nil }
            switch name.identifier.tagNumber {
            case 1, 6: return name.primitive.flatMap { String(validating: $0, as: UTF8.self) }
            case 0: return Self.otherName(name)
            default: return nil
            }
        }
    }

    /// The mail addresses among the alternative names.
    var mailAddresses: [String] {
        guard let bytes = extensionBytes("2.5.29.17"), let node = try? ASN1Node.parse(bytes, "names"),
            let names = try? node.sequence("names")
        else { return [] }
        return names.compactMap { name in
            name.isContext(1) ? name.primitive.flatMap { String(validating: $0, as: UTF8.self) } : nil
        }
    }

    private static func otherName(_ name: ASN1Node) -> String? {
        let parts = name.children
        guard parts.count == 2, (try? parts[0].objectIdentifier("name")) == ObjectIdentifier.fulcioOtherName,
            let text = parts[1].children.first, text.identifier == .utf8String, let bytes = text.primitive
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Who vouched for the identity when Fulcio gave the certificate.
    public var identityIssuer: String? {
        if let bytes = extensionBytes(ObjectIdentifier.fulcioIssuer) {
            guard let node = try? ASN1Node.parse(bytes, "issuer"), node.identifier == .utf8String,
                let text = node.primitive
            else { return nil }
            return String(validating: text, as: UTF8.self)
        }
        return extensionBytes(ObjectIdentifier.fulcioIssuerOld).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

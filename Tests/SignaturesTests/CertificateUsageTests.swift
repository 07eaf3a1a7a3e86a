import Crypto
import SwiftASN1
import Testing
import X509

@testable import Signatures

@Suite struct CertificateUsageTests {
    private func certificate(_ extensions: [Certificate.Extension]) throws -> SigningCertificate {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("x") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: Sample.date(-60),
            notValidAfter: Sample.date(60), issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions(extensions), issuerPrivateKey: .init(key))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return try SigningCertificate(der: serializer.serializedBytes)
    }

    private func authority(_ usage: Certificate.Extension?) throws -> SigningCertificate {
        let constraints = try Certificate.Extension(
            BasicConstraints.isCertificateAuthority(maxPathLength: 0), critical: true)
        return try certificate([constraints, usage].compactMap(\.self))
    }

    @Test func `a usage that cannot be read allows nothing, none at all allows everything`() throws {
        let broken = Certificate.Extension(oid: [2, 5, 29, 15], critical: true, value: [0x04, 0x01, 0x80])
        #expect(try !certificate([broken]).maySign)
        #expect(try !authority(broken).mayIssue)
        #expect(try certificate([]).maySign)
        #expect(try authority(nil).mayIssue)
        #expect(try !certificate([]).mayIssue)
        #expect(try !authority(Certificate.Extension(KeyUsage(digitalSignature: true), critical: true)).mayIssue)
    }
}

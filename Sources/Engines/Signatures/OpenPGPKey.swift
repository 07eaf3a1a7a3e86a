public import Attestations
public import Trust
import WaybillCore

/// A person's OpenPGP certificate: the first key, subkeys that it vouches for, and what it says of expiry and revocation.
public struct OpenPGPKey: Hashable, Sendable {
    struct Part: Hashable, Sendable {
        var packet: OpenPGPPublicKey
        /// When signatures of this part stop counting; nil for never.
        var expires: Timestamp?
        var isRevoked: Bool
        var maySign: Bool
    }

    /// A name that the key gave to its holder.
    struct Name: Hashable, Sendable {
        var text: String
        /// The key's newest word for the name; nil where it gave none.
        var isCertifiedSince: Timestamp?
        /// When that word ends; nil for never.
        var expires: Timestamp?
        var isRevoked = false
    }

    let primary: Part
    let subkeys: [Part]
    let names: [Name]

    /// The names of the certificate, whoever put them there.
    public var userIDs: [String] { names.map(\.text) }

    /// The fingerprint of the first key, as upper-case hexadecimal: its name in policies.
    public var fingerprint: String { primary.packet.fingerprint }
    /// The first key and all subkeys.
    public var signingKeys: [PublicKey] { parts.map(\.packet.key) }
    /// All fingerprints of keys that sign for this certificate.
    var parts: [Part] { [primary] + subkeys }

    /// Reads certificates, armoured or binary; at least one must be there.
    public static func all(in bytes: [UInt8]) throws(SignatureFailure) -> [OpenPGPKey] {
        let packets = try OpenPGPPacket.all(in: OpenPGPArmor.decode(bytes)[...])
        var groups: [[OpenPGPPacket]] = []
        for packet in packets {
            if packet.tag == OpenPGPPacket.Tag.publicKey.rawValue {
                groups.append([packet])
            } else if groups.isEmpty {
                throw SignatureFailure(.format, "OpenPGP: expected a public key")
            } else {
                groups[groups.count - 1].append(packet)
            }
        }
        guard !groups.isEmpty else { throw SignatureFailure(.format, "OpenPGP: there is no public key") }
        var keys: [OpenPGPKey] = []
        for group in groups { keys.append(try OpenPGPKey(group)) }
        return keys
    }

    private init(_ packets: [OpenPGPPacket]) throws(SignatureFailure) {
        var assembly = OpenPGPAssembly(first: try OpenPGPPublicKey(packets[0].body))
        for packet in packets.dropFirst() { assembly.add(packet) }
        assembly.finish()
        primary = assembly.primary
        subkeys = assembly.subkeys
        names = assembly.names
    }

    /// The names that the key itself gives to its holder, at this moment.
    public func certifiedNames(at moment: Timestamp) -> [String] {
        names.filter { name in
            !name.isRevoked && name.isCertifiedSince.map { $0 <= moment } == true
                && name.expires.map { moment <= $0 } ?? true
        }.map(\.text)
    }

    /// The mail addresses that the key itself gives to its holder, at this moment.
    public func identities(at moment: Timestamp) -> [String] {
        certifiedNames(at: moment).compactMap(Self.address)
    }

    /// The address of `Name <address>`, or a name that is nothing but an address. Of a name that two readers could take
    /// differently nothing is taken.
    static func address(in name: String) -> String? {
        let bytes = Array(name.utf8)
        let opening = bytes.indices.filter { bytes[$0] == UInt8(ascii: "<") }
        let closing = bytes.indices.filter { bytes[$0] == UInt8(ascii: ">") }
        var address = bytes[...]
        if !opening.isEmpty || !closing.isEmpty {
            guard opening.count == 1, closing.count == 1, closing[0] == bytes.count - 1 else { return nil }
            address = bytes[(opening[0] + 1)..<closing[0]]
        }
        guard address.count(where: { $0 == UInt8(ascii: "@") }) == 1, address.first != UInt8(ascii: "@"),
            address.last != UInt8(ascii: "@"),
            address.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") })
        else { return nil }
        return String(validating: address, as: UTF8.self)
    }

    /// The part with this fingerprint or key identifier, as hexadecimal.
    func part(_ signature: OpenPGPSignature) -> Part? {
        parts.first { part in
            if let fingerprint = signature.issuerFingerprint { return part.packet.fingerprintBytes == fingerprint }
            if let identifier = signature.issuerKeyID {
                return part.packet.fingerprintBytes.suffix(8) == identifier[...]
            }
            return false
        }
    }
}

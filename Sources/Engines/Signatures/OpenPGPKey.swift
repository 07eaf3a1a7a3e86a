import Attestations
import Trust
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

    let primary: Part
    let subkeys: [Part]
    public let userIDs: [String]

    /// The fingerprint of the first key, as upper-case hexadecimal: its name in policies.
    public var fingerprint: String { primary.packet.fingerprint }
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
        let first = try OpenPGPPublicKey(packets[0].body)
        var primary = Part(packet: first, expires: nil, isRevoked: false, maySign: true)
        var subkeys: [Part] = []
        var userIDs: [String] = []
        /// What the signatures that follow are about.
        var about: [UInt8] = []
        var isSubkey = false
        var isVouchedFor = false
        var newest: Timestamp?
        var current: Part?
        for packet in packets.dropFirst() {
            switch packet.tag {
            case OpenPGPPacket.Tag.userID.rawValue, OpenPGPPacket.Tag.userAttribute.rawValue:
                isSubkey = false
                let isAttribute = packet.tag == OpenPGPPacket.Tag.userAttribute.rawValue
                about = Self.hashed(packet.body, tag: isAttribute ? 0xD1 : 0xB4)
                if !isAttribute { userIDs.append(String(decoding: packet.body, as: UTF8.self)) }
            case OpenPGPPacket.Tag.publicSubkey.rawValue:
                if let current, isVouchedFor { subkeys.append(current) }
                isSubkey = true
                isVouchedFor = false
                current = nil
                guard let key = try? OpenPGPPublicKey(packet.body) else { continue }
                about = key.hashed
                current = Part(packet: key, expires: nil, isRevoked: false, maySign: false)
            case OpenPGPPacket.Tag.signature.rawValue:
                guard let signature = try? OpenPGPSignature(packet.body) else { continue }
                switch signature.kind {
                case 0x10...0x13 where !isSubkey:
                    guard signature.isValid(by: first, over: first.hashed + about) else { continue }
                    // The newest word of the key about itself counts.
                    if let newest, newest > signature.created { continue }
                    newest = signature.created
                    primary.expires = signature.keyExpires(of: first)
                    primary.maySign = signature.keyMaySign ?? true
                case 0x1F:
                    guard signature.isValid(by: first, over: first.hashed) else { continue }
                    if let expires = signature.keyExpires(of: first) { primary.expires = expires }
                case 0x20:
                    if signature.isValid(by: first, over: first.hashed) { primary.isRevoked = true }
                case 0x18 where isSubkey:
                    guard let key = current?.packet, signature.isValid(by: first, over: first.hashed + about) else {
                        continue
                    }
                    isVouchedFor = true
                    current?.expires = signature.keyExpires(of: key)
                    // A subkey that signs must in turn vouch for its first key, or it could be anybody's.
                    current?.maySign = signature.keyMaySign == true && signature.isBackSigned(by: key, first: first)
                case 0x28 where isSubkey:
                    if signature.isValid(by: first, over: first.hashed + about) { current?.isRevoked = true }
                default: continue
                }
            default: continue
            }
        }
        if let current, isVouchedFor { subkeys.append(current) }
        self.primary = primary
        self.subkeys = subkeys
        self.userIDs = userIDs
    }

    private static func hashed(_ body: ArraySlice<UInt8>, tag: UInt8) -> [UInt8] {
        let count = UInt32(clamping: body.count)
        return [tag] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + body
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

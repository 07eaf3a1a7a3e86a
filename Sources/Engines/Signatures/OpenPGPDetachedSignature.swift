public import Attestations
import WaybillCore

/// One OpenPGP signature that stands apart from what it signs, as Git keeps it in commits and tags.
public struct OpenPGPDetachedSignature: Sendable {
    let signature: OpenPGPSignature

    /// Reads one signature over bytes, armoured or not. Two of them are refused: programs differ about which counts.
    public init(parsing bytes: [UInt8]) throws(SignatureFailure) {
        let packets = try OpenPGPPacket.all(in: OpenPGPArmor.decode(bytes)[...])
        guard packets.count == 1, let packet = packets.first, packet.tag == OpenPGPPacket.Tag.signature.rawValue else {
            throw SignatureFailure(.format, "OpenPGP: expected one signature and nothing else")
        }
        signature = try OpenPGPSignature(packet.body)
        guard signature.kind == 0x00 else {
            throw SignatureFailure(.format, "OpenPGP: the signature is of another kind than one over bytes")
        }
    }

    /// The trusted key that signed the bytes and was valid at this moment.
    public func signer(
        of bytes: [UInt8], among keys: [OpenPGPKey], at moment: Timestamp
    ) throws(SignatureFailure) -> OpenPGPKey {
        guard let (key, part) = signer(of: bytes, among: keys) else {
            let isListed = keys.contains { $0.part(signature) != nil }
            throw isListed
                ? SignatureFailure(.signature, "the signature does not fit the file")
                : SignatureFailure(.key, "is not signed by a trusted key (\(issuer))")
        }
        if let objection = signature.objection(part, of: key, at: moment) { throw objection }
        return key
    }

    /// Whether the bytes are such a signature, and not a message with its content inside.
    public static func isOne(_ bytes: [UInt8]) -> Bool {
        // What cannot be read at all is told by the reader of messages.
        guard let packets = try? OpenPGPPacket.all(in: OpenPGPArmor.decode(bytes)[...]) else { return false }
        return packets.allSatisfy { $0.tag == OpenPGPPacket.Tag.signature.rawValue }
    }

    /// When it was made, by its own word.
    public var created: Timestamp { signature.created }

    /// The name of its key by its own word: a fingerprint, or the last digits of one.
    var issuer: String {
        (signature.issuerFingerprint ?? signature.issuerKeyID).map { Hex.encode($0).uppercased() } ?? "no key named"
    }

    /// The certificate and the part of it whose signature over the bytes this is.
    func signer(of bytes: [UInt8], among keys: [OpenPGPKey]) -> (key: OpenPGPKey, part: OpenPGPKey.Part)? {
        for key in keys {
            if let part = key.part(signature), signature.isValid(by: part.packet, over: bytes) { return (key, part) }
        }
        return nil
    }
}

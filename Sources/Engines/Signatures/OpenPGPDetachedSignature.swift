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

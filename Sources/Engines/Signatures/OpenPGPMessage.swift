public import Attestations
import WaybillCore

/// A signed OpenPGP message with its content inside, as `gpg --sign` writes it.
public struct OpenPGPMessage: Sendable {
    public let content: [UInt8]
    private let signatures: [OpenPGPSignature]

    public init(parsing bytes: [UInt8]) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "OpenPGP: \(message)") }
        let packets = try OpenPGPPacket.all(in: OpenPGPArmor.decode(bytes)[...])
        var content: [UInt8]?
        var signatures: [OpenPGPSignature] = []
        var refused: SignatureFailure?
        for packet in packets {
            switch packet.tag {
            case OpenPGPPacket.Tag.onePassSignature.rawValue: continue
            case OpenPGPPacket.Tag.literalData.rawValue:
                // Two contents under one signature: which of them was signed would be a matter of taste.
                guard content == nil else { throw bad("has more than one content") }
                content = try Self.literal(packet.body)
            case OpenPGPPacket.Tag.signature.rawValue:
                guard signatures.count < 16 else { throw bad("has too many signatures") }
                do { signatures.append(try OpenPGPSignature(packet.body)) } catch { refused = error }
            default: throw bad("has a part that does not belong there (\(packet.tag))")
            }
        }
        guard let content else { throw bad("has no content") }
        guard !signatures.isEmpty else { throw refused ?? bad("is not signed") }
        self.content = content
        self.signatures = signatures
    }

    private static func literal(_ body: ArraySlice<UInt8>) throws(SignatureFailure) -> [UInt8] {
        var reader = OpenPGPReader(body)
        guard reader.byte() != nil, let count = reader.byte(), reader.take(Int(count)) != nil, reader.take(4) != nil
        else {
            throw SignatureFailure(.format, "OpenPGP: the content is cut off")
        }
        return Array(reader.rest)
    }

    /// The key that signed, of those that are trusted; a signature counts from its making to its end, while its key was
    /// valid. The time is the signature's own word and cannot be in the future.
    public func signer(among keys: [OpenPGPKey], at moment: Timestamp) throws(SignatureFailure) -> OpenPGPKey {
        var failure = SignatureFailure(.key, "is not signed by a trusted key")
        for signature in signatures where signature.kind == 0x00 {
            for key in keys {
                guard let part = key.part(signature), signature.isValid(by: part.packet, over: content) else {
                    continue
                }
                if let objection = signature.objection(part, of: key, at: moment) {
                    failure = objection
                    continue
                }
                return key
            }
        }
        throw failure
    }
}

extension OpenPGPMessage {
    /// The payload of an image signature as skopeo, podman and Kritis make it.
    public func imagePayload() throws(SignatureFailure) -> SimpleSigningPayload {
        let payload = try reading(.format) { () throws(WaybillError) in try SimpleSigningPayload(parsing: content) }
        guard payload.kind == .atomic else {
            throw SignatureFailure(.format, "the payload is a \(payload.kind.rawValue)")
        }
        return payload
    }
}

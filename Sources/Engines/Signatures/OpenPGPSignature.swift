import Attestations
import Trust
import WaybillCore

/// A signature packet of version 4 (RFC 9580 section 5.2.3).
struct OpenPGPSignature {
    let kind: Int
    let created: Timestamp
    private(set) var issuerFingerprint: [UInt8]?
    private(set) var issuerKeyID: [UInt8]?
    /// Seconds after its making; nil for never.
    private(set) var expiresAfter: Int?
    private var keyExpiresAfter: Int?
    private(set) var keyMaySign: Bool?
    private var backSignature: ArraySlice<UInt8>?
    private let hash: PublicKey.HashAlgorithm
    private let algorithm: UInt8
    /// What is hashed after the thing that is signed.
    private let trailer: [UInt8]
    private let hashPrefix: [UInt8]
    private let numbers: ArraySlice<UInt8>

    init(_ body: ArraySlice<UInt8>) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "OpenPGP signature: \(message)") }
        var reader = OpenPGPReader(body)
        guard reader.byte() == 4 else {
            throw SignatureFailure(.unsupported, "OpenPGP signatures other than version 4")
        }
        guard let kind = reader.byte(), let algorithm = reader.byte(), let hash = reader.byte(),
            let hashedCount = reader.number(2), let hashed = reader.take(hashedCount),
            let plainCount = reader.number(2), let plain = reader.take(plainCount), let prefix = reader.take(2)
        else { throw bad("is cut off") }
        switch hash {
        case 8: self.hash = .sha256
        case 9: self.hash = .sha384
        case 10: self.hash = .sha512
        default:
            throw SignatureFailure(.unsupported, "an OpenPGP signature with hash \(hash); SHA-256 or better is needed")
        }
        self.kind = Int(kind)
        self.algorithm = algorithm
        hashPrefix = Array(prefix)
        numbers = reader.rest
        let head: [UInt8] = [4, kind, algorithm, hash] + hashedCount.bytes(2) + hashed
        trailer = head + [4, 0xFF] + head.count.bytes(4)
        var time: Timestamp?
        var fields = Fields()
        // What is not hashed is not signed: from there only hints are taken.
        try Self.read(hashed, isHashed: true, &fields, &time)
        try Self.read(plain, isHashed: false, &fields, &time)
        guard let time else { throw bad("does not say when it was made") }
        created = time
        issuerFingerprint = fields.fingerprint
        issuerKeyID = fields.keyID
        expiresAfter = fields.expiresAfter
        keyExpiresAfter = fields.keyExpiresAfter
        keyMaySign = fields.maySign
        backSignature = fields.backSignature
    }

    private struct Fields {
        var fingerprint: [UInt8]?
        var keyID: [UInt8]?
        var expiresAfter: Int?
        var keyExpiresAfter: Int?
        var maySign: Bool?
        var backSignature: ArraySlice<UInt8>?
    }

    private static func read(
        _ area: ArraySlice<UInt8>, isHashed: Bool, _ fields: inout Fields, _ time: inout Timestamp?
    ) throws(SignatureFailure) {
        var rest = area
        while !rest.isEmpty {
            guard let (count, isPartial) = OpenPGPPacket.length(&rest), !isPartial, count > 0, count <= rest.count
            else {
                throw SignatureFailure(.format, "OpenPGP signature: a subpacket is cut off")
            }
            let content = rest.prefix(count)
            rest = rest.dropFirst(count)
            guard let type = content.first else { continue }
            let body = content.dropFirst()
            func number() -> Int? { body.count == 4 ? body.reduce(0) { $0 << 8 | Int($1) } : nil }
            switch (type & 0x7F, isHashed) {
            case (2, true): time = number().map { Timestamp(seconds: Int64($0)) }
            case (3, true): fields.expiresAfter = number()
            case (9, true): fields.keyExpiresAfter = number()
            case (27, true): fields.maySign = body.first.map { $0 & 0x02 != 0 }
            case (16, _): fields.keyID = fields.keyID ?? (body.count == 8 ? Array(body) : nil)
            case (33, _):
                if body.first == 4, body.count == 21 {
                    fields.fingerprint = fields.fingerprint ?? Array(body.dropFirst())
                }
            case (32, _): fields.backSignature = body
            case (4, true), (5, true), (6, true), (7, true), (11, true), (20, true), (21, true), (22, true), (23, true),
                (24, true), (25, true), (26, true), (28, true), (29, true), (30, true), (31, true), (34, true),
                (35, true):
                continue
            default:
                // A critical part that is not understood makes the signature worthless (section 5.2.3.7).
                guard type & 0x80 == 0 || !isHashed else {
                    throw SignatureFailure(.unsupported, "an OpenPGP signature with critical part \(type & 0x7F)")
                }
            }
        }
    }

    /// When the signature itself ends; nil for never.
    var expires: Timestamp? {
        guard let expiresAfter, expiresAfter > 0 else { return nil }
        return Timestamp(seconds: created.seconds + Int64(expiresAfter))
    }

    /// Whether it says that this key made it.
    func isIssued(by key: OpenPGPPublicKey) -> Bool {
        if let issuerFingerprint { return key.fingerprintBytes == issuerFingerprint }
        if let issuerKeyID { return key.fingerprintBytes.suffix(8) == issuerKeyID[...] }
        return true
    }

    func keyExpires(of key: OpenPGPPublicKey) -> Timestamp? {
        guard let keyExpiresAfter, keyExpiresAfter > 0 else { return nil }
        return Timestamp(seconds: key.created.seconds + Int64(keyExpiresAfter))
    }

    /// Whether the key made this signature over the bytes.
    func isValid(by packet: OpenPGPPublicKey, over bytes: [UInt8]) -> Bool {
        let message = bytes + trailer
        guard hash.hash(message).starts(with: hashPrefix) else { return false }
        var reader = OpenPGPReader(numbers)
        switch (algorithm, packet.key.algorithm) {
        case (1, .rsa), (3, .rsa):
            guard let number = reader.integer(), reader.isAtEnd, let width = packet.key.rsaModulusLength,
                number.count <= width
            else { return false }
            return packet.key.isValid(
                plain: [UInt8](repeating: 0, count: width - number.count) + number, of: message, hash: hash)
        case (19, .ecdsaP256), (19, .ecdsaP384), (19, .ecdsaP521):
            let width = packet.key.algorithm == .ecdsaP256 ? 32 : packet.key.algorithm == .ecdsaP384 ? 48 : 66
            guard let pair = reader.pair(width) else { return false }
            return packet.key.isValid(plain: pair, of: message, hash: hash)
        case (22, .ed25519):
            guard let pair = reader.pair(32) else { return false }
            return packet.key.isValid(ed25519: pair, of: hash.hash(message))
        case (27, .ed25519):
            return packet.key.isValid(ed25519: Array(numbers), of: hash.hash(message))
        default: return false
        }
    }

    /// Whether the subkey vouches for its first key, in the signature that is inside this one.
    func isBackSigned(by key: OpenPGPPublicKey, first: OpenPGPPublicKey) -> Bool {
        guard let backSignature, let inner = try? OpenPGPSignature(backSignature), inner.kind == 0x19 else {
            return false
        }
        return inner.isValid(by: key, over: first.hashed + key.hashed)
    }
}

extension OpenPGPReader {
    /// Two integers, each as wide as the curve, and nothing behind.
    fileprivate mutating func pair(_ width: Int) -> [UInt8]? {
        guard let r = integer(), let s = integer(), isAtEnd, r.count <= width, s.count <= width else { return nil }
        func padded(_ number: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: width - number.count) + number }
        return padded(r) + padded(s)
    }
}

extension Int {
    /// The lowest bytes, most significant first.
    fileprivate func bytes(_ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}

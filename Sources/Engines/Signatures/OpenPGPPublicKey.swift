import Attestations
import Crypto
import Trust
import WaybillCore

/// A public key packet of version 4 (RFC 9580 section 5.5.2).
struct OpenPGPPublicKey: Hashable, Sendable {
    let created: Timestamp
    let key: PublicKey
    let fingerprintBytes: [UInt8]
    /// The packet as it stands before what is signed about it.
    let hashed: [UInt8]

    var fingerprint: String { Hex.encode(fingerprintBytes).uppercased() }

    private static let curveP256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    private static let curveP384: [UInt8] = [0x2B, 0x81, 0x04, 0x00, 0x22]
    private static let curveP521: [UInt8] = [0x2B, 0x81, 0x04, 0x00, 0x23]
    private static let curveEd25519: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01]

    init(_ body: ArraySlice<UInt8>) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "OpenPGP key: \(message)") }
        var reader = OpenPGPReader(body)
        guard reader.byte() == 4 else { throw SignatureFailure(.unsupported, "OpenPGP keys other than version 4") }
        guard let seconds = reader.number(4), let algorithm = reader.byte() else { throw bad("is cut off") }
        created = Timestamp(seconds: Int64(seconds))
        let key: PublicKey?
        switch algorithm {
        case 1, 3:
            guard let modulus = reader.integer(), let exponent = reader.integer() else { throw bad("is cut off") }
            key = PublicKey(rsaModulus: modulus, exponent: exponent)
        case 19:
            guard let curve = reader.shortString(), let point = reader.integer() else { throw bad("is cut off") }
            switch curve {
            case Self.curveP256: key = PublicKey(ecdsa: .ecdsaP256, point: point)
            case Self.curveP384: key = PublicKey(ecdsa: .ecdsaP384, point: point)
            case Self.curveP521: key = PublicKey(ecdsa: .ecdsaP521, point: point)
            default: key = nil
            }
        case 22:
            guard let curve = reader.shortString(), let point = reader.integer() else { throw bad("is cut off") }
            key =
                curve == Self.curveEd25519 && point.count == 33 && point.first == 0x40
                ? PublicKey(ed25519: Array(point.dropFirst())) : nil
        case 27:
            guard let point = reader.take(32) else { throw bad("is cut off") }
            key = PublicKey(ed25519: Array(point))
        default: key = nil
        }
        guard let key, reader.isAtEnd else {
            throw SignatureFailure(.unsupported, "an OpenPGP key of algorithm \(algorithm) that is not supported")
        }
        self.key = key
        let count = UInt16(clamping: body.count)
        hashed = [0x99, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)] + body
        fingerprintBytes = Array(Insecure.SHA1.hash(data: hashed))
    }
}

/// Reads the data types of OpenPGP (RFC 9580 section 3).
struct OpenPGPReader {
    private(set) var rest: ArraySlice<UInt8>
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number(_ width: Int) -> Int? { take(width)?.reduce(0) { $0 << 8 | Int($1) } }

    /// A multiprecision integer: its length in bits, then its bytes.
    mutating func integer() -> [UInt8]? {
        guard let bits = number(2), let bytes = take((bits + 7) / 8) else { return nil }
        return Array(bytes)
    }

    mutating func shortString() -> [UInt8]? {
        guard let count = byte(), count > 0, count < 255 else { return nil }
        return take(Int(count)).map { Array($0) }
    }
}

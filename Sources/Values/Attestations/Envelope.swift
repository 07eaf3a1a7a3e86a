public import Documents
public import WaybillCore

/// A DSSE envelope (Dead Simple Signing Envelope, protocol v1): bytes, their type, and signatures over both.
public struct Envelope: Hashable, Sendable {
    public static let mediaType = "application/vnd.dsse.envelope.v1+json"

    public struct Signature: Hashable, Sendable {
        /// A hint which key signed; never trusted.
        public var keyID: String
        public var bytes: [UInt8]

        public init(keyID: String, bytes: [UInt8]) {
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    public var payloadType: String
    public var payload: [UInt8]
    public var signatures: [Signature]

    public init(payloadType: String, payload: [UInt8], signatures: [Signature]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// The bytes that are signed (DSSE "pre-authentication encoding").
    public var preAuthenticationEncoding: [UInt8] {
        Self.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
    }

    public static func preAuthenticationEncoding(payloadType: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }

    public var value: Value {
        [
            "payloadType": .string(payloadType),
            "payload": .string(Base64.encode(payload)),
            "signatures": .array(
                signatures.map { ["keyid": .string($0.keyID), "sig": .string(Base64.encode($0.bytes))] }),
        ]
    }

    public var bytes: [UInt8] { JSONWriter.bytes(value, style: .canonical) }
    /// The content address under which the envelope is stored.
    public var digest: Digest { .sha256(of: bytes) }

    /// Reads an envelope; both base 64 alphabets are taken. At least one signature must be there.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "DSSE envelope") }
        let value: Value
        do { value = try JSONReader.value(from: bytes) } catch { throw bad("\(error)") }
        try self.init(value)
    }

    public init(_ value: Value) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "DSSE envelope") }
        guard let type = value["payloadType"]?.string else { throw bad("“payloadType” is missing") }
        guard let text = value["payload"]?.string, let payload = Base64.decode(text) else {
            throw bad("“payload” is missing or not base 64")
        }
        guard let list = value["signatures"]?.array, !list.isEmpty else {
            throw bad("“signatures” is missing or empty")
        }
        var signatures: [Signature] = []
        for element in list {
            guard let text = element["sig"]?.string, let bytes = Base64.decode(text), !bytes.isEmpty else {
                throw bad("a signature is missing or not base 64")
            }
            let keyID = element["keyid"] ?? .null
            guard keyID.isNull || keyID.string != nil else { throw bad("a signature’s “keyid” is not text") }
            signatures.append(Signature(keyID: keyID.string ?? "", bytes: bytes))
        }
        self.init(payloadType: type, payload: payload, signatures: signatures)
    }
}

import Attestations

/// Puts a certificate together from its packets: what the first key says of itself, its names and its subkeys
/// (RFC 9580 section 10.1). Only what that key signed counts; a revocation also where it cannot be read.
struct OpenPGPAssembly {
    private(set) var primary: OpenPGPKey.Part
    private(set) var subkeys: [OpenPGPKey.Part] = []
    private(set) var names: [OpenPGPKey.Name] = []

    /// What the signatures that follow are about, as it is hashed.
    private var about: [UInt8] = []
    private var place = Place.key
    private var current: OpenPGPKey.Part?
    private var isVouchedFor = false
    /// When the words were said that count now: the newest of a key about itself and of a subkey is the one.
    private var saidOfKey: Timestamp?
    private var saidOfSubkey: Timestamp?

    private enum Place { case key, name, attribute, subkey }

    init(first: OpenPGPPublicKey) {
        primary = OpenPGPKey.Part(packet: first, expires: nil, isRevoked: false, maySign: true)
    }

    private var first: OpenPGPPublicKey { primary.packet }

    mutating func add(_ packet: OpenPGPPacket) {
        switch OpenPGPPacket.Tag(rawValue: packet.tag) {
        case .userID:
            place = .name
            about = Self.hashed(packet.body, tag: 0xB4)
            names.append(OpenPGPKey.Name(text: String(decoding: packet.body, as: UTF8.self)))
        case .userAttribute:
            place = .attribute
            about = Self.hashed(packet.body, tag: 0xD1)
        case .publicSubkey: beginSubkey(packet.body)
        case .signature: add(signature: packet.body)
        default: return
        }
    }

    mutating func finish() {
        if let current, isVouchedFor { subkeys.append(current) }
        current = nil
    }

    private mutating func beginSubkey(_ body: ArraySlice<UInt8>) {
        finish()
        place = .subkey
        isVouchedFor = false
        saidOfSubkey = nil
        // A subkey of a kind that is not supported signs nothing here; the others are not touched by it.
        guard let key = try? OpenPGPPublicKey(body) else { return }
        about = key.hashed
        current = OpenPGPKey.Part(packet: key, expires: nil, isRevoked: false, maySign: false)
    }

    private mutating func add(signature body: ArraySlice<UInt8>) {
        let signature: OpenPGPSignature
        do { signature = try OpenPGPSignature(body) } catch {
            // With an old hash, say. A word of trust is then left out; a word against trust must not be.
            let bytes = Array(body.prefix(3))
            if bytes.count == 3 { revoke(Int(bytes[0] == 3 ? bytes[2] : bytes[1])) }
            return
        }
        if [0x20, 0x28, 0x30].contains(signature.kind) {
            // Somebody else may have been given the right to revoke; a wrong word in the key's own name is only noise.
            if !signature.isIssued(by: first) || isValid(signature) { revoke(signature.kind) }
            return
        }
        guard isValid(signature) else { return }
        switch (signature.kind, place) {
        case (0x10...0x13, .name), (0x10...0x13, .attribute): addCertification(signature)
        case (0x1F, _): addWord(of: signature)
        case (0x18, .subkey): addBinding(signature)
        default: return
        }
    }

    private func isValid(_ signature: OpenPGPSignature) -> Bool {
        let isAboutKey = signature.kind == 0x1F || signature.kind == 0x20
        return signature.isValid(by: first, over: first.hashed + (isAboutKey ? [] : about))
    }

    private mutating func revoke(_ kind: Int) {
        switch (kind, place) {
        case (0x20, _): primary.isRevoked = true
        case (0x28, .subkey): current?.isRevoked = true
        case (0x30, .name) where !names.isEmpty: names[names.count - 1].isRevoked = true
        default: return
        }
    }

    /// The newest word of the key about itself counts.
    private mutating func addWord(of signature: OpenPGPSignature) {
        if let saidOfKey, saidOfKey > signature.created { return }
        saidOfKey = signature.created
        primary.expires = signature.keyExpires(of: first)
        primary.maySign = signature.keyMaySign ?? true
    }

    private mutating func addCertification(_ signature: OpenPGPSignature) {
        addWord(of: signature)
        guard place == .name, let index = names.indices.last else { return }
        if let since = names[index].isCertifiedSince, since > signature.created { return }
        names[index].isCertifiedSince = signature.created
        names[index].expires = signature.expires
    }

    private mutating func addBinding(_ signature: OpenPGPSignature) {
        guard let key = current?.packet else { return }
        if let saidOfSubkey, saidOfSubkey > signature.created { return }
        saidOfSubkey = signature.created
        isVouchedFor = true
        // A subkey that signs must in turn vouch for its first key, or it could be anybody's.
        let maySign = signature.keyMaySign == true && signature.isBackSigned(by: key, first: first)
        current?.expires = signature.keyExpires(of: key)
        current?.maySign = maySign
    }

    private static func hashed(_ body: ArraySlice<UInt8>, tag: UInt8) -> [UInt8] {
        let count = UInt32(clamping: body.count)
        return [tag] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + body
    }
}

import Crypto
import Ledger
import WaybillCore

/// Where a list goes on, given to the client as text that says nothing to it. A token belongs to the list that made it:
/// another parent, filter or moment refuses it.
struct PageToken: Hashable {
    var position: Int64

    private static let fingerprintLength = 12

    private static func fingerprint(_ request: [String]) -> [UInt8] {
        var hash = SHA256()
        for part in request {
            hash.update(data: Array("\(part.utf8.count):".utf8))
            hash.update(data: Array(part.utf8))
        }
        return Array(hash.finalize().prefix(fingerprintLength))
    }

    func text(for request: [String]) -> String {
        let bytes = withUnsafeBytes(of: position.bigEndian) { Array($0) }
        return Base64.encode(Self.fingerprint(request) + bytes, alphabet: .urlSafe)
    }

    init(position: Int64) { self.position = position }

    /// Nil for an empty text: the beginning.
    init?(_ text: String, for request: [String]) throws(LedgerFailure) {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count <= 100, let bytes = Base64.decode(text), bytes.count == Self.fingerprintLength + 8,
            ConstantTime.equals(Array(bytes.prefix(Self.fingerprintLength)), Self.fingerprint(request))
        else {
            throw LedgerFailure(
                .invalidArgument, "the page token does not belong to this list; begin again without one")
        }
        position = bytes.suffix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard position >= 0 else { throw LedgerFailure(.invalidArgument, "the page token cannot be read") }
    }
}

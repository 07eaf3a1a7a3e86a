public import Attestations
import WaybillCore

/// Who wrote or committed, and when, as a commit says it; nothing of it is proven.
public struct GitPerson: Hashable, Sendable {
    public var name: String
    public var email: String
    public var time: Timestamp
    /// The zone as written: `+0200`.
    public var zone: String

    public init(name: String, email: String, time: Timestamp, zone: String = "+0000") {
        self.name = name
        self.email = email
        self.time = time
        self.zone = zone
    }

    /// Reads `Name <email> 1700000000 +0100`. Nil for anything else, also for a second pair of angle brackets, which
    /// programs read differently.
    init?(parsing value: [UInt8]) {
        guard let text = String(validating: value, as: UTF8.self) else { return nil }
        let bytes = text.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "<")), let close = bytes.firstIndex(of: UInt8(ascii: ">")),
            open < close,
            bytes.lastIndex(of: UInt8(ascii: "<")) == open, bytes.lastIndex(of: UInt8(ascii: ">")) == close,
            !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        let tail = bytes[bytes.index(after: close)...].split(separator: 0x20, omittingEmptySubsequences: false)
        guard tail.count == 3, tail[0].isEmpty, (1...18).contains(tail[1].count),
            tail[1].allSatisfy({ (48...57).contains($0) }),
            let seconds = Int64(String(decoding: tail[1], as: UTF8.self)),
            tail[2].count == 5, let sign = tail[2].first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            tail[2].dropFirst().allSatisfy({ (48...57).contains($0) })
        else { return nil }
        var name = Array(bytes[..<open])
        if name.last == 0x20 { name.removeLast() }
        self.init(
            name: String(decoding: name, as: UTF8.self),
            email: String(decoding: bytes[bytes.index(after: open)..<close], as: UTF8.self),
            time: Timestamp(seconds: seconds), zone: String(decoding: tail[2], as: UTF8.self))
    }
}

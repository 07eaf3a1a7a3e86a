import WaybillCore

/// What the hook and the forge say to each other over the socket.
///
/// The hook sends `waybill-hook 1`, `ticket …`, `objects …` and an empty line, then what `git receive-pack` gave to it,
/// and closes its side. The forge answers `allow` or `deny`, a line break, and the words for the person who pushed.
enum HookMessage {
    static let bytesMax = 1 << 20
    static let greeting = "waybill-hook 1"
    static let socketVariable = "WAYBILL_HOOK_SOCKET"
    static let ticketVariable = "WAYBILL_HOOK_TICKET"
    static let programVariable = "WAYBILL_HOOK_PROGRAM"

    struct Request: Sendable, Equatable {
        /// Names the push that the forge has under way.
        var ticket: String
        /// `GIT_OBJECT_DIRECTORY`: where the objects of the push wait.
        var objectFolder: String
        var updates: ArraySlice<UInt8>

        var bytes: [UInt8] {
            Array("\(greeting)\nticket \(ticket)\nobjects \(objectFolder)\n\n".utf8) + updates
        }

        init(ticket: String, objectFolder: String, updates: [UInt8]) {
            self.ticket = ticket
            self.objectFolder = objectFolder
            self.updates = updates[...]
        }

        init(parsing bytes: [UInt8]) throws(WaybillError) {
            var rest = bytes[...]
            func line(_ name: String) throws(WaybillError) -> String {
                guard let end = rest.firstIndex(of: 0x0A), let text = String(validating: rest[..<end], as: UTF8.self),
                    text.hasPrefix(name)
                else { throw WaybillError(.invalidInput, "the message has no line “\(name)”", subject: "hook") }
                rest = rest[(end + 1)...]
                return String(text.dropFirst(name.count))
            }
            guard try line(greeting).isEmpty else { throw WaybillError(.unsupported, "an unknown greeting", subject: "hook") }
            ticket = try line("ticket ")
            objectFolder = try line("objects ")
            guard try line("").isEmpty else { throw WaybillError(.invalidInput, "the message's head has no end", subject: "hook") }
            updates = rest
        }
    }

    /// The forge's answer. Anything but a first line `allow` denies.
    struct Answer: Sendable, Equatable {
        var isAllowed: Bool
        var text: String

        var bytes: [UInt8] { Array("\(isAllowed ? "allow" : "deny")\n\(text)".utf8) }

        init(isAllowed: Bool, text: String = "") {
            self.isAllowed = isAllowed
            self.text = text
        }

        init?(parsing bytes: [UInt8]) {
            guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
            switch String(decoding: bytes[..<end], as: UTF8.self) {
            case "allow": isAllowed = true
            case "deny": isAllowed = false
            default: return nil
            }
            text = String(decoding: bytes[(end + 1)...], as: UTF8.self)
        }
    }
}

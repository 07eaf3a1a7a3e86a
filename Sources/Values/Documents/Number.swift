import WaybillCore

/// A number with its decimal text kept, so that nothing is lost between reading and writing.
///
/// Two numbers are equal when their values are: `1`, `1.0` and `1e0` are one number.
public struct Number: Sendable {
    enum Storage: Sendable {
        case integer(Int)
        /// Valid JSON number syntax that is not a plain integer fitting `Int`.
        case literal(String)
    }

    let storage: Storage

    public init(_ value: Int) { storage = .integer(value) }

    /// `value` must be finite; the infinities and not-a-number have no JSON text and become null's neighbour, zero.
    public init(_ value: Double) {
        if let integer = Int(exactly: value) {
            storage = .integer(integer)
        } else {
            storage = .literal(value.isFinite ? "\(value)" : "0")
        }
    }

    /// Nil when the text is not a number in JSON's syntax (RFC 8259 section 6).
    public init?(literal text: String) {
        guard Number.isValid(Array(text.utf8)) else { return nil }
        self.init(validated: text)
    }

    /// For readers that have checked the syntax themselves.
    init(validated text: String) {
        // "-0" is not an integer's text: keeping it as it was written loses nothing.
        if text != "-0", let integer = Int(text) {
            storage = .integer(integer)
        } else {
            storage = .literal(text)
        }
    }

    /// The text as it was written, or the shortest that gives the same value.
    public var text: String {
        switch storage {
        case .integer(let value): String(value)
        case .literal(let text): text
        }
    }

    /// The value when it is whole and fits; `1.0` and `1e3` count.
    public var integer: Int? {
        switch storage {
        case .integer(let value): value
        case .literal(let text): Double(text).flatMap { abs($0) < 9_007_199_254_740_992 ? Int(exactly: $0) : nil }
        }
    }

    public var double: Double {
        switch storage {
        case .integer(let value): Double(value)
        case .literal(let text): Double(text) ?? 0
        }
    }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        var index = 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
            return index - start
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[first] != UInt8(ascii: "0") else { return false }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { return false }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { return false }
        }
        return index == bytes.count
    }
}

extension Number: Hashable {
    public static func == (left: Number, right: Number) -> Bool {
        switch (left.storage, right.storage) {
        case (.integer(let one), .integer(let other)): one == other
        case (.literal(let one), .literal(let other)) where one == other: true
        case (.literal(let one), .literal(let other)):
            one.isWhole || other.isWhole ? false : left.double == right.double
        default: left.integer != nil && left.integer == right.integer
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(double) }
}

extension String {
    /// Digits alone: an integer too large for `Int`, whose text is its identity.
    fileprivate var isWhole: Bool {
        utf8.allSatisfy { $0 == UInt8(ascii: "-") || (48...57).contains($0) } && self != "-0"
    }
}

import Attestations
public import WaybillCore

extension AllowedSigners {
    /// The largest file that is read.
    public static let bytesMax = 1 << 20

    /// Reads the format of ssh-keygen(1), ALLOWED SIGNERS. A line that is not understood is an error: a rule that is
    /// skipped could let somebody in or shut somebody out. Times without `Z` are taken as UTC, so that a file means the
    /// same on every machine.
    public init(parsing bytes: [UInt8], file: String = "allowed_signers") throws(WaybillError) {
        guard bytes.count <= Self.bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.bytesMax) bytes", subject: file)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw WaybillError(.invalidInput, "is not UTF-8 text", subject: file)
        }
        var entries: [Entry] = []
        for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            do {
                guard let entry = try SignerLine.entry(Substring(line), number: index + 1) else { continue }
                entries.append(entry)
            } catch {
                throw WaybillError(
                    error.code, error.message, subject: "\(file):\(index + 1)",
                    remedy: error.remedy ?? "write it as: name@example.org ssh-ed25519 AAAA…")
            }
        }
        self.init(entries)
    }
}

/// Reads one line of an `allowed_signers` file.
private struct SignerLine {
    private var rest: Substring

    private static func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "") }

    static func entry(_ line: Substring, number: Int) throws(WaybillError) -> AllowedSigners.Entry? {
        var reader = SignerLine(rest: line)
        reader.skipSpace()
        if reader.rest.isEmpty || reader.rest.utf8.first == UInt8(ascii: "#") { return nil }
        let principals = PatternList(commaSeparated: try reader.word())
        guard !principals.patterns.isEmpty else { throw bad("no identity stands at the line's beginning") }
        var entry: AllowedSigners.Entry?
        var options = SignerOptions()
        var word = try reader.word()
        if !isKeyType(word) {
            options = try SignerOptions(word)
            word = try reader.word()
        }
        guard isKeyType(word) else { throw bad("expected a key type, found \(Redaction.excerpt(word))") }
        let data = try reader.word()
        guard !data.isEmpty else { throw bad("the key is missing") }
        entry = AllowedSigners.Entry(
            principals: principals.patterns, key: try PublicKey(openSSH: "\(word) \(data)"),
            namespaces: options.namespaces,
            validAfter: options.validAfter, validBefore: options.validBefore, comment: reader.remainder(), line: number)
        return entry
    }

    private static func isKeyType(_ word: String) -> Bool {
        ["ssh-", "ecdsa-", "sk-"].contains { word.utf8.starts(with: $0.utf8) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private mutating func skipSpace() { rest = Substring(rest.utf8.drop(while: Self.isSpace)) }

    private mutating func remainder() -> String {
        skipSpace()
        var bytes = Array(rest.utf8)
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The next word; spaces between double quotes belong to it. Quotes around the whole word are taken off.
    private mutating func word() throws(WaybillError) -> String {
        skipSpace()
        var word: [UInt8] = []
        var isQuoted = false
        var bytes = rest.utf8[...]
        while let byte = bytes.first, isQuoted || !Self.isSpace(byte) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            word.append(byte)
            bytes = bytes.dropFirst()
        }
        guard !isQuoted else { throw Self.bad("a double quote is not closed") }
        rest = Substring(bytes)
        let quote = UInt8(ascii: "\"")
        if word.count >= 2, word.first == quote, word.last == quote { word = Array(word.dropFirst().dropLast()) }
        guard !word.isEmpty else { throw Self.bad("the line ends too early: identity, key type and key are needed") }
        return String(decoding: word, as: UTF8.self)
    }
}

/// The options between identity and key: `namespaces="git,waybill",valid-before="20271231"`.
private struct SignerOptions {
    var namespaces: [String]?
    var validAfter: Timestamp?
    var validBefore: Timestamp?

    init() {}

    init(_ text: String) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "") }
        var seen: Set<String> = []
        for option in Self.split(text) {
            let parts = option.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: parts[0], as: UTF8.self).lowercased()
            guard seen.insert(name).inserted else { throw bad("the option “\(name)” stands twice") }
            if name == "cert-authority" {
                throw WaybillError(
                    .unsupported, "SSH certificates (cert-authority) are not supported", subject: "",
                    remedy: "list each person's own key")
            }
            guard ["namespaces", "valid-after", "valid-before"].contains(name) else {
                throw bad(
                    "unknown option or key type \(Redaction.excerpt(name)); known are namespaces, valid-after, valid-before"
                )
            }
            let quote = UInt8(ascii: "\"")
            guard parts.count == 2, parts[1].count >= 2, parts[1].first == quote, parts[1].last == quote else {
                throw bad("the option “\(name)” needs a value in double quotes")
            }
            let value = String(decoding: parts[1].dropFirst().dropLast(), as: UTF8.self)
            switch name {
            case "namespaces":
                namespaces = PatternList(commaSeparated: value).patterns
                guard namespaces?.isEmpty == false else { throw bad("the option “namespaces” is empty") }
            case "valid-after": validAfter = try Self.time(value, name)
            default: validBefore = try Self.time(value, name)
            }
        }
        if let validAfter, let validBefore, validAfter >= validBefore {
            throw bad("the key is valid at no time: valid-after is not before valid-before")
        }
    }

    /// Splits at commas outside double quotes.
    private static func split(_ text: String) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted { parts.append([]) } else { parts[parts.count - 1].append(byte) }
        }
        return parts
    }

    /// `YYYYMMDD[HHMM[SS]][Z]`.
    private static func time(_ text: String, _ name: String) throws(WaybillError) -> Timestamp {
        let digits =
            text.utf8.last.map { $0 | 0x20 == UInt8(ascii: "z") } == true ? text.utf8.dropLast() : text.utf8[...]
        let numbers = digits.map { Int($0) - 48 }
        func number(_ range: Range<Int>) -> Int { numbers[range].reduce(0) { $0 * 10 + $1 } }
        guard [8, 12, 14].contains(numbers.count), numbers.allSatisfy({ (0...9).contains($0) }),
            let moment = Timestamp(
                year: number(0..<4), month: number(4..<6), day: number(6..<8),
                hour: numbers.count > 8 ? number(8..<10) : 0,
                minute: numbers.count > 8 ? number(10..<12) : 0, second: numbers.count > 12 ? number(12..<14) : 0)
        else {
            throw WaybillError(
                .invalidInput, "“\(name)” is no time: \(Redaction.excerpt(text))", subject: "",
                remedy: "write it as YYYYMMDD or YYYYMMDDHHMM[SS], in UTC")
        }
        return moment
    }
}

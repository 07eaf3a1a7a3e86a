public import WaybillCore

/// Which images a rule is about, by name.
public struct ImagePattern: Hashable, Sendable {
    public enum Style: Sendable {
        /// Binary Authorization and Kritis: a name, perhaps with a star at its end. `*` stops at a slash, `**` does not.
        case allowList
        /// ClusterImagePolicy: stars anywhere; short names are those of Docker Hub.
        case glob
    }

    private enum Part: Hashable, Sendable {
        case text([UInt8])
        case star
        case stars
    }

    public let text: String
    private let parts: [Part]
    /// Of a glob, the pattern as it was written: short names of images are held against it too.
    private let plainParts: [Part]?

    /// The longest pattern that is read: names of images have no more.
    static let bytesMax = 1024

    public init(_ text: String, style: Style) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, "\(message): \(Redaction.excerpt(text))", subject: "image pattern")
        }
        guard !text.isEmpty, text.utf8.count <= Self.bytesMax else { throw bad("is empty or too long") }
        let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:/.@*".utf8
        // Globs are about names and tags; the policy's own controller takes none with a digest.
        guard text.utf8.allSatisfy({ allowed.contains($0) && (style == .allowList || $0 != UInt8(ascii: "@")) }) else {
            throw bad("holds a letter that no image's name has")
        }
        self.text = text
        plainParts = style == .glob ? Self.parts(text) : nil
        let parts = Self.parts(style == .glob ? Self.full(text) : text)
        if style == .allowList {
            guard parts.dropLast().allSatisfy({ if case .text = $0 { true } else { false } }) else {
                throw bad("stars may stand only at the end")
            }
        }
        guard parts.count <= 64 else { throw bad("has too many stars") }
        self.parts = parts
    }

    /// `nginx*` stands for `index.docker.io/library/nginx*`, `*` for that library's images, `**` for everything.
    private static func full(_ text: String) -> String {
        if text == "*" || text == "*/*" { return "index.docker.io/\(text == "*" ? "library/*" : text)" }
        if text.utf8.starts(with: "*".utf8) { return text }
        let words = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if words.count == 1 { return "index.docker.io/library/\(text)" }
        let first = String(decoding: words[0], as: UTF8.self)
        let isHost = first.contains(".") || first.contains(":") || first == "localhost"
        if first == "docker.io" { return "index.docker.io" + text.dropFirst("docker.io".count) }
        return isHost || first.contains("*") ? text : "index.docker.io/\(text)"
    }

    private static func parts(_ text: String) -> [Part] {
        var parts: [Part] = []
        var word: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "*") else {
                word.append(byte)
                continue
            }
            if !word.isEmpty { parts.append(.text(word)) }
            word = []
            if rest.first == UInt8(ascii: "*") {
                while rest.first == UInt8(ascii: "*") { rest.removeFirst() }
                parts.append(.stars)
            } else {
                parts.append(.star)
            }
        }
        if !word.isEmpty { parts.append(.text(word)) }
        return parts
    }

    public func matches(_ reference: String) -> Bool {
        guard let plainParts else { return Self.matches(Array(reference.utf8), parts) }
        // A policy that is missed guards nothing: whatever spelling of the name it fits, it is about the image.
        return Self.spellings(of: reference).contains { Self.matches($0, parts) || Self.matches($0, plainParts) }
    }

    /// The name as it was written and in full, each without its digest too, and with the tag that is meant where none is.
    private static func spellings(of reference: String) -> [[UInt8]] {
        [reference, full(reference)].flatMap { name -> [[UInt8]] in
            let whole = Array(name.utf8)
            let withoutDigest = Array(whole.prefix { $0 != UInt8(ascii: "@") })
            guard withoutDigest.count == whole.count else { return [whole, withoutDigest] }
            let lastPart = whole.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
            return lastPart.contains(UInt8(ascii: ":")) ? [whole] : [whole, whole + Array(":latest".utf8)]
        }
    }

    /// Goes through the parts with all places that the ones before can have reached: one pass over the name for each part.
    private static func matches(_ name: [UInt8], _ parts: [Part]) -> Bool {
        var isReachable = [Bool](repeating: false, count: name.count + 1)
        isReachable[0] = true
        for part in parts {
            var next = [Bool](repeating: false, count: name.count + 1)
            switch part {
            case .text(let bytes):
                for position in 0...name.count where isReachable[position] {
                    guard name[position...].starts(with: bytes) else { continue }
                    next[position + bytes.count] = true
                }
            case .star, .stars:
                var isOn = false
                for position in 0...name.count {
                    if isReachable[position] { isOn = true }
                    next[position] = isOn
                    if case .star = part, position < name.count, name[position] == UInt8(ascii: "/") { isOn = false }
                }
            }
            isReachable = next
        }
        return isReachable[name.count]
    }
}

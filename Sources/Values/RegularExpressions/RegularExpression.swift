internal import CRE2
public import WaybillCore

/// A pattern in RE2's syntax, compiled once: searching takes time linear in the text, whatever the pattern.
///
/// Offsets are in UTF-8 bytes. The value is immutable and may be searched with from many tasks at once.
///
///     let image = try RegularExpression(#"^(?<name>[a-z0-9/]+):(?<tag>[\w.-]+)$"#)
///     image.firstMatch(in: Array("shop/cart:1.5".utf8))?["tag"]   // 10..<13
public struct RegularExpression: Sendable {
    /// As it was written.
    public let pattern: String
    /// The name of each capturing group, from the first, nil for one that has none.
    public let groupNames: [String?]
    /// Bound on the compiled program, in bytes; a pattern that needs more is refused.
    public static let programBytesMax = 8 << 20

    private let program: Program

    /// - Parameter prefersLongest: leftmost-longest as POSIX has it, instead of leftmost-first.
    public init(_ pattern: String, prefersLongest: Bool = false) throws(WaybillError) {
        self.pattern = pattern
        var syntax = PatternSyntax.withNamedGroups(pattern)
        let compiled = syntax.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cre2_compile($0.baseAddress, $0.count, prefersLongest, RegularExpression.programBytesMax)
            }
        }
        guard let compiled else {
            throw WaybillError(
                .failed, "the regular expression could not be compiled", subject: Redaction.excerpt(pattern))
        }
        program = Program(compiled)
        if let reason = cre2_error(compiled) {
            throw WaybillError(
                .invalidInput, "not a valid regular expression: \(String(cString: reason))",
                subject: Redaction.excerpt(pattern),
                remedy: "RE2 syntax has no lookaround and no backreferences")
        }
        let count = Int(cre2_group_count(compiled))
        groupNames = (0..<count).map { index in
            cre2_group_name(compiled, Int32(index + 1)).map { String(cString: $0) }
        }
    }

    /// Number of capturing groups, the whole match not counted.
    public var groupCount: Int { groupNames.count }

    /// Whether the pattern is found anywhere in the text.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { search($0, from: 0, anchor: 0, groups: 0) != nil }
    }

    public func matches(_ bytes: some Collection<UInt8>) -> Bool {
        withBuffer(bytes) { search($0, from: 0, anchor: 0, groups: 0) != nil }
    }

    /// Whether the pattern describes the whole text.
    public func matchesWhole(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { search($0, from: 0, anchor: 2, groups: 0) != nil }
    }

    /// The leftmost match at or after `start`, with its groups.
    public func firstMatch(in bytes: some Collection<UInt8>, from start: Int = 0) -> Match? {
        withBuffer(bytes) { buffer in
            search(buffer, from: start, anchor: 0, groups: groupCount + 1).map { Match(ranges: $0, names: groupNames) }
        }
    }

    /// Every match from left to right, none overlapping, at most `limit`.
    ///
    /// An empty match right behind the match before it does not count.
    public func allMatches(in bytes: some Collection<UInt8>, limit: Int = .max) -> [Match] {
        withBuffer(bytes) { buffer in
            var found: [Match] = []
            var start = 0
            var previousEnd = -1
            while start <= buffer.count, found.count < limit,
                let ranges = search(buffer, from: start, anchor: 0, groups: groupCount + 1), let whole = ranges[0]
            {
                if !whole.isEmpty || whole.lowerBound != previousEnd {
                    found.append(Match(ranges: ranges, names: groupNames))
                }
                previousEnd = whole.upperBound
                start = whole.isEmpty ? Self.index(afterCharacterAt: whole.upperBound, in: buffer) : whole.upperBound
            }
            return found
        }
    }

    /// Every match that lies in a part of the text, at most `limit`; what stands around the part is seen by `^`, `$`
    /// and `\\b`, so that a part's edge is no end of the text.
    public func allMatches(in bytes: [UInt8], within range: Range<Int>, limit: Int = .max) -> [Match] {
        bytes.withUnsafeBufferPointer { buffer in
            var found: [Match] = []
            var start = max(0, range.lowerBound)
            let end = min(range.upperBound, buffer.count)
            while start <= end, found.count < limit,
                let ranges = search(buffer, from: start, to: end, anchor: 0, groups: groupCount + 1),
                let whole = ranges[0]
            {
                if !whole.isEmpty { found.append(Match(ranges: ranges, names: groupNames)) }
                start = whole.isEmpty ? Self.index(afterCharacterAt: whole.upperBound, in: buffer) : whole.upperBound
            }
            return found
        }
    }

    private static func index(afterCharacterAt index: Int, in buffer: UnsafeBufferPointer<UInt8>) -> Int {
        var next = index + 1
        while next < buffer.count, buffer[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }

    private func withBuffer<Result>(
        _ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        bytes.withContiguousStorageIfAvailable(body) ?? Array(bytes).withUnsafeBufferPointer(body)
    }

    private func search(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, to last: Int? = nil, anchor: Int32, groups: Int
    ) -> [Range<Int>?]? {
        let last = last ?? text.count
        guard start >= 0, start <= last, last <= text.count else { return nil }
        var spans = [Int](repeating: -1, count: groups * 2)
        let found = text.withMemoryRebound(to: CChar.self) {
            cre2_match(program.pointer, $0.baseAddress, $0.count, start, last, anchor, &spans, Int32(groups))
        }
        guard found else { return nil }
        return (0..<groups).map { spans[2 * $0] < 0 ? nil : spans[2 * $0]..<spans[2 * $0 + 1] }
    }

    /// Owns the compiled program. RE2 guards its own caches, so that searching is safe from any thread.
    private final class Program: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { cre2_free(pointer) }
    }
}

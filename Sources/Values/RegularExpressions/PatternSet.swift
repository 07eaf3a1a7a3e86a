internal import CRE2
public import WaybillCore

/// Many patterns searched for in one pass over the text.
///
///     let secrets = try PatternSet(["AKIA[0-9A-Z]{16}", "ghp_[0-9A-Za-z]{36}"])
///     try secrets.matches(in: text)   // indexes of the patterns that occur
public struct PatternSet: Sendable {
    /// Bound on the compiled programs together and on the search's working memory, in bytes.
    public static let programBytesMax = 64 << 20

    public let patterns: [String]
    private let program: Program

    public init(_ patterns: [String], bytesMax: Int = PatternSet.programBytesMax) throws(WaybillError) {
        self.patterns = patterns
        guard let set = cre2_set_new(bytesMax) else {
            throw WaybillError(.failed, "the set of regular expressions could not be made", subject: "")
        }
        program = Program(set)
        for pattern in patterns {
            var syntax = PatternSyntax.withNamedGroups(pattern)
            let index = syntax.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { cre2_set_add(set, $0.baseAddress, $0.count) }
            }
            guard index >= 0 else {
                throw WaybillError(
                    .invalidInput, "not a valid regular expression", subject: Redaction.excerpt(pattern),
                    remedy: "RE2 syntax has no lookaround and no backreferences")
            }
        }
        guard cre2_set_compile(set) else {
            throw WaybillError(
                .limitExceeded, "\(patterns.count) regular expressions need more than \(bytesMax) bytes together",
                subject: "")
        }
    }

    /// The indexes of the patterns found anywhere in the text, ascending.
    public func matches(in bytes: some Collection<UInt8>) throws(WaybillError) -> [Int] {
        guard !patterns.isEmpty else { return [] }
        var found = [Int32](repeating: 0, count: patterns.count)
        let count =
            bytes.withContiguousStorageIfAvailable { search($0, &found) }
            ?? Array(bytes).withUnsafeBufferPointer { search($0, &found) }
        guard count >= 0 else {
            throw WaybillError(.limitExceeded, "searching for many patterns ran out of memory", subject: "")
        }
        return found.prefix(Int(count)).map { Int($0) }
    }

    private func search(_ text: UnsafeBufferPointer<UInt8>, _ found: inout [Int32]) -> Int32 {
        // RE2 takes text without an address for no text at all.
        guard text.baseAddress != nil else {
            return [CChar(0)].withUnsafeBufferPointer {
                cre2_set_match(program.pointer, $0.baseAddress, 0, &found, Int32(found.count))
            }
        }
        return text.withMemoryRebound(to: CChar.self) {
            cre2_set_match(program.pointer, $0.baseAddress, $0.count, &found, Int32(found.count))
        }
    }

    /// Owns the compiled set, which RE2 lets any thread search with.
    private final class Program: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { cre2_set_free(pointer) }
    }
}

import Attestations
import Documents
import WaybillCore

/// One signature, as the signer remembers it.
struct SignatureRecord: Sendable {
    var number: Int
    var time: Timestamp
    var keyID: String
    /// The digest of the statement's bytes.
    var statement: Digest
    var predicateType: String
    /// Subjects as `algorithm:hash`.
    var subjects: [String]
    /// The process and user that asked.
    var peer: String
    /// The digest of the line before: a line that is taken out or changed is seen.
    var previous: Digest

    /// What the first line names as the line before.
    static let beginning = Digest.sha256(of: [])

    /// The line without its break.
    var line: [UInt8] {
        JSONWriter.bytes(
            [
                "number": .integer(number), "time": .string(time.description), "keyid": .string(keyID),
                "statement": .string(statement.description), "predicateType": .string(predicateType),
                "subjects": .array(subjects.map(Value.string)), "peer": .string(peer), "previous": .string(previous.description),
            ], style: .canonical)
    }
}

/// Where a signer remembers what it signed, in a chain.
protocol SignatureLog: AnyObject {
    /// How many lines there are, and the digest of the last.
    var head: (count: Int, digest: Digest) { get }
    /// Keeps the line. When it returns the line is safe.
    func append(_ line: [UInt8]) throws(WaybillError)
}

/// A log in memory, for tests and for programs that do not outlive their signatures.
final class MemorySignatureLog: SignatureLog {
    private(set) var lines: [[UInt8]] = []
    var head: (count: Int, digest: Digest) { (lines.count, lines.last.map { Digest.sha256(of: $0) } ?? SignatureRecord.beginning) }
    func append(_ line: [UInt8]) { lines.append(line) }
}

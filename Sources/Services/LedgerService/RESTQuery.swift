import Attestations
import Ledger
import MetadataFilters
import MetadataRules
import WaybillCore

/// The parameters of a request, each once, in either spelling. One that nobody knows is refused, not left out.
struct RESTQuery {
    static let bytesMax = 128 << 10

    var filter = ""
    var pageSize = 0
    var pageToken = ""
    var noteID = ""
    var mask: [String]?
    var moment: Instant?
    /// `$alt=json;enum-encoding=int`.
    var enumsAsNumbers = false

    /// Reads what stands behind the question mark. A plus is a blank, as in forms: clients write both.
    init(_ text: String) throws(LedgerFailure) {
        guard text.utf8.count <= Self.bytesMax else {
            throw LedgerFailure(.invalidArgument, "the query is longer than \(Self.bytesMax) bytes")
        }
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = RESTRoute.decoded(parts[0], plusIsBlank: true),
                let value = RESTRoute.decoded(parts.count > 1 ? parts[1] : "", plusIsBlank: true)
            else { throw LedgerFailure(.invalidArgument, "the query has a broken escape") }
            switch key {
            case "filter": filter = value
            case "pageSize", "page_size":
                guard let number = Int(value) else {
                    throw LedgerFailure(.invalidArgument, "page_size is no whole number")
                }
                pageSize = number
            case "pageToken", "page_token": pageToken = value
            case "noteId", "note_id": noteID = value
            case "updateMask", "update_mask": mask = value.split(separator: ",").map(String.init)
            case "asOf", "as_of": moment = try Self.moment(value)
            case "$alt", "alt": try readEncoding(value)
            // All pages of all locations are here: there is no partial success, and nothing else to print.
            case "returnPartialSuccess", "return_partial_success", "prettyPrint", "$prettyPrint", "$.xgafv": break
            default:
                throw LedgerFailure(
                    .invalidArgument, "there is no parameter \(Redaction.excerpt(key))")
            }
        }
    }

    /// A time of RFC 3339 as a moment: the end of its millisecond counts.
    static func moment(_ text: String) throws(LedgerFailure) -> Instant {
        guard let milliseconds = FilterMoment(text)?.milliseconds else {
            throw LedgerFailure(.invalidArgument, "asOf is no time; write it as 2026-11-21T12:00:00Z")
        }
        return Instant(milliseconds: milliseconds)
    }

    private mutating func readEncoding(_ text: String) throws(LedgerFailure) {
        let parts = text.split(separator: ";").map { $0.lowercased() }
        guard parts.first == "json" else {
            throw LedgerFailure(.invalidArgument, "only JSON is answered, not \(Redaction.excerpt(text))")
        }
        for part in parts.dropFirst() {
            guard part == "enum-encoding=int" else {
                throw LedgerFailure(.invalidArgument, "unknown encoding \(Redaction.excerpt(part))")
            }
            enumsAsNumbers = true
        }
    }
}

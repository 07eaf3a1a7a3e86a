import Attestations
import Documents
import Ledger
import WaybillCore

/// One signed paper, readable.
struct PaperPage {
    /// A bill of materials can be long; what lies beyond is in the ledger.
    static let textLengthMax = 400_000

    struct Subject {
        let name: String
        let digests: [String]
    }

    let row: PaperRow
    let id: String
    let about: Link
    let payloadType: String
    let subjects: [Subject]
    let text: String
    let isCut: Bool
    /// Set where the payload is no statement.
    let problem: String?

    init(_ paper: Paper, now: Instant) {
        row = PaperRow(paper, now: now)
        id = paper.id.description
        about = .subject(paper.subject)
        payloadType = paper.envelope.payloadType
        var whole = ""
        do throws(WaybillError) {
            let statement = try Statement(parsing: paper.envelope.payload)
            subjects = statement.subjects.map { subject in
                Subject(
                    name: subject.name,
                    digests: subject.digest.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" })
            }
            whole = JSONWriter.string(statement.value, style: .pretty)
            problem = nil
        } catch {
            subjects = []
            problem = "The payload is not an in-toto statement: \(error.message)."
        }
        let scalars = whole.unicodeScalars
        isCut = scalars.count > Self.textLengthMax
        text = isCut ? String(scalars.prefix(Self.textLengthMax)) : whole
    }
}

extension Dashboard {
    func paper(_ id: Digest) async throws(WaybillError) -> Screen {
        guard let paper = try await ledger.paper(id) else {
            throw WaybillError(.notFound, "no paper with this digest is kept here", subject: id.description)
        }
        let page = PaperPage(paper, now: now())
        return Screen(title: "\(page.row.name) \(id.short)", tab: nil, template: .paper, page: page)
    }
}

import Ledger
import WaybillCore

/// The audit trail, newest first.
struct EventsPage {
    static let rowsPerPage = 50
    /// The ledger reads from the newest on; what lies deeper than this is for programs.
    static let pagesMax = 200

    let about: String?
    let rows: Table<EventRow>?
    let number: Int
    let newer: Link?
    let older: Link?
    let isCut: Bool

    /// - Parameter events: the newest, up to one more than the page needs.
    init(_ events: [Event], page: Int, about: String?, now: Instant) {
        let from = (page - 1) * Self.rowsPerPage
        rows = Table(events.dropFirst(from).prefix(Self.rowsPerPage).map { EventRow($0, now: now) })
        let isMore = events.count > from + Self.rowsPerPage
        number = page
        self.about = about
        newer = page > 1 ? .events(about: about ?? "", page: page - 1, "Newer") : nil
        older = isMore && page < Self.pagesMax ? .events(about: about ?? "", page: page + 1, "Older") : nil
        isCut = isMore && page >= Self.pagesMax
    }
}

extension Dashboard {
    func events(page: Int, about: String?) async throws(WaybillError) -> Screen {
        guard (1...EventsPage.pagesMax).contains(page) else {
            throw WaybillError(
                .notFound, "pages of events are numbered from 1 to \(EventsPage.pagesMax)", subject: "events")
        }
        let subject = about.flatMap { $0.isEmpty ? nil : $0 }
        let events = try await ledger.events(about: subject, limit: page * EventsPage.rowsPerPage + 1)
        return Screen(
            title: "What happened", tab: .events, template: .events,
            page: EventsPage(events, page: page, about: subject, now: now()))
    }
}

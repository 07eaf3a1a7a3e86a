public import HTTPServing
import HTTPTypes
public import Hummingbird
public import Ledger
import NIOCore
import WaybillCore

/// The pages that people read: what runs where, how each change came through the gates, and who did what.
///
/// Pages are made on the server from the ledger and the changes, without scripts; nothing is kept between requests.
public struct Dashboard: Sendable {
    let ledger: any Ledger
    let changes: any ChangeSource
    let anonymousRead: Bool
    let now: @Sendable () -> Instant

    /// - Parameter anonymousRead: whether pages are shown to readers without a token.
    public init(
        ledger: any Ledger, changes: any ChangeSource, anonymousRead: Bool, now: @escaping @Sendable () -> Instant
    ) {
        self.ledger = ledger
        self.changes = changes
        self.anonymousRead = anonymousRead
        self.now = now
    }

    /// Adds the pages. `TokenMiddleware` must have been added to the same router before, or nobody is known here.
    public func addRoutes(to router: Router<ServiceContext>) {
        let open = router.group().add(middleware: PageMiddleware(isOpen: true))
        open.get("/healthz") { _, _ in try await health() }
        open.get("/assets/waybill.css") { _, _ in Asset.styleSheet.response }
        open.get("/assets/waybill.svg") { _, _ in Asset.icon.response }

        let pages = router.group().add(middleware: PageMiddleware(isOpen: anonymousRead))
        pages.get("/") { _, context in try await board().response(context) }
        pages.get("/changes") { _, context in try await changeList().response(context) }
        pages.get("/changes/:repository/:id") { _, context in
            let name = try context.text("repository")
            guard let id = Int(try context.text("id")), id > 0 else {
                throw WaybillError(.notFound, "a change has a whole number as its name", subject: "change of \(name)")
            }
            return try await change(id, name).response(context)
        }
        pages.get("/images/:digest") { _, context in try await image(context.digest()).response(context) }
        pages.get("/papers/:digest") { _, context in try await paper(context.digest()).response(context) }
        pages.get("/events") { request, context in
            let query = request.uri.queryParameters
            return try await events(
                page: query["page"].flatMap { Int($0) } ?? 1, about: query["about"].map(String.init)
            ).response(context)
        }
    }

    private func health() async throws(WaybillError) -> Response {
        _ = try await ledger.events(about: nil, limit: 1)
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: "ok\n")))
    }
}

extension ServiceContext {
    /// A part of the path, decoded.
    fileprivate func text(_ name: String) throws(WaybillError) -> String {
        guard let text = parameters.get(name), let decoded = PathText.decode(text) else {
            throw WaybillError(.notFound, "the address is not written as addresses are", subject: name)
        }
        return decoded
    }

    fileprivate func digest() throws(WaybillError) -> Digest {
        let text = try text("digest")
        guard let digest = Digest(text) else {
            throw WaybillError(
                .notFound, "“\(Redaction.excerpt(text))” is not a digest", subject: "address",
                remedy: "write it as sha256: and 64 lower-case hexadecimal characters")
        }
        return digest
    }
}

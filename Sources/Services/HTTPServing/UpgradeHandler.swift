import HTTPTypes
import NIOCore
import NIOHTTP1

/// Looks at the first request of a connection: one that asks for another protocol may get it, every other one goes on
/// to HTTP untouched. What comes in the meantime waits.
final class UpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Nothing has come yet.
        case waiting
        /// Somebody decides; afterwards the rest of the request is awaited.
        case deciding(hasEnd: Bool)
        case agreed(UpgradeOffer)
        /// Handlers are being exchanged.
        case changing
        case passing
    }

    /// More than one request's parts while somebody decides is more than an honest client sends.
    private static let waitingPartsMax = 64

    let outcome: EventLoopPromise<UpgradeChannel.Outcome>
    private let upgrade: any ConnectionUpgrade
    private let httpHandlers: [any RemovableChannelHandler]
    private let speakHTTP: () throws -> UpgradeChannel.HTTPStream
    private var state = State.waiting
    private var waiting: [NIOAny] = []
    private var isDone = false

    init(
        _ upgrade: any ConnectionUpgrade, httpHandlers: [any RemovableChannelHandler],
        outcome: EventLoopPromise<UpgradeChannel.Outcome>, speakHTTP: @escaping () throws -> UpgradeChannel.HTTPStream
    ) {
        self.upgrade = upgrade
        self.httpHandlers = httpHandlers
        self.outcome = outcome
        self.speakHTTP = speakHTTP
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .waiting:
            let part = unwrapInboundIn(data)
            guard case .head(let head) = part, let name = requested(head) else {
                waiting.append(data)
                return goOn(context)
            }
            // Refused, it is the connection's last request: nothing behind it would be read as HTTP.
            var last = head
            last.headers.replaceOrAdd(name: "Connection", value: "close")
            waiting.append(NIOAny(HTTPServerRequestPart.head(last)))
            state = .deciding(hasEnd: false)
            decide(head, name, context)
        case .deciding(let hasEnd):
            guard waiting.count < Self.waitingPartsMax, !hasEnd else { return context.close(promise: nil) }
            waiting.append(data)
            if case .end = unwrapInboundIn(data) { state = .deciding(hasEnd: true) }
        case .agreed(let offer):
            guard case .end = unwrapInboundIn(data) else { return context.close(promise: nil) }
            change(to: offer, context)
        case .changing: waiting.append(data)
        case .passing: context.fireChannelRead(data)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
        state = .passing
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
        // Whoever still decides finds nothing to go on with.
        state = .passing
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .passing = state { return context.fireErrorCaught(error) }
        fail(error)
        context.close(promise: nil)
    }

    /// The protocol that is asked for, as the server writes it. A request with a body cannot change the protocol.
    private func requested(_ head: HTTPRequestHead) -> String? {
        guard head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }),
            !head.headers.contains(name: "transfer-encoding"),
            head.headers["content-length"].allSatisfy({ $0 == "0" })
        else { return nil }
        let words = head.headers[canonicalForm: "upgrade"].map { $0.lowercased() }
        return upgrade.protocols.first { words.contains($0.lowercased()) }
    }

    private func decide(_ head: HTTPRequestHead, _ name: String, _ context: ChannelHandlerContext) {
        var fields = HTTPFields()
        for header in head.headers {
            if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
        }
        let request = UpgradeRequest(
            method: head.method.rawValue, target: head.uri, headers: fields, protocolName: name)
        let upgrade = upgrade
        context.eventLoop.makeFutureWithTask { await upgrade.offer(to: request) }.assumeIsolated().whenComplete {
            result in
            guard case .deciding(let hasEnd) = self.state else { return }
            guard case .success(let offer?) = result else { return self.goOn(context) }
            var named = offer
            named.headers = [("Connection", "Upgrade"), ("Upgrade", name)] + offer.headers
            self.waiting = []
            if hasEnd { self.change(to: named, context) } else { self.state = .agreed(named) }
        }
    }

    /// The request is answered by HTTP, and so are those behind it.
    private func goOn(_ context: ChannelHandlerContext) {
        state = .changing
        do {
            let stream = try speakHTTP()
            finish(.http(stream), context)
        } catch {
            fail(error)
            context.close(promise: nil)
        }
    }

    private func change(to offer: UpgradeOffer, _ context: ChannelHandlerContext) {
        state = .changing
        var head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols)
        for (name, value) in offer.headers { head.headers.add(name: name, value: value) }
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        remove(httpHandlers[...], offer, context)
    }

    /// Takes the handlers of HTTP away one by one; bytes that they hold come here and wait.
    private func remove(
        _ handlers: ArraySlice<any RemovableChannelHandler>, _ offer: UpgradeOffer, _ context: ChannelHandlerContext
    ) {
        guard case .changing = state else { return }
        guard let first = handlers.first else {
            do {
                let stream = try UpgradeChannel.ByteStream(wrappingChannelSynchronously: context.channel)
                finish(.upgraded(stream, offer), context)
            } catch {
                fail(error)
                context.close(promise: nil)
            }
            return
        }
        context.pipeline.syncOperations.removeHandler(first).assumeIsolated().whenComplete { _ in
            self.remove(handlers.dropFirst(), offer, context)
        }
    }

    private func finish(_ result: UpgradeChannel.Outcome, _ context: ChannelHandlerContext) {
        isDone = true
        outcome.succeed(result)
        state = .passing
        for data in waiting { context.fireChannelRead(data) }
        waiting = []
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ error: any Error) {
        guard !isDone else { return }
        isDone = true
        outcome.fail(error)
    }
}

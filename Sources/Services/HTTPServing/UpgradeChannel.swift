import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// HTTP/1.1 whose connections may change their protocol with their first request. Clients that upgrade open a connection
/// for that alone, so later requests need not be looked at.
struct UpgradeChannel: ServerChildChannel, HTTPChannelHandler {
    typealias HTTPStream = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias ByteStream = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    enum Outcome: Sendable {
        case http(HTTPStream)
        case upgraded(ByteStream, UpgradeOffer)
    }

    struct Value: ServerChildChannelValue {
        let outcome: EventLoopFuture<Outcome>
        let channel: any Channel
    }

    let upgrade: any ConnectionUpgrade
    let responder: Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Self.headerBytesMax
            limits.maxHeaderListSize = Self.headerBytesMax
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
            let handler = UpgradeHandler(
                upgrade, httpHandlers: [decoder, encoder], outcome: channel.eventLoop.makePromise(),
                speakHTTP: { try Self.speakHTTP(on: channel, logger) })
            let value = Value(outcome: handler.outcome.futureResult, channel: channel)
            try channel.pipeline.syncOperations.addHandlers([encoder, decoder, handler])
            return value
        }
    }

    private static let headerBytesMax = 80 << 10

    private static func speakHTTP(on channel: any Channel, _ logger: Logger) throws -> HTTPStream {
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try channel.pipeline.syncOperations.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
        return try HTTPStream(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func handle(value: Value, logger: Logger) async {
        do {
            let outcome = try await withTaskCancellationHandler {
                try await value.outcome.get()
            } onCancel: {
                value.channel.close(promise: nil)
            }
            switch outcome {
            case .http(let stream): await handleHTTP(asyncChannel: stream, logger: logger)
            case .upgraded(let stream, let offer):
                try await withTaskCancellationHandler {
                    try await stream.executeThenClose { inbound, outbound in
                        await offer.serve(UpgradedConnection(inbound: inbound, outbound: outbound))
                    }
                } onCancel: {
                    value.channel.close(promise: nil)
                }
            }
        } catch {
            logger.debug("a connection ended: \(error)")
        }
    }
}

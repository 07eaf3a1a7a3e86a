import Documents
import NIOCore
import WaybillCore

/// The frames on the signer's socket: four bytes of length, most significant first, and JSON.
enum SignerFrame {
    /// Base 64 of the largest statement, twice for the envelope's answer, and room for names.
    static let bytesMax = 96 << 20

    static func value(_ bytes: [UInt8]) throws(WaybillError) -> Value {
        do {
            return try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 64, bytesMax: bytesMax))
        } catch {
            throw WaybillError(.invalidInput, "the frame is not JSON: \(error.message)", subject: "signer frame")
        }
    }

    static func buffer(_ value: Value) -> ByteBuffer {
        let bytes = JSONWriter.bytes(value)
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(clamping: bytes.count))
        buffer.writeBytes(bytes)
        return buffer
    }
}

/// Cuts the byte stream into frames.
struct SignerFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer
    let bytesMax: Int

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let count = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return .needMoreData }
        guard Int(count) <= bytesMax else {
            throw WaybillError(.limitExceeded, "a frame of \(count) bytes, the limit is \(bytesMax)", subject: "signer frame")
        }
        guard buffer.readableBytes >= 4 + Int(count) else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 4)
        guard let frame = buffer.readSlice(length: Int(count)) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }
}

typealias SignerChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

enum SignerPipeline {
    /// Prepares a connection for frames.
    static func configure(_ channel: any Channel, idleTimeout: TimeAmount? = nil) -> EventLoopFuture<SignerChannel> {
        channel.eventLoop.makeCompletedFuture {
            if let idleTimeout {
                try channel.pipeline.syncOperations.addHandlers([IdleStateHandler(allTimeout: idleTimeout), IdleCloser()])
            }
            let handler = ByteToMessageHandler(SignerFrameDecoder(bytesMax: SignerFrame.bytesMax))
            try channel.pipeline.syncOperations.addHandler(handler)
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
    }
}

/// Closes a connection on which nothing happens.
private final class IdleCloser: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) } else { context.fireUserInboundEventTriggered(event) }
    }
}

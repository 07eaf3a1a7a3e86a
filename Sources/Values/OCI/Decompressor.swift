import CZlib
import CZstd
public import WaybillCore

/// Unpacks gzip and zstd as the bytes arrive, up to a named bound: a few kilobytes can unpack to terabytes.
public final class Decompressor {
    private enum Engine {
        case copy
        case gzip(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    private let engine: Engine
    private let subject: String
    private let outputBytesMax: Int
    private var outputBytes = 0
    /// Between two members or frames, where the input may end.
    private var isAtEnd = true
    private var output = [UInt8](repeating: 0, count: 1 << 17)

    /// Zstandard windows larger than 2^27 bytes are refused (the reference tool's own default).
    static let windowLogMax: Int32 = 27

    /// Deflated data without gzip's own frame, as other formats carry it.
    public enum BareFormat: Sendable {
        /// RFC 1951.
        case deflate
        /// RFC 1950.
        case zlib
    }

    public init(_ format: BareFormat, outputBytesMax: Int, subject: String) throws(WaybillError) {
        self.subject = subject
        self.outputBytesMax = outputBytesMax
        engine = .gzip(try Self.inflater(windowBits: format == .zlib ? 15 : -15, subject))
    }

    private static func inflater(
        windowBits: Int32, _ subject: String
    ) throws(WaybillError) -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw WaybillError(.failed, "zlib cannot be started", subject: subject)
        }
        return stream
    }

    public init(_ compression: Compression, outputBytesMax: Int, subject: String) throws(WaybillError) {
        self.subject = subject
        self.outputBytesMax = outputBytesMax
        switch compression {
        case .none:
            engine = .copy
        case .gzip:
            // 15 is the largest window; 16 more asks for the gzip format and no other.
            engine = .gzip(try Self.inflater(windowBits: 15 + 16, subject))
        case .zstd:
            guard let stream = ZSTD_createDStream() else {
                throw WaybillError(.failed, "zstd cannot be started", subject: subject)
            }
            _ = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLogMax)
            engine = .zstd(stream)
        }
    }

    deinit {
        switch engine {
        case .copy: break
        case .gzip(let stream):
            inflateEnd(stream)
            stream.deallocate()
        case .zstd(let stream): ZSTD_freeDStream(stream)
        }
    }

    /// Unpacks a piece; `consume` gets what came out, perhaps in several pieces.
    public func feed(
        _ bytes: [UInt8], _ consume: (ArraySlice<UInt8>) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        guard !bytes.isEmpty else { return }
        switch engine {
        case .copy:
            try count(bytes.count)
            try consume(bytes[...])
        case .gzip(let stream): try inflate(stream, bytes, consume)
        case .zstd(let stream): try decompress(stream, bytes, consume)
        }
    }

    /// Must be called after the last piece: a stream that was cut off is an error.
    public func finish() throws(WaybillError) {
        guard isAtEnd else { throw damaged("ends too early") }
    }

    private func inflate(
        _ stream: UnsafeMutablePointer<z_stream>, _ bytes: [UInt8],
        _ consume: (ArraySlice<UInt8>) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        var position = 0
        var isOutputFull = false
        while position < bytes.count || isOutputFull {
            if isAtEnd {
                // A gzip file may be several members one after the other.
                if position == bytes.count { return }
                inflateReset(stream)
                isAtEnd = false
            }
            var written = 0
            let status = bytes.withUnsafeBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    // zlib does not write through next_in; its declaration only lacks the const.
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress).map { $0 + position }
                    stream.pointee.avail_in = UInt32(input.count - position)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    let status = CZlib.inflate(stream, Z_NO_FLUSH)
                    position = input.count - Int(stream.pointee.avail_in)
                    written = output.count - Int(stream.pointee.avail_out)
                    return status
                }
            }
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw damaged("is not valid gzip")
            }
            isAtEnd = status == Z_STREAM_END
            isOutputFull = written == output.count && !isAtEnd
            try count(written)
            if written > 0 { try consume(output[..<written]) }
        }
    }

    private func decompress(
        _ stream: OpaquePointer, _ bytes: [UInt8], _ consume: (ArraySlice<UInt8>) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        var position = 0
        var isOutputFull = false
        while position < bytes.count || isOutputFull {
            var written = 0
            let result = bytes.withUnsafeBytes { input in
                output.withUnsafeMutableBytes { output in
                    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
                    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    let result = ZSTD_decompressStream(stream, &target, &source)
                    position = source.pos
                    written = target.pos
                    return result
                }
            }
            guard ZSTD_isError(result) == 0 else { throw damaged("is not valid zstd") }
            isAtEnd = result == 0
            // At the end of a frame everything was flushed; asking again would start the next frame.
            isOutputFull = written == output.count && !isAtEnd
            try count(written)
            if written > 0 { try consume(output[..<written]) }
        }
    }

    private func count(_ bytes: Int) throws(WaybillError) {
        outputBytes += bytes
        guard outputBytes <= outputBytesMax else {
            throw WaybillError(
                .limitExceeded, "unpacks to more than \(outputBytesMax) bytes", subject: subject,
                remedy: "make the layer smaller; no honest layer is that large")
        }
    }

    private func damaged(_ what: String) -> WaybillError { WaybillError(.corrupted, what, subject: subject) }
}

import CZlib
public import WaybillCore

/// Unpacks zlib and raw deflate streams that are in memory whole: members of zip archives, sections of executables.
public enum Zlib {
    public enum Framing: Sendable {
        /// RFC 1950: two bytes before, a checksum after.
        case zlib
        /// RFC 1951: nothing around.
        case raw
    }

    /// Bytes behind the end of the stream are left alone. Throws `.corrupted` and `.limitExceeded`.
    public static func unpack(
        _ bytes: ArraySlice<UInt8>, _ framing: Framing, bytesMax: Int, subject: String
    ) throws(WaybillError) -> [UInt8] {
        var stream = z_stream()
        let window: Int32 = framing == .zlib ? 15 : -15
        guard inflateInit2_(&stream, window, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw WaybillError(.failed, "zlib cannot be started", subject: subject)
        }
        defer { inflateEnd(&stream) }
        guard bytes.count <= Int(UInt32.max) else {
            throw WaybillError(.limitExceeded, "more than 4 GiB to unpack in one piece", subject: subject)
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let status = bytes.withUnsafeBufferPointer { input -> Int32 in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            while true {
                var written = 0
                let status = buffer.withUnsafeMutableBufferPointer { target -> Int32 in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    written = target.count - Int(stream.avail_out)
                    return status
                }
                output += buffer[..<written]
                if status != Z_OK || output.count > bytesMax { return status }
            }
        }
        guard output.count <= bytesMax else {
            throw WaybillError(.limitExceeded, "unpacks to more than \(bytesMax) bytes", subject: subject)
        }
        guard status == Z_STREAM_END else {
            throw WaybillError(.corrupted, "is not a whole deflate stream", subject: subject)
        }
        return output
    }
}

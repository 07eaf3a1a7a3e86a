import CZlib
public import WaybillCore

/// Packs bytes as gzip without a name or a time, so that equal input gives equal bytes.
public enum Gzip {
    public static func compress(_ bytes: [UInt8], level: Int32 = 6) throws(WaybillError) -> [UInt8] {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw WaybillError(.failed, "zlib cannot be started", subject: "gzip") }
        defer { deflateEnd(&stream) }
        guard bytes.count <= Int(UInt32.max) else {
            throw WaybillError(.limitExceeded, "more than 4 GiB to pack in one piece", subject: "gzip")
        }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        let status = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: output.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw WaybillError(.failed, "zlib did not finish", subject: "gzip") }
        return Array(output[..<(output.count - Int(stream.avail_out))])
    }
}

/// Unpacking of small things that are in memory whole.
extension Compression {
    public static func unpack(_ bytes: [UInt8], bytesMax: Int, subject: String) throws(WaybillError) -> [UInt8] {
        let decompressor = try Decompressor(Compression(magic: bytes), outputBytesMax: bytesMax, subject: subject)
        var output: [UInt8] = []
        try decompressor.feed(bytes) { (piece) throws(WaybillError) in output += piece }
        try decompressor.finish()
        return output
    }
}

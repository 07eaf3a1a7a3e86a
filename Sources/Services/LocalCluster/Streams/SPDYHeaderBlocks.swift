import CZlib

/// The compressed headers of SPDY/3.1. Each direction of a connection is one stream of zlib with an agreed dictionary.
final class SPDYHeaderReader {
    /// Headers of one block, before compression.
    static let bytesMax = 64 << 10

    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() {
        stream.initialize(to: z_stream())
        inflateInit_(stream, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Names are in lower case.
    func headers(_ block: ArraySlice<UInt8>) throws(StreamProtocolError) -> [String: String] {
        let bytes = try inflated(Array(block))
        var reader = BigEndianReader(bytes[...])
        guard let count = reader.number(4), count <= 1000 else { throw StreamProtocolError("broken headers") }
        var headers: [String: String] = [:]
        for _ in 0..<count {
            guard let nameLength = reader.number(4), let name = reader.take(nameLength),
                let valueLength = reader.number(4), let value = reader.take(valueLength)
            else { throw StreamProtocolError("broken headers") }
            headers[String(decoding: name, as: UTF8.self).lowercased()] = String(decoding: value, as: UTF8.self)
        }
        return headers
    }

    private func inflated(_ block: [UInt8]) throws(StreamProtocolError) -> [UInt8] {
        var input = block
        var output = [UInt8](repeating: 0, count: Self.bytesMax)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target -> Int32 in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                var status = inflate(stream, Z_SYNC_FLUSH)
                if status == Z_NEED_DICT {
                    status = inflateSetDictionary(stream, SPDYDictionary.bytes, UInt32(SPDYDictionary.bytes.count))
                    if status == Z_OK { status = inflate(stream, Z_SYNC_FLUSH) }
                }
                return status
            }
        }
        guard status == Z_OK || status == Z_BUF_ERROR, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else {
            throw StreamProtocolError("headers that cannot be unpacked")
        }
        return Array(output.prefix(Self.bytesMax - Int(stream.pointee.avail_out)))
    }
}

/// Writes the header blocks of one direction.
final class SPDYHeaderWriter {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() {
        stream.initialize(to: z_stream())
        deflateInit_(stream, Z_DEFAULT_COMPRESSION, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        deflateSetDictionary(stream, SPDYDictionary.bytes, UInt32(SPDYDictionary.bytes.count))
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// A block without headers, which is all that a server of ours has to say.
    func empty() -> [UInt8] {
        var input: [UInt8] = [0, 0, 0, 0]
        var output = [UInt8](repeating: 0, count: 256)
        input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                _ = deflate(stream, Z_SYNC_FLUSH)
            }
        }
        return Array(output.prefix(output.count - Int(stream.pointee.avail_out)))
    }
}

/// Numbers with their highest byte first.
struct BigEndianReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func number(_ count: Int) -> Int? {
        take(count).map { $0.reduce(0) { $0 << 8 | Int($1) } }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

/// What both sides of SPDY/3 have compressed before they begin (section 2.6.10.1 of the protocol).
enum SPDYDictionary {
    private static let names = [
        "options", "head", "post", "put", "delete", "trace", "accept", "accept-charset", "accept-encoding",
        "accept-language", "accept-ranges", "age", "allow", "authorization", "cache-control", "connection",
        "content-base", "content-encoding", "content-language", "content-length", "content-location", "content-md5",
        "content-range", "content-type", "date", "etag", "expect", "expires", "from", "host", "if-match",
        "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "location",
        "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization", "range", "referer", "retry-after",
        "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "vary", "via", "warning",
        "www-authenticate", "method", "get", "status", "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie",
        "keep-alive", "origin",
    ]
    private static let words =
        "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
        + "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
        + "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
        + "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
        + "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
        + "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."

    static let bytes: [UInt8] =
        names.flatMap { [0, 0, 0, UInt8($0.utf8.count)] + Array($0.utf8) } + Array(words.utf8)
}

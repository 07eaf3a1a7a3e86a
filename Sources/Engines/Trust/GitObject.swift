import Crypto
import WaybillCore

/// What commits and tags have in common: header lines, an empty line, a message.
struct GitObject {
    /// The largest commit or tag that is read.
    static let bytesMax = 4 << 20
    static let headersMax = 10_000

    struct Header {
        var name: String
        /// The value with its continuation lines, joined by line breaks.
        var value: [UInt8]
        /// Where the header's lines stand, with their last line break.
        var range: Range<Int>
    }

    var headers: [Header] = []
    var messageStart: Int
    let bytes: [UInt8]
    private let subject: String

    /// Reads the headers strictly: what two readers could take differently is refused.
    init(parsing bytes: [UInt8], subject: String) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: subject) }
        guard bytes.count <= Self.bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.bytesMax) bytes", subject: subject)
        }
        self.bytes = bytes
        self.subject = subject
        var index = 0
        while true {
            guard let end = bytes[index...].firstIndex(of: 0x0A) else {
                throw bad("has no empty line after its headers")
            }
            let line = bytes[index..<end]
            defer { index = end + 1 }
            if line.isEmpty {
                messageStart = end + 1
                break
            }
            guard !line.contains(0) else { throw bad("holds a zero byte in its headers") }
            if line.first == 0x20 {
                guard !headers.isEmpty else { throw bad("begins with a continuation line") }
                headers[headers.count - 1].value += [0x0A] + line.dropFirst()
                headers[headers.count - 1].range = headers[headers.count - 1].range.lowerBound..<end + 1
                continue
            }
            guard let space = line.firstIndex(of: 0x20), headers.count < Self.headersMax,
                let name = String(validating: line[..<space], as: UTF8.self)
            else { throw bad("holds a header line without a name") }
            headers.append(Header(name: name, value: Array(line[(space + 1)...]), range: index..<end + 1))
        }
    }

    func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: subject) }

    /// The value of a header that may stand once.
    func header(_ name: String) throws(WaybillError) -> [UInt8]? {
        let found = headers.filter { $0.name.utf8.elementsEqual(name.utf8) }
        guard found.count <= 1 else { throw bad("holds the header “\(name)” more than once") }
        return found.first?.value
    }

    func required(_ name: String) throws(WaybillError) -> [UInt8] {
        guard let value = try header(name) else { throw bad("has no header “\(name)”") }
        return value
    }

    /// A header that names an object.
    func objectName(_ value: [UInt8], _ header: String) throws(WaybillError) -> String {
        guard Self.isObjectName(value) else { throw bad("the header “\(header)” names no object") }
        return String(decoding: value, as: UTF8.self)
    }

    /// 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal characters.
    static func isObjectName(_ bytes: some Collection<UInt8>) -> Bool {
        (bytes.count == 40 || bytes.count == 64)
            && bytes.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Throws `.corrupted` where the object is not the one that the name stands for.
    static func check(_ bytes: [UInt8], type: String, is id: String) throws(WaybillError) {
        guard isObjectName(id.utf8) else {
            throw WaybillError(.invalidInput, "no object name: \(Redaction.excerpt(id))", subject: "\(type) object")
        }
        let framed = Array("\(type) \(bytes.count)\0".utf8) + bytes
        let hash =
            id.utf8.count == 40 ? Hex.encode(Insecure.SHA1.hash(data: framed)) : Hex.encode(SHA256.hash(data: framed))
        guard hash.utf8.elementsEqual(id.utf8) else {
            throw WaybillError(
                .corrupted, "the object's bytes are not those that its name stands for", subject: "\(type) \(id)")
        }
    }

    /// The first line of a message, shortened, as people quote it.
    static func title(of message: String) -> String {
        let line = message.utf8.drop(while: { $0 == 0x0A }).prefix(while: { $0 != 0x0A && $0 != 0x0D })
        return String(String(decoding: line, as: UTF8.self).prefix(72))
    }
}

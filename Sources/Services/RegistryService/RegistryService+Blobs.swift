import Blobs
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import WaybillCore

extension RegistryService {
    func blob(_ request: Request, _ repository: String, _ text: String) async throws -> Response {
        guard let digest = Digest(text) else { throw RegistryFailure.digest(text) }
        guard repositories.hasBlob(digest, in: repository), let size = try await blobs.size(of: digest) else {
            throw RegistryFailure.blob(text)
        }
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .contentDigest: digest.description, .acceptRanges: "bytes",
            .eTag: "\"\(digest)\"",
        ]
        guard let header = request.headers[.range] else {
            headers[.contentLength] = String(size)
            let body = request.method == .head ? ResponseBody() : try await body(digest, 0..<size)
            return Response(status: .ok, headers: headers, body: body)
        }
        guard let range = Self.range(header, size: size) else {
            headers[.contentRange] = "bytes */\(size)"
            throw RegistryFailure(.sizeInvalid, .rangeNotSatisfiable, "the blob has \(size) bytes", headers: headers)
        }
        headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        headers[.contentLength] = String(range.count)
        let body = request.method == .head ? ResponseBody() : try await body(digest, range)
        return Response(status: .partialContent, headers: headers, body: body)
    }

    private func body(_ digest: Digest, _ range: Range<Int>) async throws -> ResponseBody {
        let stream = try await blobs.stream(digest, range: range)
        return ResponseBody(contentLength: stream.count) { writer in
            for try await piece in stream { try await writer.write(ByteBuffer(bytes: piece)) }
            try await writer.finish(nil)
        }
    }

    func deleteBlob(_ repository: String, _ text: String) throws -> Response {
        guard let digest = Digest(text) else { throw RegistryFailure.digest(text) }
        guard repositories.hasBlob(digest, in: repository) else { throw RegistryFailure.blob(text) }
        try repositories.removeBlob(digest, from: repository)
        return Response(status: .accepted)
    }

    /// One range of `bytes=first-last`, `bytes=first-` or `bytes=-count` (RFC 9110 section 14); nil for any other.
    static func range(_ header: String, size: Int) -> Range<Int>? {
        guard header.hasPrefix("bytes=") else { return nil }
        let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        if parts[0].isEmpty {
            guard let count = number(parts[1]), count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
        guard let first = number(parts[0]), first < size else { return nil }
        if parts[1].isEmpty { return first..<size }
        guard let last = number(parts[1]), last >= first else { return nil }
        return first..<min(size, last.addingReportingOverflow(1).partialValue == Int.min ? size : last + 1)
    }

    /// Digits and nothing else: `Int` would take a sign.
    static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}

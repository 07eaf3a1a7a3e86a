import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import OCI
import WaybillCore

extension RegistryService {
    /// Entries of one answer, where the client names no number.
    static let pageMax = 1000

    func tags(_ request: Request, _ repository: String) throws -> Response {
        guard repositories.exists(repository) else {
            throw RegistryFailure(.nameUnknown, .notFound, "there is no repository \(repository)")
        }
        let page = try Page(request, of: try repositories.tags(in: repository), path: "/v2/\(repository)/tags/list")
        return page.response(["name": .string(repository), "tags": .array(page.entries.map(Value.string))])
    }

    func catalog(_ request: Request) throws -> Response {
        let page = try Page(request, of: try repositories.repositories(), path: "/v2/_catalog")
        return page.response(["repositories": .array(page.entries.map(Value.string))])
    }

    /// What refers to a subject, which need not exist: an index, empty where nothing does.
    func referrers(_ request: Request, _ repository: String, _ text: String) throws -> Response {
        guard let digest = Digest(text) else { throw RegistryFailure.digest(text) }
        var found = try repositories.referrers(of: digest, in: repository)
        let filter = request.uri.queryParameters["artifactType"].map(String.init)
        if let filter { found = found.filter { $0.artifactType == filter } }
        let page = try Page(
            request, of: found.map(\.digest.description), path: "/v2/\(repository)/referrers/\(digest)",
            keeping: filter.map { ("artifactType", $0) })
        let shown = Set(page.entries)
        let index = Index(manifests: found.filter { shown.contains($0.digest.description) })
        var response = page.response(.null)
        response.headers[.contentType] = MediaType.imageIndex.rawValue
        if filter != nil { response.headers[.filtersApplied] = "artifactType" }
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: index.bytes))
        return response
    }
}

/// A part of a list: `n` entries after `last`, with the way to the next part.
private struct Page {
    let entries: [String]
    private let next: String?

    init(_ request: Request, of all: [String], path: String, keeping filter: (String, String)? = nil) throws {
        let query = request.uri.queryParameters
        var count = RegistryService.pageMax
        if let text = query["n"] {
            guard let number = RegistryService.number(text) else {
                throw RegistryFailure(.sizeInvalid, .badRequest, "n is not a number")
            }
            count = min(count, number)
        }
        let rest = query["last"].map { last in all.filter { String(last).precedesByBytes($0) } } ?? all
        entries = Array(rest.prefix(count))
        guard let last = entries.last, entries.count < rest.count else {
            next = nil
            return
        }
        // Tags, names and digests need no escapes in a query; a filter is escaped byte by byte.
        let kept = filter.map { "&\($0.0)=" + Self.escaped($0.1) } ?? ""
        next = "<\(path)?n=\(count)&last=\(last)\(kept)>; rel=\"next\""
    }

    func response(_ value: Value) -> Response {
        var response = JSONBody.response(value)
        if let next { response.headers[.link] = next }
        return response
    }

    private static func escaped(_ text: String) -> String { text.utf8.map { "%" + Hex.encode([$0]) }.joined() }
}

import Documents
import MetadataFilters

/// Filters of lists: read, compiled, asked of a document, narrowed.
enum MetadataFuzz {
    static let targets = [FuzzTarget("metadata-filter", filter)]

    private static let document: Value = [
        "kind": "VULNERABILITY", "resourceUri": "https://r/cart@sha256:9f", "createTime": "2026-11-21T12:00:00Z",
        "a": ["b": [["c": 1], ["c": "x"]]], "labels": ["team": "shop"],
    ]

    static func filter(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if let tree = try? FilterParser.parse(text) {
            _ = FilterListing.text(tree, of: text, location: "fuzz")
        }
        guard let filter = try? MetadataFilter(text, resolve: { $0 }) else { return }
        let narrowing = FilterNarrowing(filter, columns: .init(resource: FieldPath("resourceUri")))
        // What narrowing leaves out, the filter must leave out as well.
        guard filter.matches(document) else { return }
        let isLeft =
            narrowing.kinds.map { $0.contains("VULNERABILITY") } ?? true
            && narrowing.resources.map { $0.contains("https://r/cart@sha256:9f") } ?? true
            && narrowing.createdFrom.map { $0 <= 1_795_262_400_000 } ?? true
            && narrowing.createdBefore.map { $0 > 1_795_262_400_000 } ?? true
        guard isLeft else { throw FuzzTarget.Finding(message: "narrowing leaves out what the filter takes") }
    }
}

import Documents
import WaybillCore

/// A program of the user's own that makes an application's objects, where that is not kustomize.
///
/// It is run in a closed room without network, with nothing but the files named here. What it writes is what is shown,
/// judged and applied.
public struct RendererSettings: Hashable, Sendable {
    public enum Program: String, Sendable, CaseIterable, Hashable { case helm, jsonnet }

    public var program: Program
    /// The file that jsonnet evaluates, or the folder of the chart, below the application's folder.
    public var entry: String
    /// Folders of the repository in which jsonnet looks for what is imported.
    public var libraries: [String]
    /// Files of values for a chart, below the application's folder; later ones win.
    public var values: [String]
    /// Top-level arguments of jsonnet, as texts.
    public var arguments: [String: String]
    /// The chart's release; the application's name where none is written.
    public var release: String?

    public init(
        _ program: Program, entry: String, libraries: [String] = [], values: [String] = [],
        arguments: [String: String] = [:], release: String? = nil
    ) {
        self.program = program
        self.entry = entry
        self.libraries = libraries
        self.values = values
        self.arguments = arguments
        self.release = release
    }

    private static let argumentsMax = 100

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "render")
        // Paths below the application's folder are looked for when it is rendered.
        let jsonnet = try fields.path("jsonnet", exists: { _ in true })
        let helm = try fields.path("helm", exists: { _ in true })
        switch (jsonnet, helm) {
        case (let file?, nil):
            self.init(.jsonnet, entry: file)
            libraries = try fields.paths("libraries", exists: exists) ?? []
            arguments = try Self.arguments(&fields)
        case (nil, let folder?):
            self.init(.helm, entry: folder)
            values = try fields.paths("values", exists: { _ in true }) ?? []
            release = try fields.label("release")
        default: throw DocumentError(at: node.position, "render: expected one of helm and jsonnet")
        }
        try fields.finish()
    }

    private static func arguments(_ fields: inout Fields) throws(DocumentError) -> [String: String] {
        guard let node = fields.node("arguments") else { return [:] }
        guard let members = node.members, members.count <= argumentsMax else {
            throw DocumentError(
                at: node.position, "render.arguments: expected at most \(argumentsMax) names with their texts")
        }
        var arguments: [String: String] = [:]
        for member in members {
            let isName =
                member.key.utf8.first.map { !(48...57).contains($0) } == true
                && member.key.utf8.allSatisfy { byte in
                    (97...122).contains(byte | 0x20) && byte & 0x40 != 0 || (48...57).contains(byte) || byte == 0x5F
                }
            guard isName, let text = member.node.string else {
                throw DocumentError(
                    at: member.keyPosition, "render.arguments: expected names with texts; put numbers in quotes")
            }
            arguments[member.key] = text
        }
        return arguments
    }
}

public import Documents
public import WaybillCore

/// A file with its document.
public struct ParsedFile: Sendable {
    public let path: String
    public let parser: FileParser
    public let node: Node

    /// Reads the file by the given parser, or by the one that its name says.
    /// Throws `.invalidInput` where the name says nothing: a wrong guess would look like a pass.
    public init(path: String, bytes: [UInt8], parser: FileParser? = nil, limits: DocumentLimits = .standard)
        throws(WaybillError)
    {
        let guess: FileParser? = if let parser { parser } else { try FileParser(file: path) }
        guard let chosen = guess else {
            throw WaybillError(
                .invalidInput, "the name says nothing about the format", subject: path,
                remedy: "name it with --parser, one of \(FileParser.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.path = path
        self.parser = chosen
        node = try chosen.node(from: bytes, file: path, limits: limits)
    }

    /// What a policy is asked about one by one: the documents of a stream, or the one document.
    var documents: [Node] { node.elements ?? [node] }
}

extension Node {
    /// Where a pointer's target stands, as a location in a file.
    func location(of pointer: Pointer, in file: String) -> SourceLocation {
        SourceLocation(file: file, position: position(of: pointer))
    }
}

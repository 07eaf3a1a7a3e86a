public import WaybillCore

/// A commit object, read from the bytes that Git hashes.
public struct GitCommit: Hashable, Sendable {
    public var tree: String
    public var parents: [String]
    public var author: GitPerson
    public var committer: GitPerson
    public var message: String
    /// The armoured signature of the `gpgsig` header; nil for an unsigned commit.
    public var signature: [UInt8]?
    /// The bytes that the signature is over: the object without its signature headers.
    public var signedPayload: [UInt8]

    /// Reads the object's bytes, without the `commit 123` frame before them.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        let object = try GitObject(parsing: bytes, subject: "commit object")
        tree = try object.objectName(object.required("tree"), "tree")
        parents = []
        for header in object.headers where header.name == "parent" {
            parents.append(try object.objectName(header.value, "parent"))
        }
        // Git writes tree, parents, author and committer first and in this order, and reads them by position.
        let expected = ["tree"] + parents.map { _ in "parent" } + ["author", "committer"]
        guard object.headers.prefix(expected.count).map(\.name) == expected else {
            throw object.bad("the headers tree, parent, author, committer are not in order")
        }
        author = try Self.person("author", object)
        committer = try Self.person("committer", object)
        _ = try object.header("encoding")
        if let header = try object.header("gpgsig") {
            signature = header
        } else {
            signature = try object.header("gpgsig-sha256")
        }
        let signatures = object.headers.filter { $0.name.utf8.starts(with: "gpgsig".utf8) }
        guard signatures.count <= 1 else { throw object.bad("holds more than one signature") }
        signedPayload = bytes
        if let header = signatures.first { signedPayload.removeSubrange(header.range) }
        message = String(decoding: bytes[object.messageStart...], as: UTF8.self)
    }

    /// The first line of the message.
    public var title: String { GitObject.title(of: message) }

    private static func person(_ name: String, _ object: GitObject) throws(WaybillError) -> GitPerson {
        guard let person = GitPerson(parsing: try object.required(name)) else {
            throw object.bad("the header “\(name)” is not: name <email> seconds zone")
        }
        return person
    }
}

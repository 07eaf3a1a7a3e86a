public import WaybillCore

/// A Git object's name: 40 or 64 lower-case hexadecimal characters.
public struct ObjectID: Hashable, Sendable, CustomStringConvertible {
    public let hex: String

    public init?(_ text: some StringProtocol) {
        let count = text.utf8.count
        guard count == 40 || count == 64,
            text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        hex = String(text)
    }

    /// For text that is known to be right.
    init(validHex: String) { hex = validHex }

    public var description: String { hex }
    public var short: String { String(hex.prefix(10)) }
    /// The name that stands for no object, as hooks use it.
    public var isZero: Bool { hex.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }
}

/// A Git repository, seen as the few verbs that delivery needs.
public protocol GitRepository: Sendable {
    /// The commit that a reference or revision names, nil where there is none.
    func resolve(_ revision: String) async throws(WaybillError) -> ObjectID?
    /// All references with their objects.
    func references() async throws(WaybillError) -> [String: ObjectID]
    /// An object's type (`commit`, `tree`, `blob`, `tag`) and bytes; nil where it is not there.
    func object(_ id: ObjectID) async throws(WaybillError) -> (type: String, bytes: [UInt8])?
    /// Commits that are reachable from `head` and not from `base`, parents before children.
    func commits(from base: ObjectID?, to head: ObjectID) async throws(WaybillError) -> [ObjectID]
    func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) async throws(WaybillError) -> Bool
    /// Paths of files below `folder` ("" for all) at a revision, with mode and blob.
    func files(at revision: ObjectID, under folder: String) async throws(WaybillError) -> [GitFile]
    /// A file's bytes at a revision, nil where there is none.
    func read(_ path: String, at revision: ObjectID) async throws(WaybillError) -> [UInt8]?
    /// Names of files that differ between two revisions.
    func changedPaths(from base: ObjectID, to head: ObjectID) async throws(WaybillError) -> [String]
}

/// A file of a Git tree.
public struct GitFile: Hashable, Sendable {
    public var path: String
    /// `100644`, `100755`, `120000` for a symbolic link, `160000` for a submodule.
    public var mode: String
    public var blob: ObjectID

    public init(path: String, mode: String, blob: ObjectID) {
        self.path = path
        self.mode = mode
        self.blob = blob
    }
}

import Documents
import GitRepositories
public import WaybillCore

/// What a repository asks of its branches: the `source` section of `waybill.yaml`.
public struct SourcePolicy: Hashable, Sendable {
    /// The file that holds the section, and the limit on its size.
    public static let file = "waybill.yaml"
    static let reviewsMax = 10

    /// Branches that take only signed, reviewed fast-forwards. `main` always is one of them.
    public var protect: [String]
    /// The OpenSSH allowed signers file.
    public var signers: String
    /// Approvals by people who wrote no commit of the change.
    public var reviews: Int

    public init(protect: [String] = ["main"], signers: String = ".waybill/allowed_signers", reviews: Int = 1) {
        self.protect = protect
        self.signers = signers
        self.reviews = reviews
    }

    /// Reads the section and nothing else of the file; an unknown key in it is an error.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        self.init()
        do throws(DocumentError) {
            let root = try YAMLReader.node(from: bytes, schema: .core)
            guard root.members != nil else {
                throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
            }
            guard let section = root["source"], section.scalar != .null else { return }
            var fields = try Fields(section, of: "source")
            if let names = try fields.strings("protect") {
                for name in names where !ReferenceName.isValid("refs/heads/\(name)") {
                    throw DocumentError(at: section.position, "source.protect: \(Redaction.excerpt(name)) is not a branch name")
                }
                protect = names
            }
            signers = try fields.string("signers") ?? signers
            guard GitPath.isPlain(signers) else {
                throw DocumentError(at: section.position, "source.signers: \(Redaction.excerpt(signers)) is not a path in the repository")
            }
            reviews = try fields.integer("reviews", in: 0...Self.reviewsMax) ?? reviews
            try fields.finish()
        } catch {
            throw error.inFile(Self.file)
        }
    }

    /// Whether a reference is a protected branch.
    func protects(_ reference: String) -> Bool {
        (protect + ["main"]).contains { "refs/heads/\($0)".utf8.elementsEqual(reference.utf8) }
    }
}

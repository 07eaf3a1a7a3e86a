import Advisories
import Files
import GitRepositories
import Ledger
import OCI
import PipelineService
import Registries
import Sandboxes
import Signers
import Trust
import WaybillCore

/// A pipeline on honest stand-ins, in a folder that is gone afterwards.
final class Works {
    static let project = """
        version: 1
        name: shop
        owner: shop-team@shop.example
        build: {containerfile: Containerfile}
        test: {goss: [goss.yaml]}
        scan: {unknown: warn}
        """
    static let files = [
        "waybill.yaml": project, "Containerfile": "FROM waybill.local/base:1\nUSER 1000:1000\n",
        "goss.yaml": "file:\n  /app/hello:\n    exists: true\n    contents: [hello]\n",
    ]

    let folder: String
    let ledger: SQLiteLedger
    let registry = MemoryRegistry()
    let repository = InMemoryRepository()
    let signer = InMemorySigner(policy: SigningPolicy(builderID: PipelineService.builderID))
    var advisories = AdvisoryIndex()

    init() throws {
        folder = "/tmp/waybill-pipeline-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder, mode: 0o700)
        ledger = try SQLiteLedger(path: nil)
    }

    deinit { try? Files.remove(folder) }

    var verifier: EnvelopeVerifier { EnvelopeVerifier(keys: [TrustedKey(signer.publicKey, name: "waybill")]) }

    /// An image that runs as an ordinary user and holds these files.
    static func image(_ files: [String: String] = ["app/hello": "hello\n"]) throws -> BuiltImage {
        var builder = ImageBuilder()
        builder.process.user = "1000:1000"
        builder.process.command = ["/app/hello"]
        builder.addLayer(
            files.map { path, text in
                FileEntry(path: path, kind: .file, mode: 0o644, size: text.utf8.count, contents: Array(text.utf8))
            })
        return try builder.build()
    }

    func service(_ sandbox: any Sandbox, base: [BaseImageSource] = []) -> PipelineService {
        let index = advisories
        return PipelineService(
            ledger: ledger, signer: signer, sandbox: sandbox, registry: registry, baseImages: base,
            advisories: { () throws(WaybillError) in index }, workFolder: folder + "/work",
            now: { Instant(milliseconds: 1_795_219_200_000) })
    }

    /// A commit of these files.
    func commit(_ files: [String: String] = Works.files) async throws -> ObjectID {
        let tree = try await repository.storeTree(
            changing: Dictionary(uniqueKeysWithValues: files.map { ($0, Array($1.utf8) as [UInt8]?) }), of: nil)
        return try await commit(tree: tree)
    }

    func commit(tree: ObjectID) async throws -> ObjectID {
        let person = CommitPerson(name: "Author", email: "author@shop.example", seconds: 1_795_000_000)
        return try await repository.store(CommitDraft(tree: tree, parents: [], author: person, message: "Shop"))
    }

    /// A tree of entries as they are given, whatever git itself would say to them.
    func tree(_ entries: [(mode: String, name: String, id: ObjectID)]) async throws -> ObjectID {
        let bytes = entries.flatMap { Array("\($0.mode) \($0.name)\0".utf8) + (Hex.decode($0.id.hex) ?? []) }
        return try await repository.store("tree", bytes)
    }

    func blob(_ text: String) async throws -> ObjectID { try await repository.store("blob", Array(text.utf8)) }

    func run(_ sandbox: any Sandbox, _ commit: ObjectID) async throws -> PipelineRun {
        try await service(sandbox).run("shop", repository, commit: commit, actor: "author@shop.example")
    }

    /// What is left of runs.
    func leftovers() throws -> [String] {
        Files.isFolder(folder + "/work") ? try Files.names(in: folder + "/work") : []
    }
}

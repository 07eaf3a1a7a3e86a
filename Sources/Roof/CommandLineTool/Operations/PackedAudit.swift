import Attestations
import AuditService
import Files
import GitRepositories
import Trust
import WaybillCore

/// Walks the chain of an exported pack: nothing but the file and the reader's own trust root.
enum PackedAudit {
    static func chain(
        _ file: String, trustRoot: String, asked: String?, namespace: String, at moment: Timestamp
    ) async throws(WaybillError) -> PaperChain {
        let keys = try keys(trustRoot)
        let pack = try EvidencePack(parsing: try Files.read(file, bytesMax: EvidencePack.bytesMax), file: file)
        return try await pack.chain(
            of: try asked.map { text throws(WaybillError) in try subject(text, namespace, pack) }, trusting: keys,
            at: moment)
    }

    /// A public key as PEM, or a file of trusted keys with their limits.
    static func keys(_ path: String) throws(WaybillError) -> [TrustedKey] {
        let bytes = try Files.read(path, bytesMax: TrustedKeyFile.bytesMax)
        guard bytes.starts(with: "-----BEGIN".utf8) else { return try TrustedKeyFile(parsing: bytes, file: path).keys }
        return [TrustedKey(try PublicKey(pem: String(decoding: bytes, as: UTF8.self)), name: Platform.signerName)]
    }

    private static func subject(
        _ text: String, _ namespace: String, _ pack: EvidencePack
    ) throws(WaybillError) -> ChainSubject {
        guard let commit = AuditOperations.commit(text) else {
            return try AuditOperations.imageOrWorkload(text, namespace)
        }
        let repository = pack.repositories.sorted { $0.key < $1.key }.first { $0.value[commit.hex] != nil }?.key
        guard let repository else {
            throw WaybillError(.notFound, "the pack has no such commit", subject: commit.hex)
        }
        return .commit(commit.hex, repository: repository)
    }
}

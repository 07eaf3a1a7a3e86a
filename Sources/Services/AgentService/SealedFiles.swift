import Secrets
import Synchronization
import WaybillCore

/// Opens the sealed files of one rendering and remembers that there were some. What was opened is kept nowhere.
final class SealedFiles: Sendable {
    private static let refusal = "is sealed with SOPS, and the agent"
    private let keys: @Sendable () throws(WaybillError) -> [AgeIdentity]
    private let opened = Mutex<Set<String>>([])

    init(keys: @escaping @Sendable () throws(WaybillError) -> [AgeIdentity]) { self.keys = keys }

    /// Whether nothing was sealed.
    var isEmpty: Bool { opened.withLock(\.isEmpty) }

    /// Whether an error says that a file stayed sealed.
    static func isRefusal(_ error: WaybillError) -> Bool {
        error.code == .forbidden && error.message.hasPrefix(refusal)
    }

    func open(_ path: String, _ bytes: [UInt8]) throws(WaybillError) -> [UInt8] {
        let identities: [AgeIdentity]
        do throws(WaybillError) { identities = try keys() } catch {
            throw WaybillError(
                .forbidden, "\(Self.refusal) cannot use its keys: \(error.message)", subject: path,
                remedy: error.remedy)
        }
        guard !identities.isEmpty else {
            throw WaybillError(
                .forbidden, "\(Self.refusal) has no key for it", subject: path,
                remedy: "put a key of age that opens it into the agent's folder of keys: see docs/delivery.md")
        }
        let plain = try SOPSFile.decrypted(bytes, file: path, with: identities)
        opened.withLock { _ = $0.insert(path) }
        return plain
    }
}

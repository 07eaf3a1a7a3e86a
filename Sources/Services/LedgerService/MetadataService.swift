import Attestations
import Documents
import Grafeas
public import Ledger
import Logging
public import MetadataRules
import SwiftProtobuf
import WaybillCore

/// The methods of the API, whatever carries them: asks who may, checks what is written, and keeps it in the store.
public struct MetadataService: Sendable {
    /// Notes or occurrences of one batch.
    public static let batchMax = 1000

    let store: any MetadataStore
    let access: LedgerAccess
    let refusals: any RefusalRecord
    let now: @Sendable () -> Instant
    let newID: @Sendable () -> String

    public init(
        store: any MetadataStore, access: LedgerAccess, refusals: any RefusalRecord,
        now: @escaping @Sendable () -> Instant, newID: @escaping @Sendable () -> String
    ) {
        self.store = store
        self.access = access
        self.refusals = refusals
        self.now = now
        self.newID = newID
    }

    // MARK: who may

    /// Throws where the caller may not, after the refusal is on record.
    func require(
        _ caller: LedgerCaller, _ permission: LedgerPermission, project: String? = nil, note: String? = nil,
        kind: GrafeasKind? = nil
    ) async throws(LedgerFailure) {
        let question = LedgerAccess.Question(permission, project: project, note: note, kind: kind)
        do throws(WaybillError) { try access.require(caller.identity, question) } catch {
            try await record("ledger.refused", caller, subject: error.subject, permission.rawValue, error.message)
            throw LedgerFailure(error)
        }
    }

    /// A refusal that cannot be recorded is still one, and says that something is wrong here.
    func record(
        _ action: String, _ caller: LedgerCaller, subject: String, _ permission: String, _ message: String
    ) async throws(LedgerFailure) {
        let event = Event(
            moment: now(), actor: caller.identity?.name ?? LedgerCaller.nobody, action: action, subject: subject,
            verdict: "deny",
            message: message, detail: ["permission": .string(permission), "peer": .string(caller.peer)])
        do throws(WaybillError) { try await refusals.record(event) } catch {
            throw LedgerFailure(.unavailable, "the call is refused, and the refusal could not be recorded")
        }
    }

    /// A caller that showed a wrong token is refused before any method is asked.
    func recordUnknown(_ failure: LedgerFailure, peer: String) async throws(LedgerFailure) {
        try await record(
            "ledger.refused", LedgerCaller(identity: nil, peer: peer), subject: "token", "", failure.message)
    }

    // MARK: the store

    /// Runs the work with errors in this API's words.
    func failing<T: Sendable>(_ body: () async throws(WaybillError) -> T) async throws(LedgerFailure) -> T {
        do throws(WaybillError) { return try await body() } catch { throw Self.logged(error) }
    }

    /// What failed inside is told nobody, so it is written down here.
    static func logged(_ error: WaybillError) -> LedgerFailure {
        let failure = LedgerFailure(error)
        if failure.status == .internalError || failure.status == .unavailable { log.error("\(error)") }
        return failure
    }

    private static let log = Logger(label: "ledger")

    func checked<T>(_ body: () throws(WaybillError) -> T) throws(LedgerFailure) -> T {
        do throws(WaybillError) { return try body() } catch { throw Self.logged(error) }
    }

    /// The record of this name and kind, as of the caller's moment.
    func record(_ name: String, _ kind: MetadataKind, _ caller: LedgerCaller) async throws(LedgerFailure)
        -> MetadataRecord
    {
        let found = try await failing { () async throws(WaybillError) in
            try await store.record(name, asOf: caller.moment)
        }
        guard let found, found.kind == kind else {
            throw LedgerFailure(.notFound, "there is no \(kind.rawValue) \(Redaction.excerpt(name))")
        }
        return found
    }

    /// Keeps the records while what they name stands.
    func create(_ records: [MetadataRecord], naming names: [String]) async throws(LedgerFailure) {
        do throws(WaybillError) { try await store.create(records, naming: names) } catch {
            switch error.code {
            case .conflict: throw LedgerFailure(.alreadyExists, error.message)
            case .notFound: throw LedgerFailure(.notFound, "there is no \(Redaction.excerpt(error.subject))")
            default: throw Self.logged(error)
            }
        }
    }

    /// Ends what nothing names; the store looks and ends in one step.
    func deleteUnused(_ name: String, _ use: String) async throws(LedgerFailure) {
        do throws(WaybillError) { try await store.delete(name, at: now(), ifUnused: true) } catch {
            guard error.code == .conflict else { throw Self.logged(error) }
            throw LedgerFailure(.failedPrecondition, "\(name) \(use); delete them first")
        }
    }

    /// Writing is about now.
    func refuseMoment(_ caller: LedgerCaller) throws(LedgerFailure) {
        guard caller.moment == nil else {
            throw LedgerFailure(.invalidArgument, "only what reads can be asked as of a moment")
        }
    }

    static func timestamp(_ instant: Instant) -> Google_Protobuf_Timestamp {
        let seconds = instant.milliseconds / 1000 - (instant.milliseconds % 1000 < 0 ? 1 : 0)
        return Google_Protobuf_Timestamp(
            seconds: seconds, nanos: Int32(instant.milliseconds - seconds * 1000) * 1_000_000)
    }
}

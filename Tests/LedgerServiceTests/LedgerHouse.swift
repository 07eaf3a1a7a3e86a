import Attestations
import Grafeas
import HTTPServing
import Ledger
import LedgerService
import MetadataRules
import SwiftProtobuf
import Synchronization
import WaybillCore

/// A ledger for tests: a store in memory, a clock that moves by hand, names in order, refusals kept.
final class LedgerHouse: RefusalRecord {
    private let state = Mutex((clock: Int64(1_790_000_000_000), names: 0, events: [Event]()))
    let store: any MetadataStore
    let access: LedgerAccess

    init(_ access: LedgerAccess = .everybodyKnown, store: any MetadataStore = MemoryMetadataStore()) {
        self.access = access
        self.store = store
    }

    var service: MetadataService {
        MetadataService(
            store: store, access: access, refusals: self,
            now: { self.state.withLock { Instant(milliseconds: $0.clock) } },
            newID: {
                self.state.withLock {
                    $0.names += 1
                    return "o\($0.names)"
                }
            })
    }

    var identities: CallerIdentities {
        CallerIdentities(
            tokens: TokenTable([("secret", Identity("anna"))]), issuers: access.issuers,
            now: { Timestamp(seconds: 1_790_000_000) })
    }

    /// Moves the clock on and gives the moment before.
    @discardableResult
    func tick() -> Instant {
        state.withLock {
            $0.clock += 1000
            return Instant(milliseconds: $0.clock - 1000)
        }
    }

    var refusals: [Event] { state.withLock { $0.events } }

    func record(_ event: Event) async throws(WaybillError) { state.withLock { $0.events.append(event) } }

    static let anna = LedgerCaller(identity: Identity("anna"))

    static let note = V1Note.with {
        $0.shortDescription = "log4shell"
        $0.vulnerability.severity = .critical
    }

    static func occurrence(_ resource: String, note: String = "projects/shop/notes/CVE-1") -> V1Occurrence {
        .with {
            $0.resourceUri = resource
            $0.noteName = note
            $0.vulnerability.packageIssue = [
                .with {
                    $0.affectedCpeUri = "cpe"
                    $0.affectedPackage = "log4j"
                    $0.affectedVersion.kind = .minimum
                    $0.fixedVersion.kind = .maximum
                }
            ]
        }
    }

    /// With a note and this many occurrences of it.
    func filled(_ count: Int) async throws -> MetadataService {
        let service = service
        _ = try await service.createNote(
            V1Flavor.self, parent: "projects/shop", id: "CVE-1", note: Self.note, Self.anna)
        for number in 0..<count {
            tick()
            _ = try await service.createOccurrence(
                V1Flavor.self, parent: "projects/shop", occurrence: Self.occurrence("r\(number % 3)"), Self.anna)
        }
        return service
    }
}

/// What a call that must fail says.
func failure(_ body: () async throws -> Void) async -> LedgerFailure.Status? {
    do {
        try await body()
        return nil
    } catch let error as LedgerFailure { return error.status } catch { return .internalError }
}

import Ledger
import LedgerExercises
import Testing
import WaybillCore

/// Random operations on a store and on the plain model end alike, and every read agrees, now and as of any moment.
struct MetadataPropertyTests {
    @Test(arguments: StoreKind.available, [(UInt64(1), false), (2, false), (3, true), (4, true)])
    func `a store agrees with the plain model at every moment`(_ kind: StoreKind, _ seed: (UInt64, Bool)) async throws {
        let store = try await kind.open()
        var exercise = MetadataExercise(seed: seed.0, hasOddClocks: seed.1)
        for round in 0..<4 {
            for _ in 0..<60 {
                let (operation, expected) = exercise.next()
                let outcome = try await store.perform(operation)
                #expect(outcome == expected, "operation \(exercise.count)")
            }
            var comparison = MetadataComparison(store, exercise.history, seed: UInt64(round))
            #expect(try await comparison.difference() == nil)
            #expect(try await comparison.difference(reads: 40, upTo: Int64(exercise.count)) == nil)
        }
        for moment in stride(from: Int64(-1), through: 250, by: 37) {
            let comparison = MetadataComparison(store, exercise.history, seed: 1)
            #expect(try await comparison.difference(asOf: Instant(milliseconds: moment)) == nil)
        }
    }

    @Test func `a store that lost something differs from the model`() async throws {
        let store = MemoryMetadataStore()
        var exercise = MetadataExercise(seed: 9)
        for _ in 0..<50 { _ = try await store.perform(exercise.next().operation) }
        let comparison = MetadataComparison(store, exercise.history, seed: 1)
        #expect(try await comparison.difference() == nil)
        try await store.delete(try #require(exercise.history.names.first), at: Instant(milliseconds: 1_000))
        #expect(try await comparison.difference() != nil)
    }
}

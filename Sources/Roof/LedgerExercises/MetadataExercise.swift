public import Ledger
public import WaybillCore

/// Random operations on a store of notes and occurrences, the same for the same seed, and what they must come to.
///
/// The operation's number is its moment, so that the state after any of them can be asked for later.
public struct MetadataExercise: Sendable {
    public enum Operation: Sendable {
        case create([MetadataRecord])
        case update(MetadataRecord, replacing: MetadataRecord)
        case delete(String, at: Instant)
    }

    /// What the store must hold after the operations so far.
    public private(set) var history = MetadataHistory()
    /// Operations so far.
    public private(set) var count = 0
    private var random: SplitMix
    /// Whether clocks go wrong now and then; a moment is then no operation's number any more.
    private let hasOddClocks: Bool

    static let notes = [
        "projects/scan/notes/CVE-2021-44228", "projects/scan/notes/caf\u{E9}", "projects/other/notes/x",
    ]
    /// The second and the third differ in bytes alone.
    static let resources = [
        "https://registry.example/shop@sha256:aa", "https://registry.example/caf\u{E9}",
        "https://registry.example/cafe\u{301}", "https://registry.example/100%_\u{1F6A2}'\"", "",
    ]

    public init(seed: UInt64, hasOddClocks: Bool = false) {
        random = SplitMix(seed: seed)
        self.hasOddClocks = hasOddClocks
    }

    /// The next operation, and how it must end: nil for success. The history has taken it already.
    public mutating func next() -> (operation: Operation, failure: WaybillError.Code?) {
        count += 1
        let operation = choose()
        do throws(WaybillError) {
            switch operation {
            case .create(let records): try history.create(records)
            case .update(let record, let old): try history.update(record, replacing: old)
            case .delete(let name, let moment): try history.delete(name, at: moment)
            }
            return (operation, nil)
        } catch {
            return (operation, error.code)
        }
    }

    private mutating func choose() -> Operation {
        let names = history.names
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4:
            // The more names are taken, the rarer a large batch finds none of them.
            let batch = Bool.random(using: &random) ? 1 : Int.random(in: 1...12, using: &random)
            return .create((0..<batch).map { _ in record(named: newName()) })
        case 4..<8:
            guard let name = names.randomElement(using: &random), var old = history.record(name, asOf: nil) else {
                return .delete(newName(), at: moment())
            }
            let changed = record(named: name)
            // Now and then on top of a version that is not the newest.
            if Int.random(in: 0..<6, using: &random) == 0 { old.body.append(1) }
            return .update(changed, replacing: old)
        case 8..<10 where Int.random(in: 0..<4, using: &random) > 0:
            return .delete(names.randomElement(using: &random) ?? newName(), at: moment())
        default: return .delete(newName(), at: moment())
        }
    }

    private mutating func newName() -> String {
        let number = Int.random(in: 0..<(30 + min(count, 500)), using: &random)
        switch number % 20 {
        case 0: return "projects/p\(number)"
        case 1, 2: return "projects/p\(number % 3)/notes/n\(number)"
        default: return "projects/p\(number % 3)/occurrences/o\(number)"
        }
    }

    private mutating func record(named name: String) -> MetadataRecord {
        let kind: MetadataKind =
            name.contains("/occurrences/") ? .occurrence : name.contains("/notes/") ? .note : .project
        let now = moment()
        return MetadataRecord(
            kind: kind, name: name, project: String(name.split(separator: "/")[1]),
            note: kind == .occurrence ? Self.notes.randomElement(using: &random) ?? "" : "",
            resource: kind == .occurrence ? Self.resources.randomElement(using: &random) ?? "" : "",
            noteKind: kind == .project ? 0 : Int32.random(in: 1...4, using: &random), created: now, updated: now,
            body: (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private mutating func moment() -> Instant {
        let slip = hasOddClocks && Int.random(in: 0..<5, using: &random) == 0
        return Instant(milliseconds: Int64(count) + (slip ? Int64.random(in: -20...5, using: &random) : 0))
    }
}

extension MetadataStore {
    /// Does what the operation says and how it ended: nil for success. Throws what no operation may end with.
    public func perform(_ operation: MetadataExercise.Operation) async throws(WaybillError) -> WaybillError.Code? {
        do throws(WaybillError) {
            switch operation {
            case .create(let records): try await create(records)
            case .update(let record, let old): try await update(record, replacing: old)
            case .delete(let name, let moment): try await delete(name, at: moment)
            }
            return nil
        } catch {
            guard [.conflict, .notFound].contains(error.code) else { throw error }
            return error.code
        }
    }
}

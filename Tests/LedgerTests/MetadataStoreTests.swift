import Ledger
import LedgerExercises
import Testing
import WaybillCore

struct MetadataStoreTests {
    @Test(.enabled(if: ScratchPostgres.obstacle == nil, "no PostgreSQL server can be started here: scripts/setup"))
    func `these tests run over PostgreSQL as well`() {
        #expect(StoreKind.available.contains(.postgres))
    }

    @Test(arguments: StoreKind.available)
    func `a batch is stored whole or not at all, and the first that exists is named`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        try await store.create([.occurrence("a")])
        let error = await failure { () throws(WaybillError) in
            try await store.create([.occurrence("b"), .occurrence("a"), .occurrence("b")])
        }
        #expect(error?.code == .conflict)
        #expect(error?.subject == "projects/p/occurrences/a")
        let twice = await failure { () throws(WaybillError) in
            try await store.create([.occurrence("c"), .occurrence("d"), .occurrence("c")])
        }
        #expect(twice?.code == .conflict)
        #expect(twice?.subject == "projects/p/occurrences/c")
        #expect(try await store.names(MetadataQuery(kind: .occurrence, project: "p")) == ["a"])
        try await store.create([])
    }

    @Test(arguments: StoreKind.available)
    func `of creates that come at the same time each fails or stands alone`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        try await store.create([.occurrence("taken")])
        // Every third asks for a name that is there, or names a record that is not: it takes no other along.
        let failures = await withTaskGroup(of: (Int, WaybillError?).self) { group in
            for number in 0..<90 {
                group.addTask {
                    let isWrong = number.isMultiple(of: 3)
                    let error = await failure { () throws(WaybillError) in
                        if isWrong, number.isMultiple(of: 2) {
                            try await store.create(
                                [.occurrence("\(number)")], naming: ["projects/p/notes/absent"])
                        } else {
                            try await store.create([.occurrence("\(number)")] + (isWrong ? [.occurrence("taken")] : []))
                        }
                    }
                    return (number, error)
                }
            }
            // One that is cancelled is made or not; the others do not feel it.
            let cancelled = Task { try await store.create([.occurrence("cancelled")]) }
            cancelled.cancel()
            _ = await cancelled.result
            var found: [Int: WaybillError.Code] = [:]
            for await (number, error) in group { found[number] = error?.code }
            return found
        }
        for number in 0..<90 {
            let wanted: WaybillError.Code? =
                !number.isMultiple(of: 3) ? nil : number.isMultiple(of: 2) ? .notFound : .conflict
            #expect(failures[number] == wanted, "\(number)")
        }
        var names = Set(try await store.names(MetadataQuery(kind: .occurrence, project: "p")))
        names.remove("cancelled")
        #expect(names == Set((0..<90).filter { !$0.isMultiple(of: 3) }.map(String.init) + ["taken"]))
    }

    @Test(arguments: StoreKind.available)
    func `a batch of thousands keeps its order`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        let records = (0..<2_500).map { MetadataRecord.occurrence("\($0)", body: "\($0)") }
        try await store.create(records)
        let first = try await store.records(
            MetadataQuery(kind: .occurrence, project: "p"), after: nil, limit: 2_000, asOf: nil)
        #expect(first.records == Array(records[..<2_000]))
        let rest = try await store.records(
            MetadataQuery(kind: .occurrence, project: "p"), after: first.next, limit: 500, asOf: nil)
        #expect(rest.records == Array(records[2_000...]))
        #expect(rest.next == nil)
    }

    @Test(arguments: StoreKind.available)
    func `what is stored comes back byte for byte`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        var record = MetadataRecord.occurrence("\u{1F6A2} 'x' \"y\" %_\\", resource: "caf\u{E9}", noteKind: .max)
        record.body = (0...255).map { UInt8($0) } + [0, 0]
        record.created = Instant(milliseconds: .min / 2)
        try await store.create([record])
        let found = try #require(try await store.record(record.name, asOf: nil))
        #expect(found == record)
        #expect(Array(found.resource.utf8) == Array("caf\u{E9}".utf8))
        // The same to a reader, another to the store.
        let other = MetadataRecord.occurrence("b", resource: "cafe\u{301}")
        try await store.create([other])
        var query = MetadataQuery(kind: .occurrence)
        query.resources = ["cafe\u{301}"]
        #expect(try await store.names(query) == ["b"])
    }

    @Test(arguments: StoreKind.available)
    func `an update replaces what the caller has seen and nothing newer`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        let first = MetadataRecord.occurrence("a", at: 1, body: "1")
        var second = first
        second.updated = Instant(milliseconds: 5)
        second.body = Array("2".utf8)
        let update = second
        try await store.create([first])
        try await store.update(update, replacing: first)
        let late = await failure { () throws(WaybillError) in try await store.update(update, replacing: first) }
        #expect(late?.code == .conflict)
        let absent = MetadataRecord.occurrence("b")
        let missing = await failure { () throws(WaybillError) in try await store.update(absent, replacing: absent) }
        #expect(missing?.code == .notFound)
        let renamed = await failure { () throws(WaybillError) in try await store.update(absent, replacing: update) }
        #expect(renamed?.code == .invalidInput)
        #expect(try await store.record(first.name, asOf: nil) == second)
    }

    @Test(arguments: StoreKind.available)
    func `of many who change the same record at once one succeeds each time`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        let first = MetadataRecord.occurrence("a", body: "")
        try await store.create([first])
        let codes = try await withThrowingTaskGroup(of: WaybillError.Code?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    var changed = first
                    changed.body = [UInt8(number)]
                    let record = changed
                    return await failure { () throws(WaybillError) in try await store.update(record, replacing: first)
                    }?
                    .code
                }
            }
            var codes: [WaybillError.Code?] = []
            for try await code in group { codes.append(code) }
            return codes
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(codes.count { $0 == .conflict } == 19)
    }

    @Test(arguments: StoreKind.available)
    func `of many who create the same name at once one succeeds`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        let codes = await withTaskGroup(of: WaybillError.Code?.self) { group in
            for number in 0..<10 {
                group.addTask {
                    await failure { () throws(WaybillError) in
                        try await store.create([.occurrence("x\(number)"), .occurrence("same")])
                    }?.code
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(codes.count { $0 == .conflict } == 9)
        #expect(try await store.names(MetadataQuery(kind: .occurrence, project: "p")).count == 2)
    }

    @Test(arguments: StoreKind.available)
    func `reads as of a moment see what stood then`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        let first = MetadataRecord.occurrence("a", resource: "old", at: 10)
        var second = first
        second.updated = Instant(milliseconds: 20)
        second.resource = "new"
        try await store.create([first])
        try await store.update(second, replacing: first)
        try await store.delete(first.name, at: Instant(milliseconds: 30))
        try await store.create([.occurrence("a", resource: "again", at: 40)])
        let name = first.name
        for (moment, expected) in [
            (9, nil), (10, "old"), (19, "old"), (20, "new"), (29, "new"), (30, nil), (39, nil), (40, "again"),
        ] as [(Int64, String?)] {
            let at = Instant(milliseconds: moment)
            #expect(try await store.record(name, asOf: at)?.resource == expected, "as of \(moment)")
            for resource in ["old", "new", "again"] {
                var query = MetadataQuery(kind: .occurrence, project: "p")
                query.resources = [resource]
                #expect(
                    try await store.names(query, asOf: moment) == (resource == expected ? ["a"] : []),
                    "\(resource) as of \(moment)")
            }
        }
        #expect(try await store.record(name, asOf: nil)?.resource == "again")
    }

    @Test(arguments: StoreKind.available)
    func `a clock that goes back changes no past`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        let first = MetadataRecord.occurrence("a", at: 100, body: "1")
        var second = first
        second.updated = Instant(milliseconds: 50)
        second.body = [2]
        try await store.create([first])
        try await store.update(second, replacing: first)
        #expect(try await store.record(first.name, asOf: Instant(milliseconds: 60)) == nil)
        #expect(try await store.record(first.name, asOf: Instant(milliseconds: 100)) == second)
        try await store.delete(first.name, at: Instant(milliseconds: 7))
        try await store.create([.occurrence("a", at: 8)])
        #expect(try await store.record(first.name, asOf: Instant(milliseconds: 99)) == nil)
        #expect(try await store.record(first.name, asOf: Instant(milliseconds: 100))?.updated.milliseconds == 8)
    }

    @Test(arguments: StoreKind.available)
    func `a list is narrowed by every column`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        try await store.create([
            .occurrence("a", note: "n1", resource: "r1", noteKind: 1, at: 10),
            .occurrence("b", note: "n1", resource: "r2", noteKind: 2, at: 20),
            .occurrence("c", note: "n2", resource: "r1", noteKind: 1, at: 30),
            .occurrence("d", project: "q", note: "n1", resource: "r1", noteKind: 3, at: 40),
        ])
        func list(_ narrow: (inout MetadataQuery) -> Void) async throws -> [String] {
            var query = MetadataQuery(kind: .occurrence)
            narrow(&query)
            return try await store.names(query)
        }
        #expect(try await list { _ in } == ["a", "b", "c", "d"])
        #expect(try await list { $0.project = "p" } == ["a", "b", "c"])
        #expect(try await list { $0.notes = ["n1"] } == ["a", "b", "d"])
        #expect(try await list { $0.notes = ["n2", "n1", "n2"] } == ["a", "b", "c", "d"])
        #expect(
            try await list {
                $0.resources = ["r1"]; $0.project = "p"
            } == ["a", "c"])
        #expect(
            try await list {
                $0.resources = ["r1"]; $0.notes = ["n1"]
            } == ["a", "d"])
        #expect(try await list { $0.noteKinds = [3, 2] } == ["b", "d"])
        #expect(
            try await list {
                $0.noteKinds = [2, 1]; $0.project = "p"
            } == ["a", "b", "c"])
        #expect(
            try await list {
                $0.createdFrom = Instant(milliseconds: 20); $0.project = "p"
            } == ["b", "c"])
        #expect(
            try await list {
                $0.createdFrom = Instant(milliseconds: 10)
                $0.createdBefore = Instant(milliseconds: 30)
                $0.project = "p"
            } == ["a", "b"])
        #expect(
            try await list {
                $0.createdBefore = Instant(milliseconds: 10); $0.project = "p"
            } == [])
        #expect(try await list { $0.resources = [] } == [])
        #expect(try await list { $0.kind = .note } == [])
        #expect(
            try await list {
                $0.resources = (0..<300).map { "x\($0)" } + ["r2"]; $0.project = "p"
            } == ["b"])
    }

    @Test(arguments: StoreKind.available)
    func `pages go on where they were while records come and go`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        try await store.create((0..<10).map { .occurrence("\($0)", at: Int64($0)) })
        let query = MetadataQuery(kind: .occurrence, project: "p")
        let first = try await store.records(query, after: nil, limit: 4, asOf: nil)
        #expect(first.records.count == 4)
        try await store.delete(first.records[0].name, at: Instant(milliseconds: 50))
        try await store.delete("projects/p/occurrences/5", at: Instant(milliseconds: 50))
        try await store.create([.occurrence("0", at: 60)])
        var changed = MetadataRecord.occurrence("7", at: 7)
        changed.body = [1]
        try await store.update(changed, replacing: .occurrence("7", at: 7))
        let second = try await store.records(query, after: first.next, limit: 100, asOf: nil)
        #expect(second.records.map { $0.name.split(separator: "/").last } == ["4", "6", "7", "8", "9", "0"])
        #expect(second.next == nil)
    }

    @Test(
        arguments: StoreKind.available,
        [
            (MetadataRecord.occurrence(String(repeating: "x", count: 2_000)), WaybillError.Code.limitExceeded),
            (.occurrence("a", resource: String(repeating: "\u{1F6A2}", count: 501)), .limitExceeded),
            (.occurrence("a\u{0}b"), .invalidInput),
            (.occurrence("a", note: "\u{0}"), .invalidInput),
        ])
    func `what one store could not keep is refused by all`(
        _ kind: StoreKind, _ example: (MetadataRecord, WaybillError.Code)
    ) async throws {
        let store = try await kind.open()
        let error = await failure { () throws(WaybillError) in try await store.create([example.0]) }
        #expect(error?.code == example.1)
    }

    @Test(arguments: StoreKind.available)
    func `the longest names are kept and found`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        var random = SplitMix(seed: 1)
        func long(_ count: Int) -> String {
            String(decoding: (0..<count).map { _ in UInt8.random(in: 33...126, using: &random) }, as: UTF8.self)
        }
        var record = MetadataRecord.occurrence("", project: long(256), note: long(2_000), resource: long(2_000))
        record.name = long(2_000)
        try await store.create([record])
        var query = MetadataQuery(kind: .occurrence, project: record.project)
        query.resources = [record.resource]
        #expect(try await store.records(query, after: nil, limit: 1, asOf: nil).records == [record])
    }

    @Test(arguments: StoreKind.available)
    func `names that nobody can have are not there, and odd limits are refused`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        #expect(try await store.record("a\u{0}b", asOf: nil) == nil)
        #expect(try await store.record("", asOf: Instant(milliseconds: .max)) == nil)
        let absent = await failure { () throws(WaybillError) in
            try await store.delete("a\u{0}", at: Instant(milliseconds: 1))
        }
        #expect(absent?.code == .notFound)
        for limit in [0, -1, 10_001, .max] {
            let error = await failure { () throws(WaybillError) in
                _ = try await store.records(MetadataQuery(kind: .note), after: nil, limit: limit, asOf: nil)
            }
            #expect(error?.code == .invalidInput)
        }
    }

    @Test(arguments: StoreKind.available)
    func `what names another stands only while that does, and what is named does not end`(
        _ kind: StoreKind
    ) async throws {
        let store = try await kind.open()
        let project = MetadataRecord(
            kind: .project, name: "projects/p", project: "p", created: Instant(milliseconds: 1),
            updated: Instant(milliseconds: 1), body: [])
        var note = project
        note.kind = .note
        note.name = "projects/p/notes/n"
        var occurrence = MetadataRecord.occurrence("a")
        occurrence.note = note.name
        let (made, one) = (note, occurrence)
        let early = await failure { () throws(WaybillError) in
            try await store.create([one], naming: [project.name, made.name])
        }
        #expect(early?.code == .notFound && early?.subject == project.name)
        #expect(try await store.record(one.name, asOf: nil) == nil)
        try await store.create([project])
        try await store.create([made], naming: [project.name])
        try await store.create([one], naming: [project.name, made.name])
        for name in [made.name, project.name] {
            let used = await failure { () throws(WaybillError) in
                try await store.delete(name, at: Instant(milliseconds: 9), ifUnused: true)
            }
            #expect(used?.code == .conflict && used?.subject == name)
            #expect(try await store.record(name, asOf: nil) != nil)
        }
        for name in [one.name, made.name, project.name] {
            try await store.delete(name, at: Instant(milliseconds: 9), ifUnused: true)
        }
        let late = await failure { () throws(WaybillError) in try await store.create([one], naming: [made.name]) }
        #expect(late?.code == .notFound)
    }

    @Test(arguments: StoreKind.available)
    func `a note that ends while occurrences of it are made leaves none behind`(_ kind: StoreKind) async throws {
        let store = try await kind.open()
        for round in 0..<10 {
            var note = MetadataRecord.occurrence("note")
            note.kind = .note
            note.name = "projects/p/notes/n\(round)"
            note.note = ""
            let made = note
            try await store.create([made])
            let (isMade, isEnded) = await withTaskGroup(of: (Bool, Bool).self) { group in
                group.addTask {
                    var occurrence = MetadataRecord.occurrence("o\(round)")
                    occurrence.note = made.name
                    let one = occurrence
                    let error = await failure { () throws(WaybillError) in
                        try await store.create([one], naming: [made.name])
                    }
                    return (error == nil, false)
                }
                group.addTask {
                    let error = await failure { () throws(WaybillError) in
                        try await store.delete(made.name, at: Instant(milliseconds: 9), ifUnused: true)
                    }
                    return (false, error == nil)
                }
                return await group.reduce((false, false)) { ($0.0 || $1.0, $0.1 || $1.1) }
            }
            #expect(isMade != isEnded)
        }
    }
}

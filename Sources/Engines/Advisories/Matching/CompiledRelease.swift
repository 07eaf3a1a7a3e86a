import Packages

/// Memory that makes one package after another ready.
struct MatchingTools {
    var statements = WrittenStatements()
    var maker = KeyMaker()
    var range = CompiledRange()
    var entries: ContiguousArray<Int> = []
    var spans: ContiguousArray<ReleaseLists.Span> = []
    var named: ContiguousArray<ReleaseLists.Named> = []
    var rows: ContiguousArray<ReleaseLists.Row> = []
    var fixes: ContiguousArray<ReleaseLists.Fix> = []
    var workshop: ContiguousArray<UInt8> = []
    var key = VersionKey()
}

/// What all records say about one package in one release, ready for many versions.
///
/// All versions that the records speak of stand in order. Another version has a place among them, and the place says
/// everything about it that the records can say: they need not look at its text.
final class CompiledRelease {
    /// Odd for a version that is named, even for one between two of them; the first of all is zero.
    typealias Place = Int32

    /// A version that repairs something.
    struct Fix {
        var text: TextPlace
        var place: Place
    }

    /// A record that a version falls under.
    struct Found {
        var record: Int
        var fix: Fix?
        var state: String?
    }

    private enum Form {
        /// Every version has a key: they are found by their bytes.
        case keys
        /// Versions that stand in one order by each comparison of two.
        case compared(ComparedVersions)
        /// Versions that stand in no order: places say nothing.
        case none
    }

    private let package: CompiledPackage
    private let ordering: VersionOrdering?
    private let form: Form
    private let lists: ReleaseLists
    private var answers: PlaceAnswers
    /// What entries say, by row, for versions whose place says nothing.
    private lazy var affected = (0..<lists.rowCount).map { package.written.affected(entry($0)) }
    /// Beside keys, for a version that has none.
    private lazy var besideKeys = comparedBesideKeys()

    /// What counts for a package of the ecosystem's release.
    init(_ package: CompiledPackage, _ ecosystem: Ecosystem, _ tools: inout MatchingTools) {
        self.package = package
        let ordering = ecosystem.ordering
        self.ordering = ordering
        let written = package.written
        tools.entries.removeAll(keepingCapacity: true)
        for number in written.entries.indices where written.applies(written.entries[number], to: ecosystem) {
            tools.entries.append(number)
        }
        tools.statements.read(written, tools.entries, isOrdered: ordering != nil)
        let places: ContiguousArray<Place>
        let placeCount: Int
        if tools.maker.make(tools.statements.texts, written.region, ordering ?? .lexicographic) {
            form = .keys
            places = tools.maker.places
            placeCount = tools.maker.heads.count * 2 + 1
        } else {
            tools.maker.clear()
            let (compared, found, isOneOrder) = ComparedVersions.make(
                tools.statements.texts.map(written.region.string), ordering ?? .lexicographic)
            form = isOneOrder ? .compared(compared) : .none
            places = found
            placeCount = compared.count * 2 + 1
        }
        lists = Self.lists(written, places, &tools)
        answers = PlaceAnswers(placeCount, isAskedAlways: lists.spanCount + lists.namedCount > 16)
    }

    private func entry(_ row: Int) -> WrittenRecords.Entry { package.written.entries[Int(lists.row(row).entry)] }

    private func comparedBesideKeys() -> ComparedVersions {
        var statements = WrittenStatements()
        statements.read(
            package.written, (0..<lists.rowCount).map { Int(lists.row($0).entry) }, isOrdered: ordering != nil)
        let ordering = ordering ?? .lexicographic
        var key = VersionKey()
        let places = ContiguousArray(
            statements.texts.map { text -> Place in
                _ = key.write(package.written.region.bytes(text), ordering)
                return lists.place(of: key)
            })
        return ComparedVersions(statements.texts.map(package.written.region.string), places, ordering)
    }

    /// The place of a version; nil where it stands in no one order with the others.
    ///
    /// - Parameter key: memory for the version's key.
    func place(of text: String, _ key: inout VersionKey) -> Place? {
        switch form {
        case .none: return nil
        case .compared(let versions): return versions.place(of: text)
        case .keys:
            var text = text
            let hasKey = text.withUTF8 { key.write($0, ordering ?? .lexicographic) }
            return hasKey ? lists.place(of: key) : besideKeys.place(of: text)
        }
    }

    /// What was answered about the version's place before, else what the records that it falls under say.
    ///
    /// - Parameter key: memory for the version's key.
    func hits(_ version: String, _ key: inout VersionKey) -> [Hit] {
        guard let place = place(of: version, &key) else { return package.hits(found(one: version)) }
        if let known = answers[place] { return known }
        let hits = package.hits(found(at: place))
        answers.keep(hits, place)
        return hits
    }

    private func affects(_ row: Int, _ place: Place) -> Bool {
        for index in lists.spans(of: row) {
            let span = lists.span(index)
            if span.start <= place && place < span.end { return true }
        }
        return names(of: place).contains { lists.named($0).row == row }
    }

    /// Where the entries stand that name the version at a place.
    private func names(of place: Place) -> Range<Int> {
        let count = lists.namedCount
        guard place & 1 == 1, count > 0 else { return 0..<0 }
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if lists.named(middle).place < place { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < count, lists.named(end).place == place { end += 1 }
        return low..<end
    }

    /// The records that a version at the place falls under, in their order, each with the smallest later version that is
    /// free of it.
    func found(at place: Place) -> [Found] {
        var hit: [Int] = []
        for index in 0..<lists.spanCount {
            let span = lists.span(index)
            if span.start <= place && place < span.end { hit.append(Int(span.row)) }
        }
        let names = names(of: place)
        if !names.isEmpty {
            for index in names { hit.append(Int(lists.named(index).row)) }
            hit.sort()
        }
        guard !hit.isEmpty else { return [] }
        var found: [Found] = []
        found.reserveCapacity(hit.count)
        var last = -1
        for number in hit where number != last {
            last = number
            let row = lists.row(number), record = Int(row.record)
            if found.last?.record != record { found.append(Found(record: record)) }
            let position = found.count - 1
            if found[position].state == nil {
                found[position].state = WrittenStatements.state(package.written, entry(number))
            }
            guard let candidate = lists.fixes(of: number).first(where: { lists.fix($0).place > place }).map(fix),
                // A fix of one entry may still be affected by another of the same record.
                (Int(row.firstSibling)...Int(row.lastSibling)).allSatisfy({
                    $0 == number || !affects($0, candidate.place)
                }),
                found[position].fix.map({ candidate.place < $0.place }) ?? true
            else { continue }
            found[position].fix = candidate
        }
        return found
    }

    private func fix(_ index: Int) -> Fix {
        let fix = lists.fix(index)
        return Fix(
            text: TextPlace(start: package.written.section.lowerBound + Int(fix.start), count: Int(fix.count)),
            place: fix.place)
    }

    /// The same by every bound of every record, for versions that stand in no order with the others.
    private func found(one version: String) -> [Found] {
        var found: [Found] = []
        for number in 0..<lists.rowCount where affected[number].contains(version) == true {
            let row = lists.row(number), record = Int(row.record)
            if found.last?.record != record { found.append(Found(record: record)) }
            let position = found.count - 1
            found[position].state = found[position].state ?? affected[number].state
            guard let text = affected[number].fix(for: version),
                (Int(row.firstSibling)...Int(row.lastSibling)).allSatisfy({ affected[$0].contains(text) == false }),
                let fix = fix(number, text)
            else { continue }
            if found[position].fix.map({ fix.place < $0.place }) ?? true { found[position].fix = fix }
        }
        return found
    }

    /// Where an entry's fix stands. Among versions in no order the first that repairs one is as good as another.
    private func fix(_ row: Int, _ text: String) -> Fix? {
        let region = package.written.region
        if let known = lists.fixes(of: row).map(fix).first(where: { region.string($0.text) == text }) { return known }
        var statements = WrittenStatements()
        statements.read(package.written, CollectionOfOne(Int(lists.row(row).entry)), isOrdered: true)
        return statements.events.first { $0.kind == .fixed && region.string($0.text) == text }
            .map { Fix(text: $0.text, place: .max) }
    }
}

import Packages

/// What a release's records say, as lists that lie beside each other in one piece of memory: a package that was not asked
/// about for a while is far from the processor, and each piece of memory is waited for.
struct ReleaseLists {
    typealias Place = CompiledRelease.Place

    struct Span {
        var start: Place
        var end: Place
        var row: Int32
    }

    /// A version that is named by an entry.
    struct Named {
        var place: Place
        var row: Int32
    }

    /// One entry of one record.
    struct Row {
        /// The entry's place among those of the package.
        var entry: Int32
        var record: Int32
        /// The rows of the same record, which stand beside each other.
        var firstSibling: Int32
        var lastSibling: Int32
        /// Where its spans and its fixes end; they begin where those of the row before end.
        var spansEnd: Int32 = 0
        var fixesEnd: Int32 = 0
    }

    /// A version that repairs something.
    struct Fix {
        /// From the beginning of the package's records.
        var start: UInt32
        var count: UInt32
        var place: Place
    }

    private var memory: ContiguousArray<UInt8> = []
    /// Where each list ends.
    private var headsEnd = 0, endsEnd = 0, spansEnd = 0, namedEnd = 0, rowsEnd = 0, fixesEnd = 0, sharedEnd = 0

    init() {}

    /// - Parameter workshop: memory in which the lists are put together.
    init(
        _ keys: KeyMaker, spans: ContiguousArray<Span>, named: ContiguousArray<Named>, rows: ContiguousArray<Row>,
        fixes: ContiguousArray<Fix>, _ workshop: inout ContiguousArray<UInt8>
    ) {
        workshop.removeAll(keepingCapacity: true)
        func add(_ bytes: UnsafeRawBufferPointer) -> Int {
            workshop.append(contentsOf: bytes)
            return workshop.count
        }
        headsEnd = keys.heads.withUnsafeBytes(add)
        endsEnd = keys.ends.withUnsafeBytes(add)
        spansEnd = spans.withUnsafeBytes(add)
        namedEnd = named.withUnsafeBytes(add)
        rowsEnd = rows.withUnsafeBytes(add)
        fixesEnd = fixes.withUnsafeBytes(add)
        sharedEnd = keys.shared.withUnsafeBytes(add)
        _ = keys.tails.withUnsafeBytes(add)
        memory = ContiguousArray(workshop)
    }

    var versionCount: Int { headsEnd / 8 }
    var spanCount: Int { (spansEnd - endsEnd) / MemoryLayout<Span>.stride }
    var namedCount: Int { (namedEnd - spansEnd) / MemoryLayout<Named>.stride }
    var rowCount: Int { (rowsEnd - namedEnd) / MemoryLayout<Row>.stride }

    private func load<T: BitwiseCopyable>(_ index: Int, _ start: Int, _ type: T.Type) -> T {
        memory.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: start + index * MemoryLayout<T>.stride, as: type)
        }
    }

    func span(_ index: Int) -> Span { load(index, endsEnd, Span.self) }
    func named(_ index: Int) -> Named { load(index, spansEnd, Named.self) }
    func row(_ index: Int) -> Row { load(index, namedEnd, Row.self) }
    func fix(_ index: Int) -> Fix { load(index, rowsEnd, Fix.self) }

    func spans(of row: Int) -> Range<Int> {
        (row == 0 ? 0 : Int(self.row(row - 1).spansEnd))..<Int(self.row(row).spansEnd)
    }

    func fixes(of row: Int) -> Range<Int> {
        (row == 0 ? 0 : Int(self.row(row - 1).fixesEnd))..<Int(self.row(row).fixesEnd)
    }

    /// Where a version stands among those that have keys.
    func place(of key: VersionKey) -> Place {
        key.bytes.withUnsafeBytes { key in memory.withUnsafeBytes { place(of: key, $0) } }
    }

    private func place(of key: UnsafeRawBufferPointer, _ memory: UnsafeRawBufferPointer) -> Place {
        let count = versionCount
        guard count > 0 else { return 0 }
        let shared = sharedEnd - fixesEnd
        // What leaves the shared beginning stands before or behind all.
        for index in 0..<shared {
            let wanted = memory[fixesEnd + index]
            if index >= key.count || key[index] < wanted { return 0 }
            if key[index] > wanted { return Place(truncatingIfNeeded: count * 2) }
        }
        let head = KeyMaker.head(key, behind: shared)
        let length = KeyMaker.headLength(key, behind: shared)
        let tail = UnsafeRawBufferPointer(rebasing: key[min(shared + 8, key.count)...])
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            let other = memory.loadUnaligned(fromByteOffset: middle * 8, as: UInt64.self)
            var order = other == head ? VersionOrder.equal : other < head ? .less : .greater
            if order == .equal {
                let tails = self.tail(middle, memory)
                order =
                    tails[0] == length
                    ? KeyMaker.compare(UnsafeRawBufferPointer(rebasing: tails.dropFirst()), tail)
                    : tails[0] < length ? .less : .greater
            }
            switch order {
            case .equal: return Place(truncatingIfNeeded: middle * 2 + 1)
            case .less: low = middle + 1
            case .greater: high = middle
            }
        }
        return Place(truncatingIfNeeded: low * 2)
    }

    private func tail(_ version: Int, _ memory: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        func end(_ version: Int) -> Int {
            version < 0
                ? 0 : Int(memory.loadUnaligned(fromByteOffset: headsEnd + version * 4, as: UInt32.self))
        }
        return UnsafeRawBufferPointer(rebasing: memory[(sharedEnd + end(version - 1))..<(sharedEnd + end(version))])
    }
}

/// Reads the rows of a table of an SQLite database that is in memory whole (SQLite's "Database File Format").
struct SQLiteFile {
    static let magic = Array("SQLite format 3\0".utf8)
    private static let depthMax = 32

    private let view: ByteView
    private let pageSize: Int
    private let usableSize: Int

    init(_ bytes: [UInt8]) throws(BinaryError) {
        view = ByteView(bytes, isBigEndian: true)
        guard bytes.starts(with: Self.magic), let size = view.uint16(16), let reserved = view.byte(20) else {
            throw BinaryError("its SQLite header is cut off")
        }
        pageSize = size == 1 ? 65_536 : size
        usableSize = pageSize - Int(reserved)
        guard pageSize >= 512, pageSize.nonzeroBitCount == 1, usableSize >= 480 else {
            throw BinaryError("its SQLite header names a page size that does not exist")
        }
    }

    /// The values of one column that is a blob, of every row in the order of their row numbers.
    func blobs(
        ofTable name: String, columns: Int, _ use: (ArraySlice<UInt8>) throws(BinaryError) -> Void
    ) throws(BinaryError) {
        var root: Int?
        try rows(of: 1) { (record) throws(BinaryError) in
            // type, name, table, root page, SQL
            let fields = try Self.fields(record)
            guard fields.count >= 4, Self.text(record, fields[0]) == "table", Self.text(record, fields[1]) == name
            else {
                return
            }
            root = Self.integer(record, fields[3])
        }
        guard let root else { throw BinaryError("it has no table “\(name)”") }
        try rows(of: root) { (record) throws(BinaryError) in
            let fields = try Self.fields(record)
            guard fields.count >= columns, fields[columns - 1].type >= 12, fields[columns - 1].type.isMultiple(of: 2)
            else {
                throw BinaryError("a row of “\(name)” has no blob")
            }
            let field = fields[columns - 1]
            try use(record[field.offset..<(field.offset + field.length)])
        }
    }

    // MARK: pages

    private func page(_ number: Int) throws(BinaryError) -> (page: ByteView, header: Int) {
        guard number >= 1, number <= view.count / pageSize + 1,
            let bytes = view.slice((number - 1) * pageSize, pageSize)
        else { throw BinaryError("a page lies outside of the database") }
        return (ByteView(bytes, isBigEndian: true), number == 1 ? 100 : 0)
    }

    private func rows(of root: Int, _ use: ([UInt8]) throws(BinaryError) -> Void) throws(BinaryError) {
        var pending = [(root, 0)]
        var visited = 0
        while let (number, depth) = pending.popLast() {
            visited += 1
            // Each page belongs to one tree: more visits than pages are a circle.
            guard depth < Self.depthMax, visited <= view.count / pageSize + 1 else {
                throw BinaryError("its pages run in a circle")
            }
            let (page, header) = try page(number)
            guard let type = page.byte(header), let count = page.uint16(header + 3) else {
                throw BinaryError("a page is cut off")
            }
            switch type {
            case 0x05:
                guard let last = page.uint32(header + 8) else { throw BinaryError("a page is cut off") }
                var children: [Int] = []
                for index in 0..<count {
                    guard let cell = page.uint16(header + 12 + index * 2), let child = page.uint32(cell) else {
                        throw BinaryError("a page is damaged")
                    }
                    children.append(child)
                }
                children.append(last)
                pending += children.reversed().map { ($0, depth + 1) }
            case 0x0D:
                for index in 0..<count {
                    guard let cell = page.uint16(header + 8 + index * 2) else { throw BinaryError("a page is damaged") }
                    try use(try payload(page, cell))
                }
            default: throw BinaryError("a page is of an unknown kind")
            }
        }
    }

    /// A leaf cell's record, with what lies on overflow pages.
    private func payload(_ page: ByteView, _ cell: Int) throws(BinaryError) -> [UInt8] {
        var offset = cell
        guard let size = Self.varint(page, &offset), Self.varint(page, &offset) != nil, size >= 0, size <= view.count
        else { throw BinaryError("a row is damaged") }
        let local: Int
        if size <= usableSize - 35 {
            local = size
        } else {
            let least = (usableSize - 12) * 32 / 255 - 23
            let fits = least + (size - least) % (usableSize - 4)
            local = fits <= usableSize - 35 ? fits : least
        }
        guard let start = page.slice(offset, local) else { throw BinaryError("a row is cut off") }
        var record = Array(start)
        guard local < size else { return record }
        guard var next = page.uint32(offset + local) else { throw BinaryError("a row is cut off") }
        while record.count < size {
            guard next != 0 else { throw BinaryError("a row is cut off") }
            let (overflow, _) = try self.page(next)
            let count = min(usableSize - 4, size - record.count)
            guard let bytes = overflow.slice(4, count), let following = overflow.uint32(0) else {
                throw BinaryError("a row is cut off")
            }
            record += bytes
            next = following
        }
        return record
    }

    // MARK: records

    private struct Field {
        var type: Int
        var offset: Int
        var length: Int
    }

    private static func fields(_ record: [UInt8]) throws(BinaryError) -> [Field] {
        let view = ByteView(record, isBigEndian: true)
        var offset = 0
        guard let headerSize = varint(view, &offset), headerSize >= 1, headerSize <= record.count else {
            throw BinaryError("a row is damaged")
        }
        var fields: [Field] = [], start = headerSize
        while offset < headerSize {
            guard let type = varint(view, &offset), type >= 0 else { throw BinaryError("a row is damaged") }
            let length =
                switch type {
                case 0, 8, 9: 0
                case 1...4: type
                case 5: 6
                case 6, 7: 8
                default: (type - 12) / 2
                }
            guard type != 10, type != 11, length >= 0, length <= record.count - start else {
                throw BinaryError("a row is damaged")
            }
            fields.append(Field(type: type, offset: start, length: length))
            start += length
        }
        return fields
    }

    private static func text(_ record: [UInt8], _ field: Field) -> String? {
        guard field.type >= 13, !field.type.isMultiple(of: 2) else { return nil }
        return String(decoding: record[field.offset..<(field.offset + field.length)], as: UTF8.self)
    }

    private static func integer(_ record: [UInt8], _ field: Field) -> Int? {
        switch field.type {
        case 8: 0
        case 9: 1
        case 1...6: ByteView(record, isBigEndian: true).number(field.offset, field.length)
        default: nil
        }
    }

    /// Seven bits a byte, the highest first; a ninth byte gives all eight.
    private static func varint(_ view: ByteView, _ offset: inout Int) -> Int? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard let byte = view.byte(offset) else { return nil }
            offset += 1
            if index == 8 { return Int(exactly: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return Int(exactly: value) }
        }
        return nil
    }
}

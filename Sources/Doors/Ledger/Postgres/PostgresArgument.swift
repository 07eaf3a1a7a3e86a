/// A parameter in PostgreSQL's binary form.
enum PostgresArgument {
    case text(String)
    case integer(Int64?)
    case bytes([UInt8])
    case texts([String])
    case integers([Int64])
    case blobs([[UInt8]])

    /// The type's number in `pg_type`.
    var type: UInt32 {
        switch self {
        case .text: 25
        case .integer: 20
        case .bytes: 17
        case .texts: 1009
        case .integers: 1016
        case .blobs: 1001
        }
    }

    /// Nil is NULL.
    var bytes: [UInt8]? {
        switch self {
        case .text(let text): Array(text.utf8)
        case .integer(let number): number.map(Self.bigEndian)
        case .bytes(let bytes): bytes
        case .texts(let texts): Self.array(texts, of: 25) { $0.append(contentsOf: $1.utf8) }
        case .integers(let numbers): Self.array(numbers, of: 20) { $0.append(contentsOf: Self.bigEndian($1)) }
        case .blobs(let blobs): Self.array(blobs, of: 17) { $0.append(contentsOf: $1) }
        }
    }

    init(_ argument: MetadataArgument) {
        self =
            switch argument {
            case .text(let text): .text(text)
            case .integer(let number): .integer(number)
            case .bytes(let bytes): .bytes(bytes)
            }
    }

    static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian, Array.init)
    }

    /// A one-dimensional array (`array_send`): dimensions, no nulls, the elements' type, length, lower bound, elements.
    private static func array<Element>(
        _ elements: [Element], of type: UInt32, append: (inout [UInt8], Element) -> Void
    ) -> [UInt8] {
        var bytes = bigEndian(Int32(elements.isEmpty ? 0 : 1)) + bigEndian(Int32(0)) + bigEndian(type)
        guard !elements.isEmpty else { return bytes }
        bytes += bigEndian(Int32(elements.count)) + bigEndian(Int32(1))
        for element in elements {
            let place = bytes.count
            bytes += [0, 0, 0, 0]
            append(&bytes, element)
            bytes.replaceSubrange(place..<place + 4, with: bigEndian(Int32(bytes.count - place - 4)))
        }
        return bytes
    }
}

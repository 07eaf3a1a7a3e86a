import Documents
import WaybillCore

/// Changes single values in a JSON text and leaves every other byte as it is.
struct JSONTextEditor {
    static let depthMax = 64

    private let bytes: [UInt8]
    /// Where the value of each path stands.
    private var places: [[String]: Range<Int>] = [:]
    private var changes: [(range: Range<Int>, text: [UInt8])] = []

    init(_ bytes: [UInt8], file: String) throws(WaybillError) {
        self.bytes = bytes
        do {
            // The reader has looked at every byte: what follows only has to find places.
            _ = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: Self.depthMax))
        } catch {
            throw error.inFile(file)
        }
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        value(&index, [])
    }

    /// Nothing happens where the path does not exist.
    mutating func replace(_ path: [String], with value: Value) {
        guard let range = places[path] else { return }
        changes.append((range, JSONWriter.bytes(value)))
    }

    func has(_ path: [String]) -> Bool { places[path] != nil }

    var result: [UInt8] {
        var output = bytes
        for change in changes.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            output.replaceSubrange(change.range, with: change.text)
        }
        return output
    }

    private func skipSpace(_ index: inout Int) {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func value(_ index: inout Int, _ path: [String]) {
        skipSpace(&index)
        let start = index
        guard index < bytes.count else { return }
        switch bytes[index] {
        case UInt8(ascii: "{"): members(&index, path)
        case UInt8(ascii: "["): elements(&index, path)
        case UInt8(ascii: "\""): _ = string(&index)
        default:
            while index < bytes.count, ![0x2C, 0x5D, 0x7D, 0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
        }
        places[path] = start..<index
    }

    private mutating func members(_ index: inout Int, _ path: [String]) {
        index += 1
        while index < bytes.count {
            skipSpace(&index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { break }
            let key = string(&index)
            skipSpace(&index)
            index += 1
            value(&index, path + [key])
            skipSpace(&index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: ",") else { break }
            index += 1
        }
        index = min(index + 1, bytes.count)
    }

    private mutating func elements(_ index: inout Int, _ path: [String]) {
        index += 1
        var position = 0
        while index < bytes.count {
            skipSpace(&index)
            guard index < bytes.count, bytes[index] != UInt8(ascii: "]") else { break }
            value(&index, path + ["\(position)"])
            position += 1
            skipSpace(&index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: ",") else { break }
            index += 1
        }
        index = min(index + 1, bytes.count)
    }

    private func string(_ index: inout Int) -> String {
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index + 1, bytes.count)
        return (try? JSONReader.value(from: bytes[start..<index]))?.string ?? ""
    }
}

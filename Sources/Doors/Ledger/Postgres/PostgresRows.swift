import CPostgres
import WaybillCore

/// What a statement answered, in binary form.
final class PostgresRows {
    private let result: OpaquePointer?

    /// Owns the result from now on.
    init(_ result: OpaquePointer?) { self.result = result }

    deinit { PQclear(result) }

    var count: Int { Int(PQntuples(result)) }

    func bytes(_ row: Int, _ column: Int) -> [UInt8] {
        guard let start = PQgetvalue(result, Int32(row), Int32(column)) else { return [] }
        let length = Int(PQgetlength(result, Int32(row), Int32(column)))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            Array(UnsafeBufferPointer(start: $0, count: length))
        }
    }

    func text(_ row: Int, _ column: Int) -> String { String(decoding: bytes(row, column), as: UTF8.self) }

    /// A whole number of any width; 0 for NULL.
    func integer(_ row: Int, _ column: Int) -> Int64 {
        let bytes = bytes(row, column)
        let start: Int64 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
        return bytes.prefix(8).reduce(start) { $0 << 8 | Int64($1) }
    }
}

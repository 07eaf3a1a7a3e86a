import CPostgres
import Foundation
import WaybillCore

/// One session with a PostgreSQL server. Its calls wait, so it lives on a thread of its own.
///
/// Everything is sent and read in PostgreSQL's binary form, each statement prepared once.
final class PostgresConnection {
    /// Statements that a session keeps prepared; past it all are given up and prepared anew.
    private static let statementsMax = 200

    private let session: OpaquePointer
    private var statements: [String: String] = [:]
    let subject: String

    /// Throws `.unavailable` where the server does not answer. The URL's password never enters an error.
    init(url: String, subject: String) throws(WaybillError) {
        if let problem = waybill_postgres_load() {
            throw WaybillError(
                .unavailable, "PostgreSQL's client library cannot be used: \(String(cString: problem))",
                subject: subject,
                remedy: "install it (Debian: apt-get install libpq5)")
        }
        guard let session = PQconnectdb(url) else {
            throw WaybillError(.failed, "no memory for a session", subject: subject)
        }
        self.session = session
        self.subject = subject
        // Throwing from here on ends the session: everything is in place, so that `deinit` runs.
        guard isAlive else {
            throw WaybillError(.unavailable, "does not answer: \(Self.message(session))", subject: subject)
        }
        // libpq reports notices on standard error unless somebody takes them.
        PQsetNoticeProcessor(session, { _, _ in }, nil)
        try run("SET client_encoding = 'UTF8'")
        // Acknowledged means on disk, whatever the server's own default.
        try run("SET synchronous_commit = on")
        try run(
            "SET statement_timeout = '60s'; SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'")
        try run("SET search_path = waybill, pg_catalog")
    }

    deinit { PQfinish(session) }

    /// False once the server has gone: the session is then of no more use.
    var isAlive: Bool { PQstatus(session) == CONNECTION_OK }
    /// Whether other work may use the session: nothing of the work before is open in it.
    var isReusable: Bool { isAlive && PQtransactionStatus(session) == PQTRANS_IDLE }

    // MARK: statements

    /// Runs statements without parameters, in one round trip.
    func run(_ sql: String) throws(WaybillError) {
        let result = PQexec(session, sql)
        defer { PQclear(result) }
        try check(result)
    }

    /// Runs a prepared statement.
    func query(_ sql: String, _ arguments: [PostgresArgument] = []) throws(WaybillError) -> PostgresRows {
        let name = try prepare(sql, arguments)
        let storage = arguments.map(\.bytes)
        let lengths = storage.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: arguments.count)
        // One block for all, with a pointer to each parameter's part; nil is NULL.
        let block = storage.reduce(into: [UInt8]()) { $0 += $1 ?? [] } + [0]
        let result = block.withUnsafeBytes { block in
            var start = 0
            let values = storage.map { part -> UnsafePointer<CChar>? in
                defer { start += part?.count ?? 0 }
                guard part != nil, let base = block.baseAddress else { return nil }
                return (base + start).assumingMemoryBound(to: CChar.self)
            }
            return PQexecPrepared(session, name, Int32(arguments.count), values, lengths, formats, 1)
        }
        let rows = PostgresRows(result)
        try check(result)
        return rows
    }

    /// Runs the work in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Where the server goes away while it commits, nobody knows whether it did: `.unavailable` then says so.
    func transaction<Result>(
        _ begin: String, _ work: () throws(WaybillError) -> Result
    ) throws(WaybillError) -> Result {
        let value: Result
        do throws(WaybillError) {
            try run(begin)
            value = try work()
        } catch {
            // The first error is the one to tell; a session that cannot even end its transaction is not used again.
            if isAlive, PQtransactionStatus(session) != PQTRANS_IDLE { try? run("ROLLBACK") }
            throw error
        }
        do throws(WaybillError) {
            try run("COMMIT")
        } catch {
            guard !isAlive else { throw error }
            throw WaybillError(
                .unavailable, "the server went away while it stored this; it may have done so", subject: subject,
                remedy: "read before writing again", cause: error)
        }
        return value
    }

    private func prepare(_ sql: String, _ arguments: [PostgresArgument]) throws(WaybillError) -> String {
        if let name = statements[sql] { return name }
        if statements.count >= Self.statementsMax {
            try run("DEALLOCATE ALL")
            statements = [:]
        }
        let name = "s\(statements.count)"
        let types = arguments.map(\.type)
        let result = PQprepare(session, name, sql, Int32(types.count), types)
        defer { PQclear(result) }
        try check(result)
        statements[sql] = name
        return name
    }

    // MARK: failures

    private func check(_ result: OpaquePointer?) throws(WaybillError) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: break
        }
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        throw WaybillError(Self.code(state, isAlive: isAlive), "PostgreSQL: \(Self.message(session))", subject: subject)
    }

    /// From SQLSTATE (PostgreSQL, appendix A).
    private static func code(_ state: String, isAlive: Bool) -> WaybillError.Code {
        switch state {
        case "23505": .conflict
        case "55P03", "57014": .timeout
        case "53100", "53200", "53300", "54000": .limitExceeded
        case "28000", "28P01": .unauthenticated
        case "42501": .forbidden
        case "": .unavailable
        default: isAlive && !state.hasPrefix("57P") ? .failed : .unavailable
        }
    }

    private static func message(_ session: OpaquePointer) -> String {
        let text = PQerrorMessage(session).map { String(cString: $0) } ?? ""
        return text.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300).description
    }
}

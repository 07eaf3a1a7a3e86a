import WaybillCore

/// What a statement's parameter holds.
enum MetadataArgument: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case bytes([UInt8])
}

/// A list's SQL, which SQLite and PostgreSQL understand alike but for the sign before a parameter's number.
///
/// A branch for each value of the driving column goes along one index and stops at the limit; the branches are merged.
/// Conditions on other columns are written as expressions (`project || ''`), so that no planner takes another index in
/// the hope of reaching the limit soon.
struct MetadataStatement {
    static let columns =
        "ordinal, kind, name, project, note, resource, noteKind, created, updated, body"
    /// Values of the driving column that get a branch each: SQLite joins at most 500.
    static let branchesMax = 200
    /// Values of one column that a query may name.
    static let valuesMax = 5_000

    private(set) var sql = ""
    private(set) var arguments: [MetadataArgument] = []
    private let sign: String

    private init(sign: String) { self.sign = sign }

    /// Nil where no record can match. `ordinals` bounds the list from outside.
    init?(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?,
        within ordinals: ClosedRange<Int64>?, sign: String
    ) {
        self.init(sign: sign)
        if query.notes?.isEmpty == true || query.resources?.isEmpty == true || query.noteKinds?.isEmpty == true {
            return nil
        }
        let first = max(cursor.map(\.position) ?? .min, ordinals.map { $0.lowerBound - 1 } ?? .min)
        var branches: [String] = []
        for isPast in moment == nil ? [false] : [false, true] {
            for driver in Self.drivers(query, isPast: isPast) {
                var conditions = driver.columns.map { "\($0.name) = \(bind($0.value))" }
                conditions += filters(query, without: Set(driver.columns.map(\.name)))
                conditions.append("ordinal > \(bind(.integer(first)))")
                if let ordinals { conditions.append("ordinal <= \(bind(.integer(ordinals.upperBound)))") }
                conditions.append(isPast ? "ended IS NOT NULL" : "ended IS NULL")
                if let moment { conditions.append("since <= \(bind(.integer(moment.milliseconds)))") }
                if let moment, isPast { conditions.append("ended + 0 > \(bind(.integer(moment.milliseconds)))") }
                branches.append(
                    """
                    SELECT * FROM (SELECT \(Self.columns) FROM metadata WHERE \(conditions.joined(separator: " AND ")) \
                    ORDER BY ordinal LIMIT \(bind(.integer(Int64(limit))))) AS branch\(branches.count)
                    """)
            }
        }
        sql = branches.joined(separator: " UNION ALL ") + " ORDER BY ordinal LIMIT \(bind(.integer(Int64(limit))))"
    }

    /// The first and the last ordinal that the query's time of creation leaves; nil where it says nothing of it or
    /// another column drives the list.
    static func bounds(_ query: MetadataQuery, asOf moment: Instant?, sign: String) -> MetadataStatement? {
        guard let project = query.project, query.createdFrom != nil || query.createdBefore != nil, moment == nil,
            query.notes == nil, query.resources == nil
        else { return nil }
        var statement = MetadataStatement(sign: sign)
        var conditions = [
            "project = \(statement.bind(.text(project)))", "kind = \(statement.bind(.integer(query.kind.number)))",
            "ended IS NULL",
        ]
        if let from = query.createdFrom {
            conditions.append("created >= \(statement.bind(.integer(from.milliseconds)))")
        }
        if let end = query.createdBefore {
            conditions.append("created < \(statement.bind(.integer(end.milliseconds)))")
        }
        // As expressions: PostgreSQL would else walk another index to its first matching entry.
        statement.sql = """
            SELECT coalesce(min(ordinal + 0), 0), coalesce(max(ordinal + 0), -1) FROM metadata \
            WHERE \(conditions.joined(separator: " AND "))
            """
        return statement
    }

    /// Whether anything stands that needs the record: one row, or none. Nil for what nothing can need.
    static func use(of record: MetadataRecord, sign: String) -> MetadataStatement? {
        var statement = MetadataStatement(sign: sign)
        let condition: String
        switch record.kind {
        case .occurrence: return nil
        case .note: condition = "note = \(statement.bind(.text(record.name)))"
        case .project:
            let kinds = [MetadataKind.note, .occurrence].map { statement.bind(.integer($0.number)) }
            condition =
                "project = \(statement.bind(.text(record.project))) AND kind IN (\(kinds.joined(separator: ", ")))"
        }
        statement.sql = "SELECT name FROM metadata WHERE \(condition) AND ended IS NULL LIMIT 1"
        return statement
    }

    // MARK: parts

    private struct Driver {
        var columns: [(name: String, value: MetadataArgument)]
    }

    private static func drivers(_ query: MetadataQuery, isPast: Bool) -> [Driver] {
        func each(_ values: [String]?, _ name: String) -> [Driver]? {
            guard let values = values.map({ distinct($0) }), values.count <= branchesMax else { return nil }
            return values.map { Driver(columns: [(name, .text($0))]) }
        }
        if let drivers = each(query.resources, "resource") ?? each(query.notes, "note") { return drivers }
        let kind = (name: "kind", value: MetadataArgument.integer(query.kind.number))
        guard let project = query.project else { return [Driver(columns: [kind])] }
        let columns = [(name: "project", value: MetadataArgument.text(project)), kind]
        guard let noteKinds = query.noteKinds.map({ Set($0).sorted() }), !isPast, noteKinds.count <= branchesMax else {
            return [Driver(columns: columns)]
        }
        return noteKinds.map { Driver(columns: columns + [("noteKind", .integer(Int64($0)))]) }
    }

    private mutating func filters(_ query: MetadataQuery, without driving: Set<String>) -> [String] {
        var conditions: [String] = []
        if !driving.contains("kind") { conditions.append("kind + 0 = \(bind(.integer(query.kind.number)))") }
        if let project = query.project, !driving.contains("project") {
            conditions.append("project || '' = \(bind(.text(project)))")
        }
        for (name, values) in [("resource", query.resources), ("note", query.notes)] {
            guard let values, !driving.contains(name) else { continue }
            conditions.append("\(name) || '' IN (\(list(Self.distinct(values).map { .text($0) })))")
        }
        if let noteKinds = query.noteKinds, !driving.contains("noteKind") {
            conditions.append("noteKind + 0 IN (\(list(Set(noteKinds).sorted().map { .integer(Int64($0)) })))")
        }
        if let from = query.createdFrom { conditions.append("created + 0 >= \(bind(.integer(from.milliseconds)))") }
        if let end = query.createdBefore { conditions.append("created + 0 < \(bind(.integer(end.milliseconds)))") }
        return conditions
    }

    private mutating func list(_ values: [MetadataArgument]) -> String {
        var names: [String] = []
        for value in values { names.append(bind(value)) }
        return names.joined(separator: ", ")
    }

    private mutating func bind(_ argument: MetadataArgument) -> String {
        arguments.append(argument)
        return "\(sign)\(arguments.count)"
    }

    /// Each value once, by its bytes, in the given order.
    private static func distinct(_ values: [String]) -> [String] {
        var seen: Set<[UInt8]> = []
        return values.filter { seen.insert(Array($0.utf8)).inserted }
    }
}

extension MetadataQuery {
    /// The most that one page may hold.
    static let limitMax = 10_000

    func check(limit: Int) throws(WaybillError) {
        guard limit > 0, limit <= Self.limitMax else {
            throw WaybillError(.invalidInput, "a page has 1 to \(Self.limitMax) records", subject: "limit \(limit)")
        }
        for count in [notes?.count, resources?.count, noteKinds?.count] {
            guard let count, count > MetadataStatement.valuesMax else { continue }
            throw WaybillError(
                .limitExceeded, "a query names at most \(MetadataStatement.valuesMax) values of one column",
                subject: "\(count) values")
        }
    }
}

extension MetadataPage {
    /// From one record more than asked for, where there is one.
    init(_ found: [(ordinal: Int64, record: MetadataRecord)], limit: Int) {
        let shown = found.prefix(limit)
        self.init(
            records: shown.map(\.record),
            next: found.count > limit ? shown.last.map { MetadataCursor(position: $0.ordinal) } : nil)
    }
}

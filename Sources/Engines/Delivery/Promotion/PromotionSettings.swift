import Documents
import WaybillCore

/// What a release must meet to come to an environment, and what is asked of it there.
public struct PromotionSettings: Hashable, Sendable {
    /// Environments in which it must have been verified; the first environment has none.
    public var from: [String] = []
    /// Whether it comes by itself once nothing is in the way.
    public var isAutomatic = false
    /// How long ago it must have been verified there, and still run there.
    public var soak = Duration.zero
    /// When it may come; always, where none is named.
    public var windows: [PromotionWindow] = []
    /// Days on which nothing comes.
    public var freezes: [PromotionFreeze] = []
    /// Distinct people who must have approved this release for this environment.
    public var approvals = 0
    /// Who may approve; every signer of the repository, where nobody is named.
    public var approvers: [String] = []
    /// What must be true of it once it runs here.
    public var verify: [VerificationSettings] = []
    /// How long verification may take.
    public var timeout = Duration.seconds(600)
    /// Whether a release that fails here is taken back.
    public var rollsBack = true

    public init() {}

    init(_ node: Node, of environment: String, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "promotion")
        from = try fields.strings("from") ?? []
        if let index = from.firstIndex(of: environment) {
            throw DocumentError(at: node.position, "promotion.from[\(index)]: \(environment) cannot come before itself")
        }
        isAutomatic = try fields.bool("auto") ?? false
        soak = try fields.duration("soak", in: .zero...(.seconds(90 * 86_400))) ?? .zero
        for entry in try fields.list("windows") { windows.append(try PromotionWindow(entry)) }
        for entry in try fields.list("freezes") { freezes.append(try PromotionFreeze(entry)) }
        approvals = try fields.integer("approvals", in: 0...SourceSettings.reviewsMax) ?? 0
        approvers = try fields.strings("approvers") ?? []
        if !approvers.isEmpty, approvers.count < approvals {
            throw DocumentError(
                at: node.position, "promotion.approvers: \(approvers.count) people cannot give \(approvals) approvals")
        }
        for entry in try fields.list("verify") { verify.append(try VerificationSettings(entry, exists: exists)) }
        timeout = try fields.duration("timeout", in: .seconds(1)...(.seconds(86_400))) ?? timeout
        rollsBack = try fields.bool("rollback") ?? rollsBack
        guard soak == .zero || !from.isEmpty else {
            throw DocumentError(at: node.position, "promotion.soak: soaks nowhere, because “from” names no environment")
        }
        try fields.finish()
    }
}

/// Hours of the week in which releases may come.
public struct PromotionWindow: Hashable, Sendable {
    /// 0 is Monday.
    public var days: Set<Int>
    /// Minutes of the day; the end is not part of it.
    public var minutes: Range<Int>
    /// Minutes that the place is ahead of UTC.
    public var offsetMinutes: Int

    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    public init(days: Set<Int>, minutes: Range<Int>, offsetMinutes: Int = 0) {
        self.days = days
        self.minutes = minutes
        self.offsetMinutes = offsetMinutes
    }

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "window")
        var days: Set<Int> = []
        for element in try fields.list("days") {
            guard let index = element.string.flatMap(Self.dayNames.firstIndex(of:)) else {
                throw DocumentError(
                    at: element.position, "window.days: expected \(Self.dayNames.joined(separator: ", "))")
            }
            days.insert(index)
        }
        let start = try Self.minute(fields.required("from"), "window.from")
        let end = try Self.minute(fields.required("to"), "window.to")
        guard start < end else { throw DocumentError(at: node.position, "window: ends before it begins") }
        var offset = 0
        if let zone = fields.node("offset") {
            guard let found = zone.string.flatMap(Self.offset) else {
                throw DocumentError(at: zone.position, "window.offset: expected hours from UTC such as +02:00")
            }
            offset = found
        }
        self.init(days: days.isEmpty ? Set(0...6) : days, minutes: start..<end, offsetMinutes: offset)
        try fields.finish()
    }

    private static func minute(_ node: Node, _ what: String) throws(DocumentError) -> Int {
        guard let text = node.string, let minute = clock(text), minute <= 24 * 60 else {
            throw DocumentError(at: node.position, "\(what): expected a time of day such as \"09:30\"")
        }
        return minute
    }

    private static func clock(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let digits = [bytes[0], bytes[1], bytes[3], bytes[4]]
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let numbers = digits.map { Int($0) - 48 }
        let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        return minute < 60 ? hour * 60 + minute : nil
    }

    private static func offset(_ text: String) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-", let minutes = clock(text.dropFirst()),
            minutes <= 14 * 60
        else { return nil }
        return sign == "-" ? -minutes : minutes
    }

    /// The moment, in seconds since 1970, from which the window is open: `moment` itself where it is open now.
    public func opens(from moment: Int64) -> Int64 {
        let local = moment + Int64(offsetMinutes) * 60
        let (day, second) = (Self.floorDivide(local, 86_400), Self.modulo(local, 86_400))
        for ahead in Int64(0)...7 {
            // The first of January 1970 was a Thursday.
            let weekday = Int(Self.modulo(day + ahead + 3, 7))
            guard days.contains(weekday) else { continue }
            let start = Int64(minutes.lowerBound) * 60, end = Int64(minutes.upperBound) * 60
            if ahead == 0 {
                if second >= end { continue }
                if second >= start { return moment }
            }
            return (day + ahead) * 86_400 + start - Int64(offsetMinutes) * 60
        }
        return moment
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 { (value - modulo(value, by)) / by }
    private static func modulo(_ value: Int64, _ by: Int64) -> Int64 { ((value % by) + by) % by }
}

/// Days on which nothing is promoted.
public struct PromotionFreeze: Hashable, Sendable {
    public var from: CalendarDate
    /// The last day, included.
    public var to: CalendarDate
    public var reason: String

    public init(from: CalendarDate, to: CalendarDate, reason: String) {
        self.from = from
        self.to = to
        self.reason = reason
    }

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "freeze")
        self.init(
            from: try fields.requiredDate("from"), to: try fields.requiredDate("to"),
            reason: try fields.requiredText("reason"))
        guard from <= to else { throw DocumentError(at: node.position, "freeze: ends before it begins") }
        try fields.finish()
    }

    /// The end of the freeze, in seconds since 1970, where it holds at a moment.
    public func end(at moment: Int64) -> Int64? {
        let start = from.endMilliseconds / 1000 - 86_400, end = to.endMilliseconds / 1000
        return (start..<end).contains(moment) ? end : nil
    }
}

/// One question that is asked of a release where it runs.
public struct VerificationSettings: Hashable, Sendable {
    public enum Check: Hashable, Sendable {
        /// An HTTP request whose answer has this status and holds this text.
        case http(url: String, status: Int, contains: String?)
        /// A Prometheus query whose one value lies between.
        case metric(url: String, query: String, atLeast: Double?, atMost: Double?)
        /// A Job of the environment repository that must complete.
        case job(path: String)
    }

    public var name: String
    public var check: Check

    public init(name: String, check: Check) {
        self.name = name
        self.check = check
    }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "verify")
        name = try fields.requiredLabel("name")
        let url = try fields.text("http"), metric = try fields.text("metric")
        let job = try fields.path("job", exists: exists)
        switch (url, metric, job) {
        case (let url?, nil, nil):
            check = .http(
                url: try Self.address(url, node), status: try fields.integer("status", in: 100...599) ?? 200,
                contains: try fields.text("contains"))
        case (nil, let metric?, nil):
            let least = try Self.number(&fields, "at-least"), most = try Self.number(&fields, "at-most")
            guard least != nil || most != nil else {
                throw DocumentError(at: node.position, "verify: a metric needs at-least or at-most")
            }
            check = .metric(
                url: try Self.address(metric, node), query: try fields.requiredText("query"), atLeast: least,
                atMost: most)
        case (nil, nil, let job?): check = .job(path: job)
        default: throw DocumentError(at: node.position, "verify: expected one of http, metric and job")
        }
        try fields.finish()
    }

    private static func address(_ text: String, _ node: Node) throws(DocumentError) -> String {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.contains("@") else {
            throw DocumentError(
                at: node.position, "verify: \(Redaction.url(text)) is not an http address without a user")
        }
        return text
    }

    private static func number(_ fields: inout Fields, _ key: String) throws(DocumentError) -> Double? {
        guard let node = fields.node(key) else { return nil }
        guard let number = node.value.number?.double else {
            throw DocumentError(at: node.position, "verify.\(key): expected a number")
        }
        return number
    }
}

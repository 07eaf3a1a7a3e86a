public import Documents
public import WaybillCore

/// A step of a supply chain: a command, what it was given and what it said (in-toto link 0.3, `PredicateType.link`). The
/// products are the statement's subjects.
public struct LinkReport: Hashable, Sendable {
    public var name: String
    public var command: [String]
    public var materials: [ResourceDescriptor]
    public var byproducts: Value?
    public var environment: Value?

    public init(
        name: String, command: [String] = [], materials: [ResourceDescriptor] = [], byproducts: Value? = nil,
        environment: Value? = nil
    ) {
        self.name = name
        self.command = command
        self.materials = materials
        self.byproducts = byproducts
        self.environment = environment
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "link")
        self.init(
            name: try reader.requiredString("name"), command: try reader.strings("command"),
            materials: try ResourceDescriptor.list("materials", in: reader),
            byproducts: try reader.object("byproducts")?.value, environment: try reader.object("environment")?.value)
    }

    public var value: Value {
        .members(
            ("name", .string(name)), ("command", command.isEmpty ? nil : .strings(command)),
            ("materials", materials.isEmpty ? nil : .array(materials.map(\.value))), ("byproducts", byproducts),
            ("environment", environment))
    }
}

/// A version of a package was released (in-toto release 0.1, `PredicateType.release`). Its files are the subjects.
public struct ReleaseReport: Hashable, Sendable {
    public var purl: String
    public var releaseID: String?

    public init(purl: String, releaseID: String? = nil) {
        self.purl = purl
        self.releaseID = releaseID
    }

    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "release")
        self.init(purl: try reader.requiredString("purl"), releaseID: try reader.string("releaseId"))
        guard purl.utf8.starts(with: "pkg:".utf8) else { throw reader.bad("purl", "a package URL, pkg:type/name") }
    }

    public var value: Value {
        .members(("purl", .string(purl)), ("releaseId", releaseID.map(Value.string)))
    }
}

/// A rule's finding is accepted for a time (`PredicateType.exception`). The subjects are what it is accepted for.
public struct ExceptionReport: Hashable, Sendable {
    public var rule: String
    public var owner: String
    public var reason: String
    public var accepted: Timestamp
    public var expires: Timestamp

    public init(rule: String, owner: String, reason: String, accepted: Timestamp, expires: Timestamp) {
        self.rule = rule
        self.owner = owner
        self.reason = reason
        self.accepted = accepted
        self.expires = expires
    }

    /// An exception without an owner, a reason or an end is refused: nobody would ever take it back.
    public init(_ predicate: Value) throws(WaybillError) {
        let reader = try PredicateReader(predicate, "exception")
        self.init(
            rule: try reader.requiredString("rule"), owner: try reader.requiredString("owner"),
            reason: try reader.requiredString("reason"), accepted: try reader.requiredTime("acceptedOn"),
            expires: try reader.requiredTime("expires"))
        guard accepted < expires else { throw reader.bad("expires", "a time after acceptedOn") }
    }

    public var value: Value {
        .members(
            ("rule", .string(rule)), ("owner", .string(owner)), ("reason", .string(reason)),
            ("acceptedOn", .time(accepted)), ("expires", .time(expires)))
    }
}

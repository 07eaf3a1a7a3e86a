public import Attestations
public import Documents
public import WaybillCore

/// What moves from environment to environment: images by digest and the commit that they were built from. It never
/// changes; another image is another release.
public struct Release: Hashable, Sendable {
    public var project: String
    /// The project's commit, 40 or 64 hexadecimal characters.
    public var commit: String
    /// Digests by the image's name in the manifests.
    public var images: [String: Digest]
    /// When it was made, seconds since 1970.
    public var created: Int64
    /// Who wrote the commit: their own approval does not count.
    public var authors: [String]

    public init(project: String, commit: String, images: [String: Digest], created: Int64, authors: [String] = []) {
        self.project = project
        self.commit = commit
        self.images = images
        self.created = created
        self.authors = authors
    }

    /// The digest of what it consists of; the moment of its making is no part of it.
    public var id: Digest {
        let entries = images.sorted { $0.key.precedesByBytes($1.key) }.map {
            Value.array([.string($0.key), .string($0.value.description)])
        }
        return .sha256(
            of: JSONWriter.bytes(
                ["project": .string(project), "commit": .string(commit), "images": .array(entries)], style: .canonical))
    }

    /// What people call it: the first digits of its digest.
    public var name: String { String(id.hex.prefix(10)) }
}

/// What a person says about a release, signed with their own key (`ReleaseOrder.predicateType`).
public struct ReleaseOrder: Hashable, Sendable {
    public static let predicateType = "https://waybill.dev/attestation/release-order/v1"

    public enum Action: String, Sendable, CaseIterable {
        /// This release may come to this environment.
        case approve
        /// It may not.
        case reject
        /// Nothing comes to the environment until it is resumed.
        case hold
        case resume
        /// The release goes nowhere any more.
        case stop
    }

    public var action: Action
    public var project: String
    /// Nil for holds: they are about the environment.
    public var release: Digest?
    /// Nil for a stop, which holds everywhere.
    public var environment: String?
    public var person: String
    public var reason: String?
    public var time: Timestamp

    public init(
        action: Action, project: String, release: Digest?, environment: String?, person: String,
        reason: String? = nil, time: Timestamp
    ) {
        self.action = action
        self.project = project
        self.release = release
        self.environment = environment
        self.person = person
        self.reason = reason
        self.time = time
    }

    public init(_ predicate: Value) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "release order") }
        guard let action = predicate["action"]?.string.flatMap(Action.init(rawValue:)) else {
            throw bad("the action is none of \(Action.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let project = predicate["project"]?.string, let person = predicate["person"]?.string,
            let time = predicate["orderedOn"]?.string.flatMap({ Timestamp($0) })
        else { throw bad("project, person or orderedOn is missing") }
        self.init(
            action: action, project: project,
            release: try predicate["release"]?.string.map { text throws(WaybillError) in try Digest(parsing: text) },
            environment: predicate["environment"]?.string, person: person, reason: predicate["reason"]?.string,
            time: time)
        let isAboutRelease = action == .approve || action == .reject || action == .stop
        guard !isAboutRelease || release != nil, action == .stop || environment != nil else {
            throw bad("\(action.rawValue) must name \(release == nil ? "a release" : "an environment")")
        }
    }

    public var value: Value {
        var value: Value = ["action": .string(action.rawValue), "project": .string(project)]
        if let release { value["release"] = .string(release.description) }
        if let environment { value["environment"] = .string(environment) }
        value["person"] = .string(person)
        if let reason { value["reason"] = .string(reason) }
        value["orderedOn"] = .string(time.description)
        return value
    }

    /// What the order is about: the release, or the environment by the digest of its name.
    public var subject: Digest { release ?? Self.subject(project: project, environment: environment ?? "") }

    /// The name under which orders about an environment are found.
    public static func subject(project: String, environment: String) -> Digest {
        .sha256(of: "environment \(project)/\(environment)".utf8)
    }

    public var statement: Statement {
        Statement(
            subjects: [Statement.Subject(name: project, digest: subject)], predicateType: Self.predicateType,
            predicate: value)
    }
}

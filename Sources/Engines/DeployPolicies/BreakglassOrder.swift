public import Attestations
import Documents
public import WaybillCore

/// A person's signed word that an image may run against the verdict: where, why and until when. It is a paper about the
/// image, so it cannot be forged by whoever writes an object, and it is evidence afterwards.
public struct BreakglassOrder: Hashable, Sendable {
    public static let predicateType = "https://waybill.dev/attestation/breakglass/v1"
    /// The longest time that one order holds: whoever needs more signs again.
    public static let secondsMax: Int64 = 7 * 86_400

    public var image: Digest
    public var namespace: String
    public var reason: String
    /// Who declares the emergency, by the name that the allowed signers know.
    public var actor: String
    public var issued: Timestamp
    public var expires: Timestamp

    public init(
        image: Digest, namespace: String, reason: String, actor: String, issued: Timestamp, expires: Timestamp
    ) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: "breakglass order")
        }
        guard image.algorithm == .sha256 else { throw bad("names an image by something else than SHA-256") }
        guard !namespace.isEmpty else { throw bad("names no namespace") }
        guard reason.utf8.contains(where: { $0 > 0x20 }) else { throw bad("gives no reason") }
        guard !actor.isEmpty else { throw bad("names nobody who declares it") }
        guard issued < expires else { throw bad("ends before it begins") }
        guard expires.seconds - issued.seconds <= Self.secondsMax else {
            throw WaybillError(
                .invalidInput, "holds for more than \(Self.secondsMax / 86_400) days", subject: "breakglass order",
                remedy: "sign a shorter one, and another when it has run out")
        }
        self.image = image
        self.namespace = namespace
        self.reason = reason
        self.actor = actor
        self.issued = issued
        self.expires = expires
    }

    public var statement: Statement {
        Statement(
            subjects: [.init(name: "image", digest: image)], predicateType: Self.predicateType,
            predicate: [
                "namespace": .string(namespace), "reason": .string(reason), "actor": .string(actor),
                "issuedOn": .string(issued.description), "expiresOn": .string(expires.description),
            ])
    }

    public init(_ statement: Statement) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: "breakglass order")
        }
        guard statement.predicateType.utf8.elementsEqual(Self.predicateType.utf8) else {
            throw bad("the statement is of another type")
        }
        guard statement.subjects.count == 1, let hex = statement.subjects[0].digest["sha256"],
            let image = Digest(algorithm: .sha256, hex: hex)
        else { throw bad("is about something else than one image") }
        let predicate = statement.predicate
        func text(_ key: String) throws(WaybillError) -> String {
            guard let text = predicate[key]?.string else { throw bad("“\(key)” is missing") }
            return text
        }
        func time(_ key: String) throws(WaybillError) -> Timestamp {
            guard let time = Timestamp(try text(key)) else { throw bad("“\(key)” is no time") }
            return time
        }
        // A member that nobody knows might have been meant to narrow the order.
        guard let members = predicate.object,
            Set(members.keys).isSubset(of: ["namespace", "reason", "actor", "issuedOn", "expiresOn"])
        else { throw bad("says more than is understood") }
        try self.init(
            image: image, namespace: try text("namespace"), reason: try text("reason"), actor: try text("actor"),
            issued: try time("issuedOn"), expires: try time("expiresOn"))
    }

    /// Whether it lets this image run here at this moment.
    public func covers(_ image: Digest, in namespace: String, at moment: Timestamp) -> Bool {
        self.image == image && self.namespace.utf8.elementsEqual(namespace.utf8) && issued <= moment && moment < expires
    }
}

public import Documents
public import Grafeas
import Ledger
public import MetadataFilters
public import MetadataRules
public import SwiftProtobuf
import WaybillCore

/// A note or occurrence of either version of the API.
public protocol MetadataMessage: Message {
    var name: String { get set }
    var createTime: Google_Protobuf_Timestamp { get set }
    var updateTime: Google_Protobuf_Timestamp { get set }
    mutating func setKind(_ kind: GrafeasKind)
}

/// An occurrence of either version.
public protocol OccurrenceMessage: MetadataMessage {
    var noteName: String { get set }
    var resourceURI: String { get }
}

extension V1Note: MetadataMessage {
    public mutating func setKind(_ kind: GrafeasKind) {
        self.kind = V1NoteKind(rawValue: Int(kind.number)) ?? .unspecified
    }
}

extension V1Occurrence: OccurrenceMessage {
    public mutating func setKind(_ kind: GrafeasKind) {
        self.kind = V1NoteKind(rawValue: Int(kind.number)) ?? .unspecified
    }
    public var resourceURI: String { resourceUri }
}

extension V1Beta1Note: MetadataMessage {
    public mutating func setKind(_ kind: GrafeasKind) { self.kind = BetaFlavor.kind(kind) }
}

extension V1Beta1Occurrence: OccurrenceMessage {
    public mutating func setKind(_ kind: GrafeasKind) { self.kind = BetaFlavor.kind(kind) }
    public var resourceURI: String { resource.uri }
}

/// A version of the API: its messages, and how those of the other version become its own.
public protocol MetadataFlavor: Sendable {
    associatedtype Note: MetadataMessage
    associatedtype Occurrence: OccurrenceMessage
    static var version: MetadataVersion { get }
    /// The document of a note or occurrence of the other version in this version's fields.
    static func note(fromOther document: Value) -> Value
    static func occurrence(fromOther document: Value) -> Value
    static func hasNotes(_ kind: GrafeasKind) -> Bool
    static func hasOccurrences(_ kind: GrafeasKind) -> Bool
    /// Where an occurrence's resource is.
    static var resource: FieldPath { get }
}

/// grafeas.v1.
public enum V1Flavor: MetadataFlavor {
    public typealias Note = V1Note
    public typealias Occurrence = V1Occurrence
    public static let version = MetadataVersion.v1
    public static func note(fromOther document: Value) -> Value { BetaNote.v1(document) }
    public static func occurrence(fromOther document: Value) -> Value { BetaOccurrence.v1(document) }
    public static func hasNotes(_ kind: GrafeasKind) -> Bool { kind.note != nil }
    public static func hasOccurrences(_ kind: GrafeasKind) -> Bool { kind.occurrence != nil }
    public static let resource = FieldPath("resourceUri")
}

/// grafeas.v1beta1.
public enum BetaFlavor: MetadataFlavor {
    public typealias Note = V1Beta1Note
    public typealias Occurrence = V1Beta1Occurrence
    public static let version = MetadataVersion.v1beta1
    public static func note(fromOther document: Value) -> Value { BetaNote.beta(document) }
    public static func occurrence(fromOther document: Value) -> Value { BetaOccurrence.beta(document) }
    public static func hasNotes(_ kind: GrafeasKind) -> Bool { kind.betaNote != nil }
    public static func hasOccurrences(_ kind: GrafeasKind) -> Bool { kind.betaOccurrence != nil }
    public static let resource = FieldPath("resource", "uri")

    /// The versions number their later kinds differently.
    static func kind(_ kind: GrafeasKind) -> V1Beta1NoteKind {
        V1Beta1NoteKind.allCases.first { "\($0)".lowercased() == kind.name.replacing("_", with: "").lowercased() }
            ?? .unspecified
    }
}

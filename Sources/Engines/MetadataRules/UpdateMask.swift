public import Documents
import Grafeas
import MetadataFilters
public import SwiftProtobuf
public import WaybillCore

/// Which fields an update takes over: paths in either spelling, `*` for the whole, nothing for all that are written.
public struct UpdateMask: Hashable, Sendable {
    public static let pathsMax = 200
    /// What the service alone writes; an update leaves it as it is, whatever the mask says.
    static let outputOnly = ["name", "createTime", "updateTime"]

    /// JSON names.
    public let paths: [[String]]
    public let isEverything: Bool

    public init(paths: [String]) throws(WaybillError) {
        guard paths.count <= Self.pathsMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.pathsMax) paths", subject: "update mask")
        }
        isEverything = paths.contains("*")
        guard !isEverything || paths.count == 1 else {
            throw WaybillError(.invalidInput, "“*” stands alone", subject: "update mask")
        }
        var result: [[String]] = []
        for path in paths where path != "*" {
            let names = path.split(separator: ".", omittingEmptySubsequences: false).map {
                FieldPath.jsonName(String($0))
            }
            guard names.allSatisfy({ !$0.isEmpty }), names.count <= 12 else {
                throw WaybillError(.invalidInput, "\(Redaction.excerpt(path)) is no path", subject: "update mask")
            }
            result.append(names)
        }
        self.paths = result
    }

    /// As REST writes it: `shortDescription,vulnerability.severity`.
    public init(commaSeparated text: String) throws(WaybillError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: true)
        try self.init(paths: parts.map { part in String(part.drop { $0 == " " }) })
    }

    /// The stored message's fields with those of the update that the mask names. Throws `.invalidInput` for a path that
    /// leads to no field.
    public func merge<M: Message>(
        _ update: Value, into stored: Value, as type: M.Type
    ) throws(WaybillError) -> Value {
        for path in paths where !MessageFields.hasMaskable(path, in: type) {
            throw WaybillError(
                .invalidInput, "\(type.protoMessageName) has no field “\(path.joined(separator: "."))”",
                subject: "update mask")
        }
        var result: Object
        if isEverything {
            result = update.object ?? Object()
        } else {
            result = stored.object ?? Object()
            let taken = paths.isEmpty ? (update.object?.keys ?? []).map { [$0] } : paths
            for path in taken {
                Self.set(Self.value(at: path[...], in: update), at: path[...], in: &result)
            }
        }
        for name in Self.outputOnly { result[name] = stored[name] }
        return .object(result)
    }

    private static func value(at path: ArraySlice<String>, in document: Value) -> Value? {
        path.reduce(document as Value?) { value, name in value?[name] }
    }

    private static func set(_ value: Value?, at path: ArraySlice<String>, in object: inout Object) {
        guard let name = path.first else { return }
        if path.count == 1 {
            object[name] = value
            return
        }
        // Clearing a field of a message that is not there makes no message.
        guard value != nil || object[name] != nil else { return }
        var inner = object[name]?.object ?? Object()
        set(value, at: path.dropFirst(), in: &inner)
        object[name] = .object(inner)
    }
}

public import WaybillCore

extension Finding {
    /// The finding with stable keys, for programs; `init(_:)` reads it back.
    public var value: Value {
        var value: Value = [
            "rule": .string(rule), "kind": .string(kind.rawValue), "severity": .string(severity.rawValue),
            "message": .string(message),
        ]
        if !aliases.isEmpty { value["aliases"] = .array(aliases.map(Value.string)) }
        if let location = place.location {
            value["file"] = .string(location.file)
            if let line = location.line { value["line"] = .integer(line) }
            if let column = location.column { value["column"] = .integer(column) }
        }
        if let layer = place.layer { value["layer"] = .string(layer.description) }
        if let package = place.package { value["package"] = .string(package) }
        if let object = place.object { value["object"] = .string(object) }
        if let field = place.field { value["field"] = .string(field) }
        if let evidence { value["evidence"] = .string(evidence) }
        if let remedy { value["remedy"] = .string(remedy) }
        if let fixedVersion { value["fixedVersion"] = .string(fixedVersion) }
        return value
    }

    /// Nil where the rule or the message is missing. An unknown severity or kind becomes `unknown` and `policy`, so that
    /// a policy's own violation needs no more than a rule and a message.
    public init?(_ value: Value) {
        guard let rule = value["rule"]?.string, let message = value["message"]?.string else { return nil }
        var location: SourceLocation?
        if let file = value["file"]?.string {
            location = SourceLocation(
                file: file,
                position: value["line"]?.integer.map { Position(line: $0, column: value["column"]?.integer ?? 1) })
        }
        self.init(
            rule: rule, kind: value["kind"]?.string.flatMap(Kind.init(rawValue:)) ?? .policy,
            severity: value["severity"]?.string.flatMap(Severity.init(rawValue:)) ?? .unknown, message: message,
            place: Place(
                location: location, layer: value["layer"]?.string.flatMap { Digest($0) },
                package: value["package"]?.string, object: value["object"]?.string, field: value["field"]?.string),
            aliases: value["aliases"]?.array?.compactMap(\.string) ?? [], evidence: value["evidence"]?.string,
            remedy: value["remedy"]?.string, fixedVersion: value["fixedVersion"]?.string)
    }
}

extension Verdict {
    /// The verdict with stable keys, findings in reading order.
    public var value: Value {
        [
            "gate": .string(gate.rawValue), "subject": .string(subject), "verdict": .string(word),
            "violations": .array(violations.sorted(by: Finding.inReadingOrder).map(\.value)),
            "warnings": .array(warnings.sorted(by: Finding.inReadingOrder).map(\.value)),
        ]
    }
}

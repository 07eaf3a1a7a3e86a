import Documents
import KubernetesAPI

/// What makes seccomp and AppArmor profiles unfit.
enum ProfileRules {
    typealias Cause = FieldError

    private static let types = ["Localhost", "RuntimeDefault", "Unconfined"]

    static func seccomp(_ profile: Value?, _ path: String) -> [Cause] {
        guard let profile else { return [] }
        let type = FieldRules.text(profile["type"])
        var causes: [Cause] =
            type.isEmpty
            ? [.required("\(path).type", "type is required when seccompProfile is set")]
            : FieldRules.supportedWord(.string(type), "\(path).type", types)
        let file = profile["localhostProfile"]?.string
        if type == "Localhost" {
            if let file {
                causes += FieldRules.descending(file, "\(path).localhostProfile")
            } else {
                causes.append(
                    .required("\(path).localhostProfile", "must be set when seccomp type is Localhost"))
            }
        } else if let file {
            causes.append(
                .invalid(
                    "\(path).localhostProfile", ["Type": .string(type), "LocalhostProfile": .string(file)],
                    "can only be set when seccomp type is Localhost"))
        }
        return causes
    }

    static func appArmor(_ profile: Value?, _ path: String) -> [Cause] {
        guard let profile else { return [] }
        let field = "\(path).localhostProfile"
        let file = profile["localhostProfile"]?.string
        switch FieldRules.text(profile["type"]) {
        case "Localhost":
            guard let file, !file.isEmpty else {
                return [.required(field, "must be set when AppArmor type is Localhost")]
            }
            return file.first?.isWhitespace == true || file.last?.isWhitespace == true
                ? [.invalid(field, .string(file), "must not be padded with whitespace")] : []
        case "RuntimeDefault", "Unconfined":
            return file.map {
                [.invalid(field, .string($0), "can only be set when AppArmor type is Localhost")]
            } ?? []
        case "": return [.required("\(path).type", "type is required when appArmorProfile is set")]
        case let other: return [.unsupported("\(path).type", .string(other), types)]
        }
    }
}

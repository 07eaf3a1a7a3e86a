import CEL
import RegularExpressions
import WaybillCore

/// The formats of text that schemas may ask for. Unknown ones accept everything.
enum SchemaFormat {
    static func accepts(_ text: String, _ format: String) -> Bool {
        switch format.replacing("-", with: "") {
        case "datetime":
            // A value that the expression language reads is a time.
            let program = try? CELProgram("timestamp(t)", variables: ["t": .string])
            return (try? program?.evaluate(["t": .string(text)])) != nil
        case "date": return matches(text, "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
        case "byte": return Base64.decode(text) != nil
        case "ipv4": return matches(text, "^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.|$)){4}$")
        case "ipv6": return text.contains(":") && matches(text, "^[0-9A-Fa-f:.]{2,45}$")
        case "cidr": return matches(text, "^[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}$")
        case "email": return matches(text, "^[^@\\s]+@[^@\\s]+$")
        case "uuid", "uuid3", "uuid4", "uuid5":
            return matches(text, "^(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$")
        case "uri": return matches(text, "^[A-Za-z][A-Za-z0-9+.-]*:[^\\s]+$") || text.hasPrefix("/")
        case "mac": return matches(text, "^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$")
        case "hostname":
            return text.utf8.count <= 253
                && matches(text, "^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$")
        case "duration": return matches(text, "^([0-9]+(\\.[0-9]+)?\\s*[a-zµ]+\\s*)+$")
        default: return true
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        (try? RegularExpression(pattern))?.matches(text) ?? true
    }
}

import WaybillCore

enum Base64Text {
    static func encode(_ text: String) -> String { Base64.encode(text.utf8) }
}

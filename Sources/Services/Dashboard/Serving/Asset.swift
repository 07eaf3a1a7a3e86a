import HTTPTypes
import Hummingbird
import NIOCore

/// A file that pages need. It holds nothing secret, so that the page that asks for a token is styled too.
struct Asset {
    let type: String
    let text: String

    static let styleSheet = Asset(type: "text/css; charset=utf-8", text: StyleSheet.text)
    static let icon = Asset(type: "image/svg+xml", text: StyleSheet.icon)

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "max-age=300"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

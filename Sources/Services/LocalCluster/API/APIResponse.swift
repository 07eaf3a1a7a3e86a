import Documents

/// What the API answers, free of the transport.
struct APIResponse: Sendable {
    enum Body: Sendable {
        case document(Value)
        case text(String)
        case bytes([UInt8])
        /// One document per line until the stream ends.
        case watch(AsyncStream<Value>)
        /// Pieces of text as they come.
        case lines(AsyncStream<[UInt8]>)
    }

    var code = 200
    var body: Body
    var warnings: [String] = []
    /// Empty where the answer names none.
    var contentType = "application/json"
    /// The caller asked for YAML.
    var isYAML = false

    init(_ value: Value, code: Int = 200, warnings: [String] = []) {
        body = .document(value)
        self.code = code
        self.warnings = warnings
    }

    init(text: String, code: Int = 200) {
        body = .text(text)
        contentType = "text/plain; charset=utf-8"
        self.code = code
    }

    init(bytes: [UInt8], contentType: String) {
        body = .bytes(bytes)
        self.contentType = contentType
    }

    init(watch: AsyncStream<Value>) { body = .watch(watch) }

    init(lines: AsyncStream<[UInt8]>) {
        body = .lines(lines)
        contentType = "text/plain"
    }

    /// Nothing to say.
    static var nothing: APIResponse {
        var response = APIResponse(bytes: [], contentType: "")
        response.code = 204
        return response
    }

    init(_ error: APIError) {
        if error.message == APIError.pageNotFound.message {
            self.init(text: error.message + "\n", code: 404)
        } else {
            self.init(error.status, code: error.code, warnings: error.warnings)
        }
    }
}

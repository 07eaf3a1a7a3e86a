import Attestations
import Documents
import WaybillCore

/// What a client asks of the signer. One frame, one answer.
enum SignerRequest {
    case key
    case sign([UInt8])

    var value: Value {
        switch self {
        case .key: ["operation": "key"]
        case .sign(let statement): ["operation": "sign", "statement": .string(Base64.encode(statement))]
        }
    }

    init(parsing bytes: [UInt8]) throws(WaybillError) {
        let value = try SignerFrame.value(bytes)
        switch value["operation"]?.string {
        case "key": self = .key
        case "sign":
            guard let text = value["statement"]?.string, let statement = Base64.decode(text) else {
                throw WaybillError(.invalidInput, "the statement is missing or not base 64", subject: "signer request")
            }
            self = .sign(statement)
        default:
            throw WaybillError(.invalidInput, "the operation is unknown", subject: "signer request")
        }
    }
}

/// What the signer answers.
enum SignerAnswer {
    case key(pem: String)
    case envelope(Envelope)
    case refused(WaybillError)

    var value: Value {
        switch self {
        case .key(let pem): ["publicKey": .string(pem)]
        case .envelope(let envelope): ["envelope": envelope.value]
        case .refused(let error):
            [
                "error": [
                    "code": .string(error.code.rawValue), "message": .string(error.message), "subject": .string(error.subject),
                    "remedy": Value(error.remedy),
                ]
            ]
        }
    }

    init(parsing bytes: [UInt8]) throws(WaybillError) {
        let value = try SignerFrame.value(bytes)
        if let error = value["error"] {
            self = .refused(
                WaybillError(
                    error["code"]?.string.flatMap(WaybillError.Code.init) ?? .failed, error["message"]?.string ?? "refused",
                    subject: error["subject"]?.string ?? "signer", remedy: error["remedy"]?.string))
        } else if let envelope = value["envelope"] {
            self = .envelope(try Envelope(envelope))
        } else if let pem = value["publicKey"]?.string {
            self = .key(pem: pem)
        } else {
            throw WaybillError(.invalidInput, "the answer is not understood", subject: "signer")
        }
    }
}

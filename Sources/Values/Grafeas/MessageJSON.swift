public import Documents
public import SwiftProtobuf
public import WaybillCore

/// Messages as JSON, in the mapping that protocol buffers define, and as trees of fields.
public enum MessageJSON {
    /// Messages inside one another.
    public static let depthMax = 64

    public static func bytes(_ message: some Message, enumsAsNumbers: Bool = false) throws(WaybillError) -> [UInt8] {
        var options = JSONEncodingOptions()
        options.alwaysPrintEnumsAsInts = enumsAsNumbers
        do {
            return try message.jsonUTF8Bytes(options: options)
        } catch {
            throw WaybillError(
                .unsupported, "the message has no JSON form", subject: type(of: message).protoMessageName,
                remedy: "leave out google.protobuf.Any of types that are not known here", cause: error)
        }
    }

    /// Reads a message; a field that it does not have is an error unless it shall be left out.
    public static func message<M: Message>(
        _ type: M.Type, from bytes: [UInt8], leavingOutUnknown: Bool = false
    ) throws(WaybillError) -> M {
        var options = JSONDecodingOptions()
        options.messageDepthLimit = depthMax
        options.ignoreUnknownFields = leavingOutUnknown
        do {
            return try M(jsonUTF8Bytes: bytes, options: options)
        } catch {
            throw WaybillError(
                .invalidInput, "this is no \(M.protoMessageName): \(error)", subject: M.protoMessageName)
        }
    }

    /// The message's fields by their JSON names; fields with their default are not there.
    public static func document(_ message: some Message) throws(WaybillError) -> Value {
        do {
            return try JSONReader.value(from: try bytes(message))
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.corrupted, "the message's JSON cannot be read", subject: "message", cause: error)
        }
    }

    public static func message<M: Message>(
        _ type: M.Type, from document: Value, leavingOutUnknown: Bool = false
    ) throws(WaybillError) -> M {
        try message(type, from: JSONWriter.bytes(document), leavingOutUnknown: leavingOutUnknown)
    }
}

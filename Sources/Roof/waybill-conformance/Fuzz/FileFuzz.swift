import Documents
import PolicyFiles
import WaybillCore

/// Readers of configuration files: a value, or an error with a place.
enum FileFuzz {
    static let all = FileParser.allCases.map { parser in
        FuzzTarget("file-\(parser.rawValue)") { try read($0, parser) }
    }

    private static let limits = DocumentLimits(bytesMax: 4 << 20)

    private static func read(_ bytes: [UInt8], _ parser: FileParser) throws {
        let node: Node
        do {
            node = try parser.node(from: bytes, file: "fuzz", limits: limits)
        } catch {
            guard error.subject.hasPrefix("fuzz") else {
                throw FuzzTarget.Finding(message: "an error without its place: \(error)")
            }
            return
        }
        // Whatever was read is JSON, and the same when it is read again.
        let text = JSONWriter.bytes(node.value)
        guard let again = try? JSONReader.value(from: text), again == node.value else {
            throw FuzzTarget.Finding(
                message: "the value is not JSON: \(String(decoding: text.prefix(200), as: UTF8.self))")
        }
    }
}

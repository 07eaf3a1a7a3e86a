import Documents
import Testing
import WaybillCore

@testable import ConfigurationFiles

/// A text with the document that it is, as JSON.
struct Example: Sendable, CustomTestStringConvertible {
    var text: String
    var json: String
    var testDescription: String { String(text.prefix(60)) }

    init(_ text: String, _ json: String) {
        self.text = text
        self.json = json
    }

    typealias Read = ([UInt8], DocumentLimits) throws(DocumentError) -> Node

    func check(_ read: Read, _ location: SourceLocation = #_sourceLocation) throws {
        let node = try read(Array(text.utf8), .standard)
        let expected = try JSONReader.value(from: json)
        #expect(
            node.value == expected, "\(JSONWriter.string(node.value, style: .canonical))", sourceLocation: location)
    }

    typealias SourceLocation = Testing.SourceLocation
}

/// A text that is refused, with the place and a part of the reason.
struct Refusal: Sendable, CustomTestStringConvertible {
    var text: String
    var place: String
    var reason: String
    var testDescription: String { String(text.prefix(60)) }

    init(_ text: String, _ place: String, _ reason: String) {
        self.text = text
        self.place = place
        self.reason = reason
    }

    func check(_ read: Example.Read, _ location: Testing.SourceLocation = #_sourceLocation) {
        let error = #expect(throws: DocumentError.self, sourceLocation: location) {
            _ = try read(Array(text.utf8), .standard)
        }
        #expect(error?.position.description == place, "\(error?.description ?? "")", sourceLocation: location)
        #expect(error?.message.contains(reason) == true, "\(error?.description ?? "")", sourceLocation: location)
    }
}

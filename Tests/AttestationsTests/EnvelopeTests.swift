import Attestations
import Testing
import WaybillCore

struct EnvelopeTests {
    static func text(_ payload: String = "\"e30=\"", _ signature: String = #"{"keyid":"k","sig":"AQ=="}"#) -> [UInt8] {
        Array(#"{"payloadType":"t","payload":\#(payload),"signatures":[\#(signature)]}"#.utf8)
    }

    @Test(arguments: [
        #"{"sig":"AQ=="}"#, #"{"keyid":null,"sig":"AQ=="}"#, #"{"keyid":"","sig":"AQ=="}"#,
        #"{"keyid":"k","sig":"AQ"}"#, #"{"keyid":"k","sig":"-_8="}"#, #"{"keyid":"k","sig":"+/8="}"#,
        #"{"keyid":"k","sig":"AQ==","cert":"x"}"#,
    ])
    func `a signature may say which key made it, or not`(_ signature: String) throws {
        #expect(try Envelope(parsing: Self.text("\"e30=\"", signature)).payload == Array("{}".utf8))
    }

    @Test(arguments: [
        "", "{}", "null", #""AQ==""#, #"{"keyid":1,"sig":"AQ=="}"#, #"{"keyid":["k"],"sig":"AQ=="}"#,
        #"{"keyid":{},"sig":"AQ=="}"#, #"{"keyid":"k","sig":""}"#, #"{"keyid":"k","sig":null}"#,
        #"{"keyid":"k","sig":7}"#, #"{"keyid":"k","sig":"A"}"#, #"{"keyid":"k","sig":"AR=="}"#,
        #"{"keyid":"k","sig":"A Q=="}"#, #"{"keyid":"k","sig":"AQ==\n"}"#, #"{"keyid":"k","sig":"AQ="}"#,
        #"{"keyid":"k","sig":"AQ==="}"#, #"{"keyid":"k","sig":"AQ==","sig":"AQ=="}"#,
        #"{"keyid":"k","sig":"AQ=="},{"keyid":"k"}"#,
    ])
    func `a signature that two readers could take differently is refused`(_ signature: String) {
        #expect(throws: WaybillError.self) { try Envelope(parsing: Self.text("\"e30=\"", signature)) }
    }

    @Test(arguments: ["null", "7", "{}", #""e30""# + " ", #""e3 0=""#, #""e31=""#, #""é""#])
    func `a payload is one base 64 text`(_ payload: String) {
        let isText = payload == #""e30""# + " "
        #expect(((try? Envelope(parsing: Self.text(payload))) != nil) == isText)
    }

    @Test func `what is written is read as it was`() throws {
        let envelope = Envelope(
            payloadType: "t", payload: [0, 255, 10],
            signatures: [.init(keyID: "", bytes: [1]), .init(keyID: "ä", bytes: [2])])
        #expect(try Envelope(parsing: envelope.bytes) == envelope)
        #expect(envelope.preAuthenticationEncoding == Array("DSSEv1 1 t 3 ".utf8) + [0, 255, 10])
    }
}

import Documents
import Rego
import RegularExpressions
import WaybillCore

/// Something that reads bytes from outside and must never trap, hang or fill the memory with them.
struct FuzzTarget: Sendable {
    var name: String
    /// Reads the bytes. Throws where it finds something wrong with the reader; refusing bad input is right.
    var run: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.run = run
    }

    /// What is wrong with a reader.
    struct Finding: Error { var message: String }

    /// Every target; a new one is one line, and a folder of seeds in `Tests/Corpus`.
    static let all =
        [
            FuzzTarget("rego-parser", RegoFuzz.parse), FuzzTarget("rego-eval", RegoFuzz.evaluate),
            FuzzTarget("rego-regex", RegoFuzz.regex), FuzzTarget("rego-json", RegoFuzz.json),
            FuzzTarget("rego-template", RegoFuzz.template), FuzzTarget("rego-zone", RegoFuzz.zone),
            FuzzTarget("rego-certificate", RegoFuzz.certificate),
        ] + FileFuzz.all + ScanFuzz.targets + MetadataFuzz.targets + EvidenceFuzz.targets + DeliveryFuzz.targets
        + ClusterFuzz.targets
}

enum RegoFuzz {
    private static let limits = EvaluationLimits(stepsMax: 20_000, depthMax: 200, bytesMax: 16 << 20)

    private static func policy(_ body: String) throws -> CompiledPolicy {
        try CompiledPolicy(modules: [try PolicyModule(parsing: "package t\n\n" + body, file: "fuzz.rego")])
    }

    /// Modules in both versions, compiled where they can be read.
    static func parse(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        for version in [RegoVersion.v1, .v0] {
            guard let module = try? PolicyModule(parsing: text, file: "fuzz.rego", version: version) else { continue }
            _ = try? CompiledPolicy(modules: [module])
        }
        if let module = try? PolicyModule.read(text, file: "fuzz.rego", extensions: .logicalKeywords) {
            _ = try? CompiledPolicy(modules: [module])
            _ = try? RegoFormatter.format(text, file: "fuzz.rego", extensions: .logicalKeywords)
        }
        _ = try? CompiledPolicy(modules: []).prepare(query: text)
    }

    /// Modules that compile, with everything that they define evaluated under small limits.
    static func evaluate(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let module = try? PolicyModule(parsing: text, file: "fuzz.rego"),
            let policy = try? CompiledPolicy(modules: [module])
        else { return }
        _ = try? policy.evaluate(rule: "data", input: ["a": [1, 2, ["b": "c"]], "user": "alice"], limits: limits)
        _ = try? policy.evaluateLocated(rule: "data", regoInput: ["a": [1, 2]], limits: limits)
    }

    /// A text template, laid out over a small value.
    static func template(_ bytes: [UInt8]) throws {
        let policy = try policy(
            #"p := strings.render_template(input, {"a": [1, {"b": "c"}], "d": null, "e": 1.5, "f": "text"})"#)
        _ = try? policy.evaluate(
            rule: "data.t.p", regoInput: .string(String(decoding: bytes, as: UTF8.self)), limits: limits)
    }

    /// A time zone's file, asked about several times.
    static func zone(_ bytes: [UInt8]) throws {
        let policy = try policy(
            #"p := [time.format([t, "A/B"]) | some t in input]"# + "\n"
                + #"q := time.parse_ns("2006-01-02 15:04 MST", "2024-03-31 02:30 ABC")"# + "\n"
                + #"r := time.diff([input[0], "A/B"], [input[4], "A/B"])"#)
        let times: [RegoValue] = [0, .int(.min), .int(.max), 1_710_046_800_000_000_000, 4_000_000_000_000_000_000]
        let surroundings = EvaluationSurroundings { _ in bytes }
        _ = try? policy.evaluate(rule: "data.t", regoInput: .array(times), limits: limits, surroundings: surroundings)
    }

    /// One DER value as a certificate, a request, and an authority above itself.
    static func certificate(_ bytes: [UInt8]) throws {
        let policy = try policy(
            """
            p := crypto.x509.parse_certificates(input)
            q := crypto.x509.parse_certificate_request(input)
            r := crypto.x509.parse_and_verify_certificates(input)
            """)
        let text = RegoValue.string(Base64.encode(bytes))
        for rule in ["p", "q", "r"] {
            _ = try? policy.evaluate(rule: "data.t.\(rule)", regoInput: text, limits: limits)
        }
    }

    /// A pattern, and behind the first line's end what it is tried on.
    static func regex(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
        guard let expression = try? RegularExpression(String(decoding: parts[0], as: UTF8.self)) else { return }
        let text = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "a text"
        _ = expression.findAll(in: text, limit: 100)
    }

    /// The quick reader and the careful one agree.
    static func json(_ bytes: [UInt8]) throws {
        let quick = try? RegoValue(json: bytes)
        let careful = try? JSONReader.value(from: bytes)
        switch (quick, careful) {
        case (nil, nil): return
        case (let one?, let other?):
            guard one == RegoValue(other) else { throw FuzzTarget.Finding(message: "the readers give other values") }
        case (_?, nil): throw FuzzTarget.Finding(message: "the quick reader takes what the careful one refuses")
        case (nil, _?):
            // A number beyond all use is refused by the quick reader only.
            guard bytes.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) || bytes.count > 10_000 else {
                throw FuzzTarget.Finding(message: "the quick reader refuses what the careful one takes")
            }
        }
    }
}

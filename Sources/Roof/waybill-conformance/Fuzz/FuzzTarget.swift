import Documents
import Rego
import RegularExpressions

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
        ] + FileFuzz.all + ScanFuzz.targets + MetadataFuzz.targets
}

enum RegoFuzz {
    /// Modules in both versions, compiled where they can be read.
    static func parse(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        for version in [RegoVersion.v1, .v0] {
            guard let module = try? PolicyModule(parsing: text, file: "fuzz.rego", version: version) else { continue }
            _ = try? CompiledPolicy(modules: [module])
        }
        _ = try? CompiledPolicy(modules: []).prepare(query: text)
    }

    /// Modules that compile, with everything that they define evaluated under small limits.
    static func evaluate(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let module = try? PolicyModule(parsing: text, file: "fuzz.rego"),
            let policy = try? CompiledPolicy(modules: [module])
        else { return }
        let limits = EvaluationLimits(stepsMax: 20_000, depthMax: 200, bytesMax: 16 << 20)
        _ = try? policy.evaluate(rule: "data", input: ["a": [1, 2, ["b": "c"]], "user": "alice"], limits: limits)
        _ = try? policy.evaluateLocated(rule: "data", regoInput: ["a": [1, 2]], limits: limits)
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

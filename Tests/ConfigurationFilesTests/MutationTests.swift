import Documents
import Testing
import WaybillCore

@testable import ConfigurationFiles

/// Whatever the bytes are: a value or an error, never a trap, never without end.
@Suite struct MutationTests {
    struct Format: Sendable, CustomTestStringConvertible {
        var name: String
        var seed: String
        /// What opens a level, repeated.
        var opening: String
        var read: @Sendable ([UInt8], DocumentLimits) throws(DocumentError) -> Node
        var testDescription: String { name }
    }

    static let formats = [
        Format(
            name: "toml", seed: "[a]\nx = \"\\u00e9\" # c\ny = [1, {z = 0x1F}]\n[[b]]\nd = 1979-05-27T07:32:00Z\n",
            opening: "a = ["
        ) { (b, l) throws(DocumentError) in try TOMLReader.node(from: b, limits: l) },
        Format(name: "ini", seed: "[a]\nk = \"v\" ; c\nj: `x`\nm = \"\"\"a\nb\"\"\"\n", opening: "[") {
            (b, l) throws(DocumentError) in try INIReader.node(from: b, limits: l)
        },
        Format(name: "dotenv", seed: "export A=\"x${B}\\n\" # c\nB='y'\n", opening: "A=\"$") {
            (b, l) throws(DocumentError) in try DotenvReader.node(from: b, limits: l)
        },
        Format(name: "properties", seed: "a\\:b = c\\u00e9\\\n  d\n! e\n", opening: "\\") {
            (b, l) throws(DocumentError) in try PropertiesReader.node(from: b, limits: l)
        },
        Format(name: "xml", seed: "<?xml version=\"1.0\"?><a x='&amp;'>t<![CDATA[x]]><b/></a>", opening: "<a>") {
            (b, l) throws(DocumentError) in try XMLReader.node(from: b, limits: l)
        },
        Format(
            name: "hcl2",
            seed:
                "a \"b\" {\n  c = [1, f(x.y[0]), \"p${q ? 1 : 2}%{if z}%{endif}\"]\n  d = <<-E\n  x ${y}\n  E\n  e = {for k in l : k => k}\n}\n",
            opening: "a = [{x=(f(\"${"
        ) { (b, l) throws(DocumentError) in try HCLReader.node(from: b, limits: l) },
        Format(name: "edn", seed: "{:a [1 #{x} (y \\c)] :b #t \"s\\u0041\" #_ z :d nil}", opening: "#_ [{(#{") {
            (b, l) throws(DocumentError) in try EDNReader.node(from: b, limits: l)
        },
        Format(
            name: "hocon", seed: "a.b { c = ${?x} \"y\" z, d += 1 }\ne = ${a} { f : [1, \"\"\"q\"\"\"] }\n",
            opening: "a = {b = [${"
        ) { (b, l) throws(DocumentError) in try HOCONReader.node(from: b, limits: l) },
        Format(name: "textproto", seed: "a { b: [1, -0x2] c: 'x\\x41' }\n[e.f] < g: true >;", opening: "a {b <") {
            (b, l) throws(DocumentError) in try TextProtoReader.node(from: b, limits: l)
        },
        Format(name: "ignore", seed: "a\n!b\n# c\n\n", opening: "!") { (b, l) throws(DocumentError) in
            try IgnoreReader.node(from: b, limits: l)
        },
        Format(name: "jsonc", seed: "{// c\n\"a\": [1, /* x */ \"\\u00e9\",],}", opening: "[{\"a\":") {
            (b, l) throws(DocumentError) in try JSONCReader.node(from: b, limits: l)
        },
        Format(
            name: "spdx",
            seed:
                "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageChecksum: SHA1: b\nExternalRef: a b c\nRelationship: a b c\nPackageComment: <text>x\ny</text>\n",
            opening: "SPDXVersion: SPDX-2.\n"
        ) { (b, l) throws(DocumentError) in try SPDXReader.node(from: b, limits: l) },
        Format(
            name: "cyclonedx",
            seed:
                "<bom version='1'><components><component type='x'><hashes><hash alg='a'>b</hash></hashes></component></components></bom>",
            opening: "<components>"
        ) { (b, l) throws(DocumentError) in try CycloneDXReader.node(from: b, limits: l) },
    ]

    /// SplitMix64: the same bytes in every run.
    struct Random {
        var state: UInt64
        mutating func next(below bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((value ^ (value >> 31)) >> 1) % bound
        }
    }

    static func isOutcome(_ format: Format, _ bytes: [UInt8]) -> Bool {
        do {
            _ = try format.read(bytes, .standard)
            return true
        } catch {
            // The place is one that an editor can go to.
            return error.position.line >= 1 && error.position.column >= 1 && !error.message.isEmpty
        }
    }

    @Test(arguments: formats)
    func `the seed itself is read`(_ format: Format) throws {
        _ = try format.read(Array(format.seed.utf8), .standard)
    }

    @Test(arguments: formats)
    func `a text cut anywhere gives a value or an error`(_ format: Format) {
        let seed = Array(format.seed.utf8)
        for end in 0...seed.count { #expect(Self.isOutcome(format, Array(seed[..<end]))) }
        for start in 0..<seed.count { #expect(Self.isOutcome(format, Array(seed[start...]))) }
    }

    @Test(arguments: formats)
    func `bytes changed, taken out and put in give a value or an error`(_ format: Format) {
        let seed = Array(format.seed.utf8)
        var random = Random(state: UInt64(seed.count))
        let special = Array("\"'`\\{}[]()<>=:#;$%&\n\r\t\0-+.,eE0x_u".utf8) + [0x80, 0xC3, 0xE2, 0xFF]
        for _ in 0..<400 {
            var bytes = seed
            for _ in 0...random.next(below: 4) {
                let place = random.next(below: bytes.count + 1)
                switch random.next(below: 4) {
                case 0 where place < bytes.count: bytes[place] = special[random.next(below: special.count)]
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.next(below: 8))
                default: bytes.insert(special[random.next(below: special.count)], at: place)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            #expect(Self.isOutcome(format, bytes))
        }
    }

    @Test(arguments: formats)
    func `deep nesting is an error and not a crash`(_ format: Format) {
        let bytes = Array(String(repeating: format.opening, count: 20_000).utf8)
        #expect(Self.isOutcome(format, bytes))
    }

    @Test(arguments: formats)
    func `a text over the limit is refused`(_ format: Format) {
        let limits = DocumentLimits(bytesMax: 8)
        #expect(throws: DocumentError.self) { try format.read(Array(format.seed.utf8), limits) }
    }

    @Test(arguments: formats)
    func `bytes that are not UTF-8 are refused`(_ format: Format) {
        #expect(throws: DocumentError.self) { try format.read(Array(format.seed.utf8) + [0xFF], .standard) }
    }
}

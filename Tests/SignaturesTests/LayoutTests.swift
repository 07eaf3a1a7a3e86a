import Attestations
import Crypto
import Documents
import Foundation
import Testing
import Trust
import WaybillCore

@testable import Signatures

struct LayoutTests {
    static let owner = Curve25519.Signing.PrivateKey()
    static let maker = Curve25519.Signing.PrivateKey()
    static let other = Curve25519.Signing.PrivateKey()

    static func key(_ secret: Curve25519.Signing.PrivateKey) throws -> LayoutKey {
        LayoutKey(try #require(PublicKey(ed25519: Array(secret.publicKey.rawRepresentation))))
    }

    static func sign(_ value: Value, _ secrets: [Curve25519.Signing.PrivateKey]) throws -> [UInt8] {
        let bytes = LayoutMetadata.canonical(value)
        let signatures = try secrets.map { secret -> Value in
            [
                "keyid": .string(try key(secret).keyID),
                "sig": .string(Hex.encode(try secret.signature(for: Data(bytes)))),
            ]
        }
        return JSONWriter.bytes(["signed": value, "signatures": .array(signatures)])
    }

    static func layout(
        products: Value, materials: Value = [], threshold: Int = 1, expires: String = "2030-01-01T00:00:00Z",
        makers: [Curve25519.Signing.PrivateKey] = [maker]
    ) throws -> Value {
        let keys = try makers.map { secret -> (key: String, value: Value) in
            let key = try key(secret)
            return (
                key.keyID,
                [
                    "keytype": "ed25519", "scheme": "ed25519",
                    "keyval": ["public": .string(Hex.encode(key.key.der.suffix(32)))],
                ]
            )
        }
        return [
            "_type": "layout", "expires": .string(expires), "readme": "", "keys": .object(Object(keys)), "inspect": [],
            "steps": [
                [
                    "_type": "step", "name": "build", "threshold": .integer(threshold),
                    "pubkeys": .array(keys.map { .string($0.key) }), "expected_command": [],
                    "expected_materials": materials, "expected_products": products,
                ]
            ],
        ]
    }

    static func link(_ products: [String: String], materials: [String: String] = [:]) -> Value {
        func artifacts(_ files: [String: String]) -> Value {
            .object(
                Object(files.sorted { $0.key < $1.key }.map { (key: $0.key, value: ["sha256": .string($0.value)]) }))
        }
        return [
            "_type": "link", "name": "build", "command": ["make"], "byproducts": [:], "environment": [:],
            "materials": artifacts(materials), "products": artifacts(products),
        ]
    }

    static func check(_ layout: [UInt8], _ links: [[UInt8]]) throws -> SignatureFailure.Check? {
        do {
            try LayoutVerifier(owners: [key(owner)]).verify(layout: layout, links: links, at: Sample.now)
        } catch let failure as SignatureFailure { return failure.check }
        return nil
    }

    @Test(
        arguments: [
            ([["CREATE", "app"]] as Value, ["app": "1"], [:] as [String: String], nil as SignatureFailure.Check?),
            ([["CREATE", "app"], ["DISALLOW", "*"]], ["app": "1", "extra": "2"], [:], .layout),
            ([["ALLOW", "a*"], ["DISALLOW", "*"]], ["app": "1"], [:], nil),
            ([["CREATE", "app"], ["DISALLOW", "*"]], ["app": "1"], ["app": "1"], .layout),
            ([["MODIFY", "app"], ["DISALLOW", "*"]], ["app": "2"], ["app": "1"], nil),
            ([["MODIFY", "app"], ["DISALLOW", "*"]], ["app": "1"], ["app": "1"], .layout),
            ([["REQUIRE", "app"]], ["other": "1"], [:], .layout),
            (
                [["MATCH", "app", "WITH", "MATERIALS", "FROM", "build"], ["DISALLOW", "*"]], ["app": "1"], ["app": "1"],
                nil
            ),
            (
                [["MATCH", "app", "WITH", "MATERIALS", "FROM", "build"], ["DISALLOW", "*"]], ["app": "2"], ["app": "1"],
                .layout
            ),
            (
                [["MATCH", "*", "IN", "out", "WITH", "MATERIALS", "IN", "src", "FROM", "build"], ["DISALLOW", "*"]],
                ["out/a": "1"], ["src/a": "1"], nil
            ),
            ([["EXPECT", "app"]], ["app": "1"], [:], .layout),
        ] as [(Value, [String: String], [String: String], SignatureFailure.Check?)])
    func `artifact rules let through what they name`(
        _ rules: Value, _ products: [String: String], _ materials: [String: String], _ expected: SignatureFailure.Check?
    ) throws {
        let layout = try Self.sign(Self.layout(products: rules), [Self.owner])
        let link = try Self.sign(Self.link(products, materials: materials), [Self.maker])
        #expect(try Self.check(layout, [link]) == expected)
    }

    @Test func `a layout is its owner's, has not expired, and its steps are done by their people`() throws {
        let rules: Value = [["ALLOW", "*"]]
        let link = try Self.sign(Self.link(["app": "1"]), [Self.maker])
        #expect(try Self.check(Self.sign(Self.layout(products: rules), [Self.other]), [link]) == .key)
        #expect(
            try Self.check(
                Self.sign(Self.layout(products: rules, expires: "2020-01-01T00:00:00Z"), [Self.owner]), [link]) == .time
        )
        let layout = try Self.sign(Self.layout(products: rules), [Self.owner])
        #expect(try Self.check(layout, []) == .threshold)
        #expect(try Self.check(layout, [Self.sign(Self.link(["app": "1"]), [Self.other])]) == .threshold)
        #expect(try Self.check(layout, [link]) == nil)
        let two = try Self.sign(
            Self.layout(products: rules, threshold: 2, makers: [Self.maker, Self.other]), [Self.owner])
        #expect(try Self.check(two, [link, link]) == .threshold)
        let second = try Self.sign(Self.link(["app": "1"]), [Self.other])
        #expect(try Self.check(two, [link, second]) == nil)
        let contradicting = try Self.sign(Self.link(["app": "2"]), [Self.other])
        #expect(try Self.check(two, [link, contradicting]) == .layout)
    }

    @Test(
        arguments: [
            ("foo.py", "foo.py", true), ("foo.py", "*", true), ("a/b", "*", true), ("foo.py", "f??.py", true),
            ("fo.py", "f??.py", false), ("b1", "[a-c]1", true), ("d1", "[!a-c]1", true), ("b1", "[!a-c]1", false),
            ("[", "[", true), ("aaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*c", false), ("", "*", true),
            ("a", "", false),
        ] as [(String, String, Bool)])
    func `names match as in the shell`(_ name: String, _ pattern: String, _ expected: Bool) {
        #expect(NamePattern.matches(name, pattern) == expected)
    }

    /// A layout whose one step was done by a layout of its maker's own, with a link by another.
    static func nested(
        expires: String = "2030-01-01T00:00:00Z", products: Value = [["ALLOW", "out"], ["DISALLOW", "*"]],
        signer: Curve25519.Signing.PrivateKey = maker
    ) throws -> (layout: [UInt8], folder: LinkFolder) {
        let outer = try sign(layout(products: products), [owner])
        let inner = try sign(
            layout(products: [["CREATE", "out"], ["DISALLOW", "*"]], expires: expires, makers: [other]), [signer])
        let name = LinkFolder.name(step: "build", keyID: try key(maker).keyID)
        let link = try sign(link(["out": "aa"]), [other])
        return (
            outer,
            LinkFolder(
                files: [(name + ".link", inner)],
                folders: [name: LinkFolder(files: [("build.\(try key(other).keyID.prefix(8)).link", link)])])
        )
    }

    static func check(_ layout: [UInt8], _ folder: LinkFolder) throws -> SignatureFailure.Check? {
        do {
            try LayoutVerifier(owners: [key(owner)]).verify(layout: layout, in: folder, at: Sample.now)
            return nil
        } catch let error as SignatureFailure { return error.check }
    }

    @Test func `a step may be a layout of its maker's own`() throws {
        let (layout, folder) = try Self.nested()
        #expect(try Self.check(layout, folder) == nil)
        // What it did as a whole is held against the outer layout's rules.
        let narrow = try Self.nested(products: [["DISALLOW", "out"]])
        #expect(try Self.check(narrow.layout, narrow.folder) == .layout)
        let ended = try Self.nested(expires: "2020-01-01T00:00:00Z")
        #expect(try Self.check(ended.layout, ended.folder) == .time)
        let foreign = try Self.nested(signer: Self.other)
        #expect(try Self.check(foreign.layout, foreign.folder) == .threshold)
        var nameless = folder
        nameless.files[0].name = "build.link"
        #expect(try Self.check(layout, nameless) == .threshold)
        var empty = folder
        empty.folders = [:]
        #expect(try Self.check(layout, empty) == .threshold)
    }
}

import Attestations
import Crypto
import Documents
import MetadataRules
import Testing
import WaybillCore

struct TokenIssuerTests {
    static let key = P256.Signing.PrivateKey()
    static let now = Timestamp(seconds: 1_790_000_000)

    static func encoded(_ bytes: some Sequence<UInt8>) -> String { Base64.encode(Array(bytes), alphabet: .urlSafe) }

    static func issuer() throws -> TokenIssuer {
        let point = key.publicKey.x963Representation
        let set: Value = [
            "keys": [
                [
                    "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig",
                    "x": .string(encoded(point[1..<33])), "y": .string(encoded(point[33..<65])),
                ]
            ]
        ]
        return TokenIssuer(issuer: "https://issuer", audience: "ledger", keys: try TokenIssuer.keys(of: set))
    }

    static func token(
        header: Value = ["alg": "ES256", "kid": "k1"], claims: Value, key: P256.Signing.PrivateKey = key
    ) throws -> String {
        let head = "\(encoded(JSONWriter.bytes(header))).\(encoded(JSONWriter.bytes(claims)))"
        return "\(head).\(encoded(try key.signature(for: Array(head.utf8)).rawRepresentation))"
    }

    static let claims: Object = [
        "iss": "https://issuer", "aud": "ledger", "sub": "ci@shop", "exp": .integer(Int(now.seconds) + 100),
    ]

    @Test func `a token that is in order names its bearer`() throws {
        let identity = try TokenIssuer.identity(
            of: Self.token(claims: .object(Self.claims)), among: [Self.issuer()], at: Self.now)
        #expect(identity == Identity("ci@shop"))
    }

    @Test(
        arguments: [
            ("iss", "https://other"), ("aud", "somebody"), ("exp", 1_789_999_900), ("exp", .null),
            ("nbf", 1_790_000_100),
            ("sub", ""), ("sub", .null),
        ] as [(String, Value)])
    func `a claim that is not right refuses the token`(_ name: String, _ value: Value) throws {
        var claims = Self.claims
        claims[name] = value == .null ? nil : value
        #expect {
            try TokenIssuer.identity(of: Self.token(claims: .object(claims)), among: [Self.issuer()], at: Self.now)
        } throws: { ($0 as? WaybillError)?.code == .unauthenticated }
    }

    @Test func `the algorithm belongs to the key, never to the token`() throws {
        let issuers = [try Self.issuer()]
        let claims = Value.object(Self.claims)
        let headers: [Value] = [
            ["alg": "none"], ["alg": "HS256", "kid": "k1"], ["alg": "ES256", "kid": "k2"],
            ["alg": "ES256", "kid": "k1", "crit": ["exp"]], [:],
        ]
        for header in headers {
            #expect(throws: WaybillError.self) {
                try TokenIssuer.identity(of: Self.token(header: header, claims: claims), among: issuers, at: Self.now)
            }
        }
        let forged = try Self.token(claims: claims, key: P256.Signing.PrivateKey())
        for token in [forged, "a.b.c", "..", "", String(repeating: "a", count: 20_000)] {
            #expect(throws: WaybillError.self) { try TokenIssuer.identity(of: token, among: issuers, at: Self.now) }
        }
    }
}

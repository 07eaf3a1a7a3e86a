import Packages
import Testing

/// Keys say what the order says, for every order that has them.
struct VersionKeyTests {
    /// What versions are made of, so that all branches of all grammars are met.
    private static let parts: [VersionOrdering: [String]] = [
        .dpkg: ["0", "1", "10", "007", "a", "Z", "~", "+", "-", ":", ".", "dfsg", "~rc", "1:", "deb12u"],
        .rpm: ["0", "1", "10", "007", "a", "Z", "el", "~", "^", "-", ":", ".", "_", "..", "1:", "é"],
        .apk: ["0", "1", "10", "007", ".", ".", "a", "_alpha", "_rc", "_p", "_git", "_x", "-r", "-r1", "~", "Z"],
        .maven: [
            "0", "1", "10", "007", ".", ".", "-", "-", "a", "b", "alpha", "SNAPSHOT", "sp", "final", "ga", "rc", "x",
            "jre", "-beta", "-1",
        ],
        .pep440: ["0", "1", "10", ".", ".", "a", "rc", ".post", ".dev", "+", "1!", "-", "x", "v", "_", "local"],
        .gem: ["0", "1", "10", "00", ".", ".", "-", "a", "rc", "pre", "Z", "_"],
        .packagist: ["0", "1", "10", "00", ".", ".", "-", "a", "RC", "dev", "pl", "p", "#", "x", "v", "beta", "+"],
    ]
    private static let semantic = ["0", "1", "10", "00", ".", ".", "-", "-", "+", "a", "rc", "v", "=", " ", "Z", "x"]

    @Test(arguments: VersionOrdering.allCases, 0..<6)
    func `keys stand in the order of their versions`(_ ordering: VersionOrdering, _ seed: Int) {
        var random = Numbers(state: UInt64(seed + 3) &* 0x9E37_79B9_7F4A_7C15)
        let parts = Self.parts[ordering] ?? Self.semantic
        var versions = (0..<60).map { _ in
            (0...random.below(7)).map { _ in parts[random.below(parts.count)] }.joined()
        }
        // As versions really are, beside those that are made of anything.
        versions += (0..<30).map { _ in
            (0...random.below(3)).map { _ in "\(random.below(3))" }.joined(separator: ".")
                + (random.below(3) == 0 ? parts[random.below(parts.count)] : "")
        }
        for one in versions {
            guard let key = VersionKey(one, ordering) else { continue }
            for other in versions {
                guard let otherKey = VersionKey(other, ordering) else { continue }
                let order: VersionOrder =
                    key.bytes.lexicographicallyPrecedes(otherKey.bytes)
                    ? .less : otherKey.bytes.lexicographicallyPrecedes(key.bytes) ? .greater : .equal
                #expect(order == ordering.compare(one, other), "\(ordering): \(one) and \(other)")
            }
        }
    }

    struct Case: Sendable {
        var ordering: VersionOrdering
        var version: String
        var hasKey: Bool
    }

    @Test(arguments: [
        Case(ordering: .maven, version: "4.1.9.Final", hasKey: true),
        Case(ordering: .maven, version: "1.0-beta-9", hasKey: true),
        Case(ordering: .maven, version: "31.1-jre", hasKey: true),
        Case(ordering: .maven, version: "1.1.0.Beta1", hasKey: false),
        Case(ordering: .apk, version: "1.2.3_git20200101-r5", hasKey: true),
        Case(ordering: .apk, version: "1.2.3-r0.5", hasKey: false),
        Case(ordering: .packagist, version: "1.2.#", hasKey: false),
        Case(ordering: .pep440, version: "not a version", hasKey: true),
        Case(ordering: .semver, version: "1.0.0-a\u{0}b", hasKey: false),
        Case(ordering: .dpkg, version: "", hasKey: true),
        Case(ordering: .openssl, version: "1.0.2k", hasKey: false),
    ])
    func `a version outside of one order has no key`(_ example: Case) {
        #expect((VersionKey(example.version, example.ordering) != nil) == example.hasKey)
    }

    private struct Numbers {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
    }
}

import Testing
import WaybillCore

@testable import Sandboxes

@Suite struct SubordinateRangeTests {
    @Test func `lines that are not entries are left out`() {
        let ranges = SubordinateRange.parse(
            "a:100000:65536\n# no\nb:x:1\nc:1:2:3\n\nd:-1:5\ne:5:0\nf:9:99999999999999\n")
        #expect(ranges == [SubordinateRange(owner: "a", start: 100_000, count: 65_536)])
    }

    @Test func `free blocks avoid those that are taken, and each other`() {
        let taken = [SubordinateRange(owner: "a", start: (1 << 20) + 10, count: 1)]
        let free = SubordinateRange.free(2, taken: taken)
        #expect(free.map(\.start) == [(1 << 20) + 65_536, (1 << 20) + 2 * 65_536])
    }

    @Test func `the pool gives every build its own block and takes it back`() throws {
        let pool = RangePool(taken: [])
        var ranges: Set<SubordinateRange> = []
        while let range = pool.take() { ranges.insert(range) }
        #expect(ranges.count == RangePool.sizeMax)
        let one = try #require(ranges.first)
        pool.giveBack(one)
        #expect(pool.take() == one)
        #expect(pool.take() == nil)
    }

    static let digest = Digest.sha256(of: [])

    @Test(arguments: [
        ("base", "localhost/base:latest"), ("base:2", "localhost/base:2"),
        ("library/base", "localhost/library/base:latest"),
        ("registry.test/base:1", "registry.test/base:1"), ("registry:5000/base", "registry:5000/base:latest"),
        ("localhost/base:1", "localhost/base:1"),
        ("registry.test/base@\(digest)", "registry.test/base@\(digest)"),
        ("registry.test/base:1@\(digest)", "registry.test/base@\(digest)"),
    ])
    func `a base image is stored under the name that FROM looks for`(_ name: String, _ stored: String) throws {
        #expect(try StorageName(name, Self.digest).text == stored)
    }

    @Test(arguments: ["", "-x", "a b", "a]", "base@sha256:00", "é"])
    func `what is not an image name, or asks for another digest, is refused`(_ name: String) {
        #expect(throws: WaybillError.self) { try StorageName(name, Self.digest) }
    }

    @Test func `secrets are taken out of the log and its end is kept`() {
        let log = String(repeating: "x", count: BuildahSandbox.logKeptBytes) + "password=hunter22 end"
        let kept = BuildahSandbox.redacted(Array(log.utf8), ["hunter22", ""])
        #expect(kept.hasSuffix("password=[redacted] end"))
        #expect(kept.hasPrefix("[…]"))
        #expect(kept.utf8.count <= BuildahSandbox.logKeptBytes + 8)
    }
}

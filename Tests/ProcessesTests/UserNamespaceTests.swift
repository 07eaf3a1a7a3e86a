import Processes
import Testing

struct UserNamespaceTests {
    @Test func `the machine's own namespace leaves the choice of users free`() {
        let namespace = UserNamespace(map: "         0          0 4294967295\n")
        #expect(namespace.isInitial)
        #expect(namespace.inner == nil)
    }

    @Test func `an own namespace gives all its users but ourselves`() throws {
        let inner = try #require(UserNamespace(map: "0 1001 1\n1 100000 65535\n").inner)
        #expect(inner.first == 1)
        #expect(inner.count == 65535)
    }

    @Test(arguments: ["", "0 1001 1\n", "0 1001 1\n2 100000 65536\n", "not a map\n"])
    func `too few users, or users behind a gap, are none`(_ map: String) {
        let namespace = UserNamespace(map: map)
        #expect(!namespace.isInitial)
        #expect(namespace.inner == nil)
    }
}

import Testing
import WaybillCore

@testable import OCI

@Suite struct ImageReferenceTests {
    struct Case: Sendable, CustomStringConvertible {
        var input: String
        var host: String?
        var repository: String
        var tag: String?
        var hasDigest = false
        var description: String { input }
    }

    static let hex = String(repeating: "0a", count: 32)

    @Test(arguments: [
        Case(input: "cart", repository: "cart"),
        Case(input: "cart:1.4", repository: "cart", tag: "1.4"),
        Case(input: "localhost:5000/cart", host: "localhost:5000", repository: "cart"),
        Case(input: "localhost/cart:1", host: "localhost", repository: "cart", tag: "1"),
        Case(input: "shop/cart", repository: "shop/cart"),
        Case(
            input: "registry.example/shop/cart:v1_2-3", host: "registry.example", repository: "shop/cart", tag: "v1_2-3"
        ),
        Case(input: "127.0.0.1:5000/a/b/c", host: "127.0.0.1:5000", repository: "a/b/c"),
        Case(input: "[::1]:5000/a", host: "[::1]:5000", repository: "a"),
        Case(input: "a__b/c--d.e_f", repository: "a__b/c--d.e_f"),
        Case(input: "Registry/cart", host: "Registry", repository: "cart"),
        Case(input: "cart@sha256:\(hex)", repository: "cart", hasDigest: true),
        Case(input: "h.io:80/cart:1@sha256:\(hex)", host: "h.io:80", repository: "cart", tag: "1", hasDigest: true),
    ])
    func `a colon is a tag only after the last slash`(_ example: Case) throws {
        let reference = try ImageReference(parsing: example.input)
        #expect(reference.host == example.host)
        #expect(reference.repository == example.repository)
        #expect(reference.tag == example.tag)
        #expect((reference.digest != nil) == example.hasDigest)
        #expect(reference.description == example.input)
    }

    @Test(arguments: [
        ("", 0, ImageReferenceError.Reason.empty),
        ("cart:", 5, .tag),
        ("cart:-x", 5, .tag),
        ("cart:\(String(repeating: "t", count: 129))", 5, .tagLength),
        ("Cart", 0, .repository),
        ("shop//cart", 5, .repository),
        ("shop/cart/", 10, .repository),
        ("shop/ca..rt", 5, .repository),
        ("shop/_cart", 5, .repository),
        ("shop/cart___x", 5, .repository),
        ("reg.io:99999/cart", 0, .host),
        ("-reg.io/cart", 0, .host),
        ("[::1/cart", 0, .host),
        ("cart@sha256:abc", 5, .digest),
        ("cart@", 5, .digest),
        ("\(String(repeating: "a", count: 256))", 0, .repositoryLength),
        ("café", 0, .repository),
        ("cart:1\u{0}", 5, .tag),
    ])
    func `what is no reference is refused at its place`(
        _ input: String, _ offset: Int, _ reason: ImageReferenceError.Reason
    ) {
        #expect(throws: ImageReferenceError(input: input, offset: offset, reason: reason)) {
            try ImageReference(parsing: input)
        }
    }

    @Test(arguments: [
        ("nginx", "docker.io/library/nginx:latest"), ("index.docker.io/shop/cart:1", "docker.io/shop/cart:1"),
        ("localhost/cart", "localhost/cart:latest"), ("cart@sha256:\(hex)", "docker.io/library/cart@sha256:\(hex)"),
    ])
    func `a short name means what container engines take it for`(_ input: String, _ full: String) throws {
        #expect(try ImageReference(parsing: input).normalized.description == full)
    }
}

import Testing
import WaybillCore

struct CoreTests {
    @Test(arguments: [
        "sha256:" + String(repeating: "a", count: 64), "sha512:" + String(repeating: "0", count: 128),
    ])
    func `a digest reads back as it was written`(text: String) throws {
        #expect(try Digest(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "sha256", "sha256:", "sha256:abc", "md5:" + String(repeating: "a", count: 32),
        "sha256:" + String(repeating: "A", count: 64), "sha256:" + String(repeating: "g", count: 64),
        "SHA256:" + String(repeating: "a", count: 64), "sha256:" + String(repeating: "a", count: 65),
    ])
    func `other texts are no digest`(text: String) {
        #expect(throws: WaybillError.self) { try Digest(parsing: text) }
    }

    @Test func `the digest of nothing is the known one`() {
        #expect(Digest.sha256(of: []).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
    func `base 64 follows RFC 4648`(text: String, encoded: String) {
        #expect(Base64.encode(text.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg=", "Zh==", "Zg==Zg==", "Z g==", "====", "Zm9v="])
    func `a second text for the same bytes is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: [
        ("https://user:secret@host/a?token=x#f", "https://host/a"), ("https://host/a@b", "https://host/a@b"),
        ("plain", "plain"),
    ])
    func `a URL loses its user and its query`(url: String, redacted: String) {
        #expect(Redaction.url(url) == redacted)
    }

    @Test func `a short secret shows nothing`() {
        #expect(Redaction.secret("hunter2") == "… (7 characters)")
    }

    @Test(arguments: [("replica", "replicas"), ("imgae", "image"), ("xyzzy", nil)])
    func `the nearest spelling is found within reason`(word: String, expected: String?) {
        #expect(Spelling.nearest(to: word, among: ["replicas", "image", "name"]) == expected)
    }

    @Test func `identities differ where their bytes do`() {
        #expect(Identity("e\u{301}") != Identity("\u{e9}"))
    }

    @Test func `severities have an order and many spellings`() {
        #expect(Severity.low < .critical)
        #expect(Severity(spelling: "MODERATE") == .medium)
        #expect(Severity(spelling: "odd") == nil)
    }
}

import Attestations
import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import Testing
import WaybillCore

@testable import Dashboard

@Suite struct DashboardTests {
    @Test(arguments: [
        "/", "/changes", "/changes/shop/1", "/events", "/images/\(Sample.image)", "/papers/\(Sample.image)",
    ])
    func `a page asks a stranger for a token`(_ path: String) async throws {
        let site = try Site(try await Sample.ledger(), anonymousRead: false)
        let answer = try await site.get(path)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
        #expect(answer.text.contains("Please sign in"))
        #expect(!answer.text.contains("shop/cart"))
    }

    @Test func `a token as the password of basic authentication opens the pages`() async throws {
        let site = try Site(try await Sample.ledger(), anonymousRead: false)
        let answer = try await site.get("/", token: "s3cret-token")
        #expect(answer.status == .ok)
        #expect(answer.text.contains("reader@shop.example"))
        #expect(!answer.text.contains("s3cret-token"))
        #expect(try await site.get("/", token: "wrong").status == .unauthorized)
    }

    @Test(arguments: ["/", "/changes", "/nothing-of-ours", "/assets/waybill.css", "/healthz", "/images/none"])
    func `every answer of ours forbids scripts, frames and guessing of types`(_ path: String) async throws {
        let answer = try await Site(try await Sample.ledger()).get(path)
        guard path != "/nothing-of-ours" else { return #expect(answer.status == .notFound) }
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
        for (name, value) in [
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ] {
            #expect(answer.headers[try #require(HTTPField.Name(name))] == value)
        }
    }

    @Test func `the board shows what runs where, with its state and commit`() async throws {
        let answer = try await Site(try await Sample.ledger()).get("/")
        #expect(answer.status == .ok)
        for text in [
            "shop/cart", "production", "staging", "in sync", "/images/\(Sample.image)", "4be1f02aaa", "2 h ago",
            "Deployment/cart in shop", "pipeline.finished",
        ] { #expect(answer.text.contains(text), "\(text)") }
    }

    @Test func `an empty ledger gives a board that says what will appear`() async throws {
        let answer = try await Site(try SQLiteLedger(path: nil)).get("/")
        #expect(answer.status == .ok)
        #expect(answer.text.contains("Nothing runs yet") && !answer.text.contains("<table"))
    }

    @Test func `a change's page shows every gate with its evidence`() async throws {
        let answer = try await Site(try await Sample.ledger()).get("/changes/shop/1")
        #expect(answer.status == .ok)
        for text in [
            "Journey", "signed by author@shop.example", "reviewer@shop.example", "wrote a commit of the change",
            "CVE-2021-23337", "app/package-lock.json:12:1", "4.17.21", "update lodash", "does not count", "12.50",
            "<meter", PredicateType.testResult, "shop@\(Sample.image)", "change.merged",
        ] { #expect(answer.text.contains(text), "\(text)") }
        #expect(!answer.text.contains("seen-secret-value"))
    }

    @Test func `an image's page names its packages, papers, signers and places`() async throws {
        let ledger = try await Sample.ledger()
        let answer = try await Site(ledger).get("/images/\(Sample.image)")
        #expect(answer.status == .ok)
        let paper = try #require(try await ledger.papers(about: Sample.image.description, predicateType: nil).first)
        for text in ["lodash", "4.17.20", "SHA256:key", "/papers/\(paper.id)", "team-cart", "production"] {
            #expect(answer.text.contains(text), "\(text)")
        }
        let shown = try await Site(ledger).get("/papers/\(paper.id)")
        #expect(
            shown.status == .ok
                && shown.text.contains("&quot;predicateType&quot;: &quot;\(PredicateType.testResult)&quot;"))
    }

    @Test(arguments: [
        "/images/sha256:\(String(repeating: "0", count: 64))", "/papers/sha256:\(String(repeating: "0", count: 64))",
        "/images/latest", "/images/%zz", "/changes/shop/99", "/changes/shop/one", "/changes/shop/-1", "/events?page=0",
        "/events?page=201",
    ])
    func `what is not there is a page that says so`(_ path: String) async throws {
        let answer = try await Site(try await Sample.ledger()).get(path)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text.contains("There is no such page") && answer.text.contains("<title>"))
    }

    @Test func `a repository that cannot be read does not hide the others`() async throws {
        let answer = try await Site(try await Sample.ledger()).get("/changes")
        #expect(answer.status == .ok)
        #expect(answer.text.contains("The changes could not be read: Git did not answer."))
        #expect(answer.text.contains("/changes/shop/1"))
    }

    @Test func `events are paged and can be asked by subject`() async throws {
        let ledger = try SQLiteLedger(path: nil)
        for number in 0..<120 {
            try await ledger.record(
                Event(
                    moment: Sample.now, actor: "a", action: "test.done",
                    subject: number < 3 ? "repository:a&b" : "other",
                    message: "message \(number)."))
        }
        let site = try Site(ledger)
        let first = try await site.get("/events")
        #expect(first.text.contains("message 119.") && !first.text.contains("message 69."))
        #expect(first.text.contains("/events?page=2") && !first.text.contains("rel=\"prev\""))
        let last = try await site.get("/events?page=3")
        #expect(last.text.contains("message 0.") && !last.text.contains("rel=\"next\""))
        let some = try await site.get("/events?about=repository:a%26b")
        #expect(some.text.contains("message 2.") && !some.text.contains("message 3."))
        #expect(some.text.contains("value=\"repository:a&amp;b\""))
    }

    @Test func `health is asked without a token`() async throws {
        let answer = try await Site(try SQLiteLedger(path: nil), anonymousRead: false).get("/healthz")
        #expect(answer.status == .ok && answer.text == "ok\n")
    }
}

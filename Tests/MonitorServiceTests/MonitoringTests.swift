import Advisories
import AsyncHTTPClient
import Documents
import Files
import Foundation
import HTTPServing
import Hummingbird
import Ledger
import MonitorService
import NIOCore
import NIOHTTP1
import NIOPosix
import Packages
import Processes
import Registries
import Signers
import Synchronization
import Testing
import Trust
import WaybillCore

/// Carries nothing, and remembers what it was given.
private final class Post: MessageCarrier {
    let taken = Mutex<[OutboxRecord]>([])
    let failures: Mutex<Int>
    init(failures: Int = 0) { self.failures = Mutex(failures) }

    func carry(_ message: OutboxRecord, through channel: NotificationChannel) async throws(WaybillError) {
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw WaybillError(.unavailable, "no answer", subject: channel.name) }
        taken.withLock { $0.append(message) }
    }
}

private func record(_ id: String, fixed: String = "4.17.21", severity: String = "HIGH", modified: String = "2024")
    -> AdvisoryFile
{
    let text = """
        {"id": "\(id)", "modified": "\(modified)-01-01T00:00:00Z", "aliases": ["CVE-\(id)"],
         "database_specific": {"severity": "\(severity)"},
         "affected": [{"package": {"ecosystem": "npm", "name": "lodash"},
         "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "\(fixed)"}]}]}]}
        """
    return AdvisoryFile(name: "\(id).json", bytes: Array(text.utf8))
}

struct MonitoringTests {
    private let channels = [
        NotificationChannel(name: "hook", kind: .webhook(url: "http://127.0.0.1:1", secret: "s")),
        NotificationChannel(name: "high", kind: .slack(url: "http://127.0.0.1:1"), severityMin: .critical),
    ]

    private func ledger() async throws -> SQLiteLedger {
        let ledger = try SQLiteLedger(path: nil)
        let moment = Instant(milliseconds: 1)
        for (number, owner) in ["team@shop", "other@shop", "idle@shop"].enumerated() {
            let digest = Digest.sha256(of: Array("\(number)".utf8))
            try await ledger.record(
                ImageRecord(digest: digest, repository: "r\(number)", commit: "c", owner: owner, built: moment),
                packages: [
                    PackageRecord(
                        Package(
                            ecosystem: .npm, name: "lodash", version: "4.17.\(number)",
                            place: .file("a/package-lock.json", line: 3)))
                ])
            guard owner != "idle@shop" else { continue }
            try await ledger.record(
                DeploymentRecord(
                    environment: "production", namespace: "shop", workload: "Deployment/w\(number)", image: digest,
                    revision: "r", deployed: moment))
        }
        return ledger
    }

    private func withMonitor(
        _ body: (MonitorService, SQLiteLedger, String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/monitoring-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try await ledger()
        let monitor = try MonitorService(
            ledger: ledger, folder: folder, channels: channels, now: { Instant(milliseconds: 1_700_000_000_000) })
        try await body(monitor, ledger, folder)
    }

    @Test func `an import writes what it means, and one message for each owner and channel`() async throws {
        try await withMonitor { monitor, ledger, _ in
            _ = try await monitor.importAdvisories([record("1"), record("2", severity: "CRITICAL")])
            let transitions = try await ledger.transitions(of: "CVE-1", limit: 10)
            #expect(transitions.count == 3 && transitions.allSatisfy { $0.kind == "opened" && $0.images == 1 })
            let messages = try await ledger.messages(limit: 10)
            #expect(
                Set(messages.map { "\($0.owner) \($0.channel)" })
                    == ["team@shop hook", "other@shop hook", "team@shop high", "other@shop high"])
            let hook = try #require(messages.first { $0.channel == "hook" && $0.owner == "team@shop" })
            let payload = try JSONReader.value(from: hook.payload)
            // The most severe first; the other channel only takes critical ones.
            #expect((payload["transitions"]?.array ?? []).compactMap { $0["advisory"]?.string } == ["CVE-2", "CVE-1"])
            #expect(payload["transitions"]?[0]?["workloads"]?[0]?.string == "production/shop/Deployment/w0")
            // The same data once more is no news.
            _ = try await monitor.importAdvisories([record("1")])
            #expect(try await ledger.messages(limit: 10).count == 4)
            _ = try await monitor.importAdvisories([record("1", fixed: "3.0.0", modified: "2025")])
            #expect(try await ledger.transitions(of: "CVE-1", limit: 1).first?.kind == "closed")
        }
    }

    @Test func `a message is sent until it arrives, and then never again`() async throws {
        try await withMonitor { monitor, ledger, _ in
            _ = try await monitor.importAdvisories([record("1")])
            let post = Post(failures: 1)
            let clock = Locked<Int64>(1_700_000_000_000)
            let desk = DeliveryDesk(
                ledger: ledger, carrier: post, channels: channels,
                now: { Instant(milliseconds: clock.withLock { $0 }) })
            #expect(try await desk.round() == 1)
            #expect(try await desk.round() == 0, "the one that failed is not due yet")
            clock.withLock { $0 += 11_000 }
            #expect(try await desk.round() == 1)
            clock.withLock { $0 += 1_000_000_000 }
            #expect(try await desk.round() == 0)
            #expect(Set(post.taken.withLock { $0.map(\.owner) }) == ["team@shop", "other@shop"])
        }
    }

    @Test func `what never arrives is given up, with its reason`() async throws {
        try await withMonitor { monitor, ledger, _ in
            _ = try await monitor.importAdvisories([record("1")])
            let clock = Locked<Int64>(1_700_000_000_000)
            let desk = DeliveryDesk(
                ledger: ledger, carrier: Post(failures: 1000), channels: channels,
                now: { Instant(milliseconds: clock.withLock { $0 }) })
            for _ in 0..<20 {
                try await desk.round()
                clock.withLock { $0 += 86_400_000 }
            }
            let messages = try await ledger.messages(limit: 10)
            #expect(messages.allSatisfy { $0.attempts == DeliveryDesk.attemptsMax })
            #expect(
                messages.allSatisfy { if case .failed(let why) = $0.state { why.contains("no answer") } else { false } }
            )
        }
    }

    @Test func `a webhook is a CloudEvent whose signature the receiver can check`() async throws {
        let seen = Locked<[(headers: [String: String], body: [UInt8])]>([])
        let router = Router(context: ServiceContext.self)
        router.post("/hook") { request, _ -> HTTPResponse.Status in
            let body = try await request.body.collect(upTo: 1 << 20)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            seen.withLock { $0.append((headers, Array(body.readableBytesView))) }
            return .noContent
        }
        let server = try await HTTPServer.start(router, name: "hook")
        let message = OutboxRecord(
            snapshot: "s", owner: "team@shop", channel: "hook", created: Instant(milliseconds: 1_700_000_000_000),
            payload: #"{"counts":{"opened":1},"transitions":[]}"#, state: .due(Instant(milliseconds: 0)))
        let carrier = NetworkCarrier(now: { Instant(milliseconds: 1_700_000_001_000) })
        let url = "http://127.0.0.1:\(server.port)/hook"
        do {
            for _ in 0..<2 {
                try await carrier.carry(
                    message, through: .init(name: "hook", kind: .webhook(url: url, secret: "secret")))
            }
            try await carrier.carry(message, through: .init(name: "slack", kind: .slack(url: url)))
            await #expect(throws: WaybillError.self) {
                try await carrier.carry(message, through: .init(name: "x", kind: .slack(url: url + "/nowhere")))
            }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        let calls = seen.withLock { $0 }
        #expect(calls.count == 3)
        let event = try JSONReader.value(from: calls[0].body)
        #expect(event["specversion"]?.string == "1.0" && event["subject"]?.string == "team@shop")
        #expect(event["time"]?.string == "2023-11-14T22:13:20Z")
        let id = try #require(calls[0].headers["webhook-id"])
        #expect(id == event["id"]?.string && calls[1].headers["webhook-id"] == id, "an attempt has the id of the first")
        #expect(
            calls[0].headers["webhook-signature"]
                == WebhookSignature.header(
                    id, calls[0].headers["webhook-timestamp"] ?? "", calls[0].body, secret: "secret"))
        #expect(try JSONReader.value(from: calls[2].body)["text"]?.string?.hasPrefix("Waybill: 1 opened") == true)
    }

    @Test func `mail goes to the owner, and an address cannot carry commands`() async throws {
        let said = Locked<[String]>([])
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let port = try #require(server.channel.localAddress?.port)
        let accepting = Task {
            try await server.executeThenClose { clients in
                for try await client in clients {
                    try await client.executeThenClose { inbound, outbound in
                        try await outbound.write(ByteBuffer(string: "220 here\r\n"))
                        var text = "", isData = false
                        for try await piece in inbound {
                            text += String(buffer: piece)
                            while let end = text.range(of: "\r\n") {
                                let line = String(text[..<end.lowerBound])
                                text = String(text[end.upperBound...])
                                said.withLock { $0.append(line) }
                                if isData, line != "." { continue }
                                isData = line == "DATA"
                                if line == "QUIT" { return }
                                try await outbound.write(
                                    ByteBuffer(string: isData ? "354 go\r\n" : "250-a\r\n250 b\r\n"))
                            }
                        }
                    }
                    return
                }
            }
        }
        let message = OutboxRecord(
            snapshot: "s", owner: "team@shop.example", channel: "mail",
            created: Instant(milliseconds: 1_700_000_000_000),
            payload:
                #"{"counts":{"opened":1},"transitions":[{"severity":"high","kind":"opened","advisory":"CVE-1","package":"a","version":"1","cause":"why"}]}"#,
            state: .due(Instant(milliseconds: 0)))
        let carrier = NetworkCarrier(now: { Instant(milliseconds: 0) })
        let kind = NotificationChannel.Kind.email(server: "127.0.0.1", port: port, from: "waybill@shop.example", to: [])
        try await carrier.carry(message, through: .init(name: "mail", kind: kind))
        _ = await accepting.result
        let lines = said.withLock { $0 }
        #expect(
            lines.prefix(4) == [
                "EHLO waybill", "MAIL FROM:<waybill@shop.example>", "RCPT TO:<team@shop.example>", "DATA",
            ])
        #expect(lines.contains("Date: Tue, 14 Nov 2023 22:13:20 +0000"))
        let body = lines.drop { !$0.isEmpty }.dropFirst().prefix { $0 != "." }.joined()
        let text = String(decoding: Data(base64Encoded: body) ?? Data(), as: UTF8.self)
        #expect(text == "HIGH opened: CVE-1 in a 1 — why")
        var hostile = message
        hostile.owner = "a@b>\r\nRCPT TO:<evil@x"
        await #expect(throws: WaybillError.self) {
            try await carrier.carry(hostile, through: .init(name: "mail", kind: kind))
        }
    }

    @Test func `published advisories are fetched whole, then by their changes, and only when vouched for`() async throws
    {
        try await withMonitor { publisher, _, _ in
            let signer = InMemorySigner()
            let registry = MemoryRegistry()
            let keys = [TrustedKey(signer.publicKey, name: "publisher")]
            _ = try await publisher.importAdvisories([record("1")])
            _ = try await publisher.push(to: registry, repository: "advisories", tag: "latest", signer: signer)
            try await withMonitor { reader, ledger, _ in
                let first = try await reader.pull(
                    from: registry, repository: "advisories", tag: "latest", trusting: keys)
                #expect(first.isNew && first.usedChanges == 0)
                #expect(try await ledger.transitions(of: "CVE-1", limit: 10).count == 3)
                #expect(
                    try await reader.pull(from: registry, repository: "advisories", tag: "latest", trusting: keys).isNew
                        == false)
                _ = try await publisher.importAdvisories([record("2")])
                _ = try await publisher.importAdvisories([record("3")])
                _ = try await publisher.push(to: registry, repository: "advisories", tag: "latest", signer: signer)
                let second = try await reader.pull(
                    from: registry, repository: "advisories", tag: "latest", trusting: keys)
                #expect(second.usedChanges == 2)
                #expect(await reader.index.count == 3)
                #expect(await reader.index.snapshot == publisher.index.snapshot)
                let stranger = [TrustedKey(InMemorySigner().publicKey, name: "stranger")]
                await #expect(throws: WaybillError.self) {
                    try await reader.pull(from: registry, repository: "advisories", tag: "latest", trusting: stranger)
                }
            }
        }
    }

    @Test func `OSV's questions are answered, alone and in batches`() async throws {
        let index = AdvisoryIndex(try OSVReader.advisories(from: record("GHSA-1").bytes, file: "a.json"))
        let router = Router(context: ServiceContext.self)
        OSVService(index: { index }).addRoutes(to: router)
        let server = try await HTTPServer.start(router, name: "osv")
        func ask(_ path: String, _ body: String? = nil) async throws -> (UInt, Value) {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
            if let body {
                request.method = .POST
                request.body = .bytes(ByteBuffer(string: body))
            }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return (response.status.code, try JSONReader.value(from: Array(bytes.readableBytesView)))
        }
        do {
            let query = #"{"version": "4.17.20", "package": {"name": "lodash", "ecosystem": "npm"}}"#
            #expect(try await ask("/v1/query", query).1["vulns"]?[0]?["id"]?.string == "GHSA-1")
            #expect(try await ask("/v1/query", #"{"package": {"purl": "pkg:npm/lodash@4.17.21"}}"#).1 == [:])
            #expect(
                try await ask("/v1/query", #"{"package": {"purl": "pkg:npm/lodash"}}"#).1["vulns"]?.array?.count == 1)
            let batch = try await ask(
                "/v1/querybatch", "{\"queries\": [\(query), {\"package\": {\"name\": \"x\", \"ecosystem\": \"npm\"}}]}")
            #expect(batch.1["results"]?[0]?["vulns"]?[0]?["id"]?.string == "GHSA-1" && batch.1["results"]?[1] == [:])
            #expect(try await ask("/v1/vulns/GHSA-1").1["affected"]?[0]?["package"]?["name"]?.string == "lodash")
            #expect(try await ask("/v1/vulns/NONE").0 == 404)
            let unknown = try await ask("/v1/query", #"{"package": {"purl": "pkg:gem/rails@7.0.0"}}"#)
            #expect(unknown.0 == 400 && unknown.1["message"]?.string?.contains("RubyGems") == true)
            for broken in ["{", "{}", #"{"commit": "abc"}"#, #"{"package": {"purl": "banana"}}"#] {
                #expect(try await ask("/v1/query", broken).0 == 400)
            }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test func `channels are read strictly`() throws {
        let text = """
            channels:
              - {name: hook, type: webhook, url: "https://example.org", secret: s, severity: high}
              - {name: mail, type: email, server: localhost, from: a@b, owners: [team@shop]}
            """
        let channels = try NotificationChannel.channels(from: Array(text.utf8), file: "n.yaml")
        #expect(channels.map(\.severityMin) == [.high, .unknown] && channels[1].owners == ["team@shop"])
        for broken in [
            "channels: [{name: a, type: pigeon}]", "channels: [{name: a, type: slack, url: x, colour: red}]",
            "kanals: []",
        ] {
            #expect(throws: WaybillError.self) {
                try NotificationChannel.channels(from: Array(broken.utf8), file: "n.yaml")
            }
        }
    }

    @Test func `a package URL asks who holds the package`() async throws {
        try await withMonitor { monitor, _, _ in
            _ = try await monitor.importAdvisories([record("1")])
            let all = try await monitor.exposure(of: "pkg:npm/lodash")
            #expect(all.entries.map(\.version) == ["4.17.0", "4.17.1"] && all.idleImages.count == 1)
            #expect(all.entries[0].fixedVersion == "4.17.21" && all.entries[0].place == "a/package-lock.json:3")
            #expect(try await monitor.exposure(of: "pkg:npm/lodash@4.17.1").entries.count == 1)
            await #expect(throws: WaybillError.self) { try await monitor.exposure(of: "pkg:banana") }
        }
    }
}

/// PyPI's pip-audit, where it is installed: no part of Waybill needs it.
private let pipAudit: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
    // Where scripts/setup puts it.
    let tools = (environment["WAYBILL_TOOLS"] ?? cache + "/waybill/tools") + "/python/bin"
    let folders = [tools] + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return folders.map { "\($0)/pip-audit" }.first { Files.exists($0) }
}()

struct PipAuditTests {
    @Test(.enabled(if: pipAudit != nil, "pip-audit is not installed"))
    func `pip-audit finds with us what we find`() async throws {
        let text = """
            {"id": "PYSEC-1", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2024-1"], "details": "bad",
             "affected": [{"package": {"ecosystem": "PyPI", "name": "zstd"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.5.0"}]}]}]}
            """
        let index = AdvisoryIndex(try OSVReader.advisories(from: Array(text.utf8), file: "a.json"))
        let router = Router(context: ServiceContext.self)
        OSVService(index: { index }).addRoutes(to: router)
        let server = try await HTTPServer.start(router, name: "osv")
        let folder = FileManager.default.temporaryDirectory.path + "/pip-audit-\(UInt64.random(in: 0 ... .max))"
        try Files.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Files.write(Array("zstd==1.4.0\nother==1.0\n".utf8), to: folder + "/requirements.txt")
        let outcome: Outcome
        do {
            outcome = try await ProcessRunner.run(
                Command(
                    pipAudit ?? "",
                    [
                        "--vulnerability-service", "osv", "--osv-url", "http://127.0.0.1:\(server.port)/v1/query",
                        "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off",
                        "--cache-dir", folder + "/cache", "-r", folder + "/requirements.txt",
                    ], environment: ["HOME": folder]))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        let found = try JSONReader.value(from: outcome.output)
        #expect(outcome.exit == .exited(1), "\(outcome.errorText)")
        let zstd = found["dependencies"]?.array?.first { $0["name"]?.string == "zstd" }
        #expect(zstd?["vulns"]?[0]?["id"]?.string == "PYSEC-1")
        #expect(zstd?["vulns"]?[0]?["fix_versions"]?[0]?.string == "1.5.0")
        #expect(found["dependencies"]?.array?.first { $0["name"]?.string == "other" }?["vulns"]?.array == [])
    }
}

import Documents
import Files
import HTTPServing
import NIOHTTP1
import PolicyTools
import Synchronization
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct PollingTests {
    static func files(_ revision: String, _ text: String) -> [BundleFile] {
        [
            BundleFile(path: ".manifest", text: #"{"revision": "\#(revision)", "roots": ["team"]}"#),
            BundleFile(path: "team/data.json", text: #"{"revision": "\#(revision)"}"#),
            BundleFile(path: "team/team.rego", text: text),
        ]
    }

    static let good = "package team.rules\n\nimport rego.v1\n\nx := 1"
    static let better = "package team.rules\n\nimport rego.v1\n\nx := 2"
    static let broken = "package team.rules\n\nimport rego.v1\n\nx := y"

    static func plugins(_ store: PolicyStore, _ text: String) throws -> PolicyPlugins {
        try PolicyPlugins(
            try PolicyServerConfiguration(parsing: Array(text.utf8), environment: [:], subject: "test"), store: store,
            host: .system(version: "0.1.0"), console: { _ in })
    }

    static func configuration(_ url: String, _ more: String = "", folder: String = "/tmp/none") -> String {
        """
        services: {acme: {url: "\(url)", credentials: {bearer: {token: t0ken}}}}
        bundles: {team: {service: acme, resource: team.tar.gz, persist: true\(more)}}
        persistence_directory: \(folder)
        keys: {main: {algorithm: HS256, key: secret}}
        """
    }

    /// Runs a test with a policy server that polls a bundle server.
    static func with(
        _ more: String = "", folder: String? = nil,
        _ body: (RunningServer, PolicyPlugins, BundleServer) async throws -> Void
    ) async throws {
        let scratch = try RunningServer.scratch()
        defer { try? Files.remove(scratch) }
        try await BundleServer.with { bundles, url in
            let store = try PolicyStore(try RunningServer.sources())
            let plugins = try plugins(store, configuration(url, more, folder: folder ?? scratch))
            let service = PolicyServer(store: store, host: .system(version: "0.1.0"), plugins: plugins)
            let server = try await HTTPServer.start(service.router(), name: "policy")
            let running = RunningServer(server: server, store: store, service: service)
            do {
                try await body(running, plugins, bundles)
            } catch {
                await server.stop(grace: .milliseconds(100))
                await plugins.stop()
                throw error
            }
            await server.stop(grace: .milliseconds(100))
            await plugins.stop()
        }
    }

    static func x(_ server: RunningServer) async throws -> Value? {
        try await server.ask(.GET, "/v1/data/team/rules/x").value["result"]
    }

    @Test func `a bundle is activated, asked for by its tag, and replaced by the next`() async throws {
        try await Self.with { server, plugins, bundles in
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            await plugins.start()
            #expect(try await Self.x(server) == 1)
            #expect(bundles.state.withLock { $0.token } == "Bearer t0ken")
            await plugins.poll()
            #expect(bundles.state.withLock { $0.unchanged } == 1)
            try bundles.set(Self.files("r2", Self.better), etag: "2")
            await plugins.poll()
            #expect(try await Self.x(server) == 2)
            #expect(try await server.ask(.GET, "/v1/data/team/revision").value["result"] == "r2")
            let status = try await server.ask(.GET, "/v1/status").value["result"]
            #expect(status?["bundles"]?["team"]?["active_revision"] == "r2")
            #expect(status?["bundles"]?["team"]?["code"] == nil)
            #expect(status?["plugins"]?["bundle"] == ["state": "OK"])
            #expect(
                try await server.ask(.GET, "/v1/data/a?provenance").value["provenance"]?["bundles"]
                    == ["team": ["revision": "r2"]])
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [BundleFile]?
        var bytes: [UInt8]?
        var status = 200
        var message: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Bad(name: "does not compile", files: files("r2", broken), message: "rego_unsafe_var_error"),
        Bad(name: "does not parse", files: files("r2", "package"), message: "rego_parse_error"),
        Bad(name: "no archive", bytes: Array("hello".utf8), message: "is not a bundle"),
        Bad(name: "empty", bytes: [], message: "is not a bundle"),
        Bad(name: "missing", status: 404, message: "the server has no such bundle"),
        Bad(name: "forbidden", status: 403, message: "answered with status 403"),
        Bad(name: "broken server", status: 500, message: "answered with status 500"),
        Bad(
            name: "other roots",
            files: [
                BundleFile(path: ".manifest", text: #"{"roots": ["other"]}"#),
                BundleFile(path: "team.rego", text: good),
            ], message: "do not permit 'package team.rules'"),
        Bad(
            name: "signed, and nobody can check it",
            files: files("r2", better) + [BundleFile(path: ".signatures.json", text: "{}")],
            message: "there is no key to check it with"),
        Bad(
            name: "conflicts with a rule",
            files: [
                BundleFile(path: ".manifest", text: #"{"roots": ["shop/allow"]}"#),
                BundleFile(path: "x.rego", text: "package shop.allow\nimport rego.v1\nx := 1"),
            ], message: "conflicts"),
    ])
    func `a bad bundle never replaces a good one, and the status says so`(_ bad: Bad) async throws {
        try await Self.with { server, plugins, bundles in
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            await plugins.start()
            if let files = bad.files { try bundles.set(files, etag: "2") }
            bundles.state.withLock { state in
                if let bytes = bad.bytes { (state.archive, state.etag) = (bytes, "2") }
                state.status = bad.status
            }
            await plugins.poll()
            #expect(try await Self.x(server) == 1)
            #expect(try await server.ask(.GET, "/v1/data/team/revision").value["result"] == "r1")
            let status = try await server.ask(.GET, "/v1/status").value["result"]?["bundles"]?["team"]
            #expect(status?["active_revision"] == "r1")
            #expect(status?["code"] == "bundle_error")
            #expect(status?["message"]?.string?.contains(bad.message) == true, "\(status?["message"]?.string ?? "")")
            #expect(try await server.ask(.GET, "/health?bundles").status == 200)
            // It comes back.
            try bundles.set(Self.files("r3", Self.better), etag: "3")
            await plugins.poll()
            #expect(try await Self.x(server) == 2)
        }
    }

    @Test func `health waits for the first bundle`() async throws {
        try await Self.with { server, plugins, bundles in
            bundles.state.withLock { $0.status = 500 }
            await plugins.start()
            let answer = try await server.ask(.GET, "/health?bundles=true")
            #expect(answer.status == 500)
            #expect(answer.value == ["error": "not all configured bundles have been activated"])
            #expect(try await server.ask(.GET, "/health?plugins").status == 500)
            #expect(try await server.ask(.GET, "/health?plugins&exclude-plugin=bundle").status == 200)
            #expect(try await server.ask(.GET, "/health").status == 200)
        }
    }

    @Test func `the last good bundle is used after a restart when the server is away`() async throws {
        let folder = try RunningServer.scratch()
        defer { try? Files.remove(folder) }
        try await Self.with(folder: folder) { _, plugins, bundles in
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            await plugins.start()
            try bundles.set(Self.files("r2", Self.broken), etag: "2")
            await plugins.poll()
        }
        try await Self.with(folder: folder) { server, plugins, bundles in
            bundles.state.withLock { $0.status = 503 }
            await plugins.start()
            let value = try await Self.x(server)
            #expect(value == 1)
            let health = try await server.ask(.GET, "/health?bundles")
            #expect(health.status == 200)
        }
        // A tag that does not fit the archive is not believed.
        try Files.write(Array("sha256:0\n1\n".utf8), to: folder + "/bundles/team/etag")
        try await Self.with(folder: folder) { server, plugins, bundles in
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            await plugins.start()
            #expect(bundles.state.withLock { ($0.requests, $0.unchanged) } == (1, 0))
        }
        // Half an archive is as good as none.
        let path = folder + "/bundles/team/bundle.tar.gz"
        let whole = try Files.read(path)
        try Files.write(Array(whole[..<(whole.count / 2)]), to: path)
        try await Self.with(folder: folder) { server, plugins, bundles in
            bundles.state.withLock { $0.status = 503 }
            await plugins.start()
            let value = try await Self.x(server)
            #expect(value == nil)
            let health = try await server.ask(.GET, "/health?bundles")
            #expect(health.status == 500)
        }
    }

    @Test func `a signed bundle is checked with the configured key`() async throws {
        let signer = BundleSigner(
            key: try SigningKey("secret", algorithm: .hs256), keyIdentifier: "main", claims: ["scope": "read"])
        let files = Self.files("r1", Self.good)
        try await Self.with(", signing: {keyid: main, scope: read}") { server, plugins, bundles in
            try bundles.set(files, etag: "0")
            await plugins.start()
            #expect(try await Self.x(server) == nil)
            try bundles.set(files + [try signer.signature(over: files, subject: "t")], etag: "1")
            await plugins.poll()
            #expect(try await Self.x(server) == 1)
            let stolen = Self.files("r2", Self.better)
            try bundles.set(stolen + [try signer.signature(over: files, subject: "t")], etag: "2")
            await plugins.poll()
            #expect(try await Self.x(server) == 1)
        }
    }

    @Test func `what a bundle owns is not changed by callers`() async throws {
        try await Self.with { server, plugins, bundles in
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            await plugins.start()
            for (method, path, body) in [
                ("PUT", "/v1/data/team/revision", "1"), ("PUT", "/v1/data", "{}"), ("DELETE", "/v1/data/team", nil),
                ("PUT", "/v1/policies/x", "package team.x"), ("DELETE", "/v1/policies/team/team/team.rego", nil),
            ] {
                let answer = try await server.ask(.init(rawValue: method), path, body)
                #expect(answer.status == 400, "\(method) \(path)")
                #expect(answer.value["message"]?.string?.contains("owned by bundle \"team\"") == true)
            }
            #expect(try await server.ask(.PUT, "/v1/data/free", "1").status == 204)
        }
    }

    @Test func `a delta changes the documents of the bundle before it`() async throws {
        try await Self.with { server, plugins, bundles in
            let manifest = BundleFile(path: ".manifest", text: #"{"revision": "d1", "roots": ["team"]}"#)
            let patch = BundleFile(
                path: "patch.json",
                text:
                    #"{"data": [{"op": "upsert", "path": "/team/users/ann", "value": 1}, {"op": "remove", "path": "/team/revision"}]}"#
            )
            try bundles.set([manifest, patch], etag: "0")
            await plugins.start()
            #expect(try await server.ask(.GET, "/v1/data/team").value == [:])
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            await plugins.poll()
            try bundles.set([manifest, patch], etag: "2")
            await plugins.poll()
            #expect(
                try await server.ask(.GET, "/v1/data/team").value["result"] == ["users": ["ann": 1], "rules": ["x": 1]])
            try bundles.set([manifest, patch], etag: "3")
            await plugins.poll()
            let status = try await server.ask(.GET, "/v1/status").value["result"]?["bundles"]?["team"]
            #expect(status?["message"]?.string?.contains("the patch cannot remove /team/revision") == true)
            #expect(status?["active_revision"] == "d1")
        }
    }

    @Test func `waiting has jitter within the period and doubles after failures`() {
        let backoff = Backoff(minimumSeconds: 60, maximumSeconds: 120)
        #expect(backoff.seconds(failures: 0, chance: 0) == 60)
        #expect(backoff.seconds(failures: 0, chance: 1) == 120)
        #expect(backoff.seconds(failures: 1, chance: 1) == 0.5)
        #expect(backoff.seconds(failures: 4, chance: 1) == 4)
        #expect(backoff.seconds(failures: 4, chance: 0) == 2)
        #expect(backoff.seconds(failures: 1000, chance: 1) == 120)
    }

    @Test func `polling goes on until it is cancelled`() async throws {
        try await Self.with { server, plugins, bundles in
            try bundles.set(Self.files("r1", Self.good), etag: "1")
            let asked = AsyncStream<Duration>.makeStream()
            let task = Task {
                await plugins.run(sleeping: { duration in
                    asked.continuation.yield(duration)
                    try Task.checkCancellation()
                    await Task.yield()
                })
            }
            var count = 0
            for await duration in asked.stream {
                #expect((.seconds(60)...Duration.seconds(120)).contains(duration))
                count += 1
                if count == 3 { break }
            }
            task.cancel()
            await task.value
            #expect(bundles.state.withLock { $0.requests } >= 3)
        }
    }
}

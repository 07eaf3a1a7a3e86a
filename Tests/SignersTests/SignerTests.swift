import Attestations
import Crypto
import Documents
import Files
import Foundation
import Processes
import Testing
import Trust
import WaybillCore

@testable import Signers

let builder = "https://waybill.dev/builder/isolated"
let image = WaybillCore.Digest.sha256(of: Array("image".utf8))

func statement(
    _ type: String = PredicateType.testResult, _ predicate: Value = ["result": "PASSED"],
    digest: [String: String]? = nil
) -> Statement {
    Statement(
        subjects: [.init(name: "shop/cart", digest: digest ?? ["sha256": image.hex])], predicateType: type,
        predicate: predicate)
}

func provenance(by builder: String) -> Statement {
    statement(PredicateType.provenance, Provenance(buildType: "b", externalParameters: [:], builderID: builder).value)
}

/// A folder that is gone afterwards, with the paths of a signer in it.
struct SignerFolder {
    let path = "/tmp/sg-\(UInt64.random(in: 0 ... .max))"
    var socket: String { path + "/run/signer.sock" }
    var key: String { path + "/keys/signer.pem" }
    var log: String { path + "/signer.jsonl" }
    init() throws { try Files.makeFolder(path, mode: 0o700) }
    func clean() { try? Files.remove(path) }

    /// Runs a signer server around the body.
    func withServer<Result: Sendable>(
        policy: SigningPolicy = SigningPolicy(builderID: builder),
        _ body: @Sendable (SocketSigner) async throws -> Result
    ) async throws -> Result {
        let (started, ready) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await SignerServer.run(socketPath: socket, keyPath: key, logPath: log, policy: policy) {
                    ready.yield($0)
                }
            }
            defer { group.cancelAll() }
            guard await started.first(where: { _ in true }) != nil else {
                try await group.next()
                throw WaybillError(.failed, "the signer ended early", subject: path)
            }
            return try await body(SocketSigner(socketPath: socket))
        }
    }
}

/// The same body for the signer in memory and the one behind a socket.
enum Door: CaseIterable, Sendable {
    case memory, socket

    func run(
        policy: SigningPolicy = SigningPolicy(builderID: builder),
        _ body: @Sendable (any StatementSigner, Trust.PublicKey) async throws -> Void
    ) async throws {
        switch self {
        case .memory:
            let signer = InMemorySigner(policy: policy)
            try await body(signer, signer.publicKey)
        case .socket:
            let folder = try SignerFolder()
            defer { folder.clean() }
            try await folder.withServer(policy: policy) { signer in try await body(signer, signer.publicKey()) }
        }
    }
}

struct SignerTests {
    @Test(arguments: Door.allCases)
    func `a signed statement verifies with the signer's key and says what was asked`(_ door: Door) async throws {
        try await door.run { signer, key in
            for asked in [
                statement(), provenance(by: builder),
                statement(digest: ["gitCommit": String(repeating: "a", count: 40)]),
            ] {
                let envelope = try await signer.sign(asked)
                let keyID = try await signer.keyID
                #expect(keyID == key.keyID)
                #expect(envelope.signatures.map(\.keyID) == [keyID])
                let verified = try EnvelopeVerifier(keys: [TrustedKey(key, name: "signer")]).verify(
                    envelope, at: Timestamp(seconds: 0)
                ).get()
                #expect(verified.statement == asked)
            }
        }
    }

    struct Refusal: Sendable {
        var statement: Statement
        var code: WaybillError.Code
    }

    static let refusals = [
        Refusal(statement: statement(PredicateType.review, [:]), code: .forbidden),
        Refusal(statement: statement("https://else.example/type", [:]), code: .forbidden),
        Refusal(statement: provenance(by: "https://else.example/builder"), code: .forbidden),
        Refusal(statement: statement(PredicateType.provenance, [:]), code: .invalidInput),
        Refusal(statement: statement(digest: [:]), code: .invalidInput),
        Refusal(statement: statement(digest: ["sha256": "abc"]), code: .invalidInput),
        Refusal(statement: statement(digest: ["sha256": image.hex.uppercased()]), code: .invalidInput),
        Refusal(statement: statement(digest: ["md5": image.hex]), code: .invalidInput),
        Refusal(statement: statement(digest: ["sha256": image.hex, "gitCommit": "x"]), code: .invalidInput),
        Refusal(
            statement: Statement(subjects: [], predicateType: PredicateType.testResult, predicate: [:]),
            code: .invalidInput),
    ]

    @Test(arguments: Door.allCases)
    func `a signer vouches for nothing but its own kind of statements`(_ door: Door) async throws {
        try await door.run { signer, _ in
            for refusal in Self.refusals {
                let error = await #expect(throws: WaybillError.self) { try await signer.sign(refusal.statement) }
                #expect(error?.code == refusal.code, "\(refusal.statement.predicateType) \(refusal.statement.subjects)")
            }
        }
    }

    @Test(arguments: Door.allCases)
    func `more signatures than the rate allows are refused`(_ door: Door) async throws {
        try await door.run(policy: SigningPolicy(builderID: nil, burstMax: 3, signaturesPerSecond: 0)) { signer, _ in
            for _ in 0..<3 { _ = try await signer.sign(statement()) }
            let error = await #expect(throws: WaybillError.self) { try await signer.sign(statement()) }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test(arguments: Door.allCases)
    func `without a builder no provenance is signed, and a large statement is refused`(_ door: Door) async throws {
        try await door.run(policy: SigningPolicy(builderID: nil, statementBytesMax: 1000)) { signer, _ in
            await #expect(throws: WaybillError.self) { try await signer.sign(provenance(by: builder)) }
            let large = statement(PredicateType.testResult, ["result": .string(String(repeating: "x", count: 1000))])
            let error = await #expect(throws: WaybillError.self) { try await signer.sign(large) }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func `a bucket gives bursts and then its rate`() {
        var bucket = TokenBucket(capacity: 2, perSecond: 10)
        let start = ContinuousClock.now
        let moments: [Duration] = [
            .zero, .zero, .zero, .milliseconds(100), .milliseconds(101), .seconds(100), .seconds(100), .seconds(100),
            .zero,
        ]
        let taken = moments.map { bucket.take(at: start + $0) }
        #expect(taken == [true, true, false, true, false, true, true, false, false])
    }
}

struct SignerServerTests {
    @Test func `the key and socket are the owner's alone, and the key outlives the server`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let first = try await folder.withServer { signer in
            for (path, mode) in [
                (folder.socket, 0o600), (folder.key, 0o600), (folder.log, 0o600), (folder.path + "/run", 0o700),
            ] {
                #expect(FileStatus(of: path).map { Int($0.mode & 0o777) } == mode, "\(path)")
            }
            return try await signer.keyID
        }
        let second = try await folder.withServer { try await $0.keyID }
        #expect(first == second)
        let openssl = try await ProcessRunner.run(Command("openssl", ["pkey", "-in", folder.key, "-pubout"]))
        #expect(openssl.isSuccess)
        #expect(try PublicKey(pem: openssl.text).keyID == first)
    }

    @Test func `each signature is in the log before it is given out, in a chain that goes on after a restart`()
        async throws
    {
        let folder = try SignerFolder()
        defer { folder.clean() }
        for round in 1...2 {
            try await folder.withServer { signer in
                for _ in 0..<3 {
                    let envelope = try await signer.sign(statement())
                    let last = try #require(try Files.text(folder.log).split(separator: "\n").last)
                    #expect(last.contains(Digest.sha256(of: envelope.payload).description))
                }
            }
            #expect(try Files.text(folder.log).split(separator: "\n").count == 3 * round)
        }
        let lines = try Files.read(folder.log).split(separator: 0x0A)
        #expect(try JSONReader.value(from: lines[3])["previous"]?.string == Digest.sha256(of: lines[2]).description)
        #expect(try JSONReader.value(from: lines[3])["number"]?.integer == 4)
    }

    @Test func `a changed, shortened or reordered log stops the signer, half a line does not`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        try await folder.withServer { signer in for _ in 0..<3 { _ = try await signer.sign(statement()) } }
        let good = try Files.read(folder.log)
        let lines = good.split(separator: 0x0A).map { Array($0) + [0x0A] }
        var changed = good
        changed[good.firstIndex(of: UInt8(ascii: "2")) ?? 0] = UInt8(ascii: "3")
        for bad in [changed, lines[0] + lines[2], lines[1] + lines[0] + lines[2], Array(good.dropFirst())] {
            try Files.write(bad, to: folder.log, mode: 0o600)
            let error = await #expect(throws: WaybillError.self) { try await folder.withServer { try await $0.keyID } }
            #expect(error?.code == .corrupted)
        }
        try Files.write(good + Array(lines[0].dropLast(9)), to: folder.log, mode: 0o600)
        _ = try await folder.withServer { try await $0.sign(statement()) }
        #expect(try Files.read(folder.log).starts(with: good))
        #expect(try Files.read(folder.log).split(separator: 0x0A).count == 4)
    }

    @Test func `a second signer on the same log is refused and leaves the first one's socket alone`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        try await folder.withServer { signer in
            let error = await #expect(throws: WaybillError.self) {
                try await SignerServer.run(
                    socketPath: folder.socket, keyPath: folder.key, logPath: folder.log,
                    policy: SigningPolicy(builderID: builder))
            }
            #expect(error?.code == .conflict)
            _ = try await signer.sign(statement())
        }
    }

    @Test func `a key or folder that others can read is refused`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        _ = try await folder.withServer { try await $0.keyID }
        chmod(folder.key, 0o640)
        var error = await #expect(throws: WaybillError.self) { try await folder.withServer { try await $0.keyID } }
        #expect(error?.code == .forbidden)
        chmod(folder.key, 0o600)
        chmod(folder.path + "/run", 0o755)
        error = await #expect(throws: WaybillError.self) { try await folder.withServer { try await $0.keyID } }
        #expect(error?.code == .forbidden)
    }

    @Test func `many clients at once each get their own statement signed`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        try await folder.withServer { signer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let asked = statement(
                            PredicateType.testResult, ["result": "PASSED", "number": .integer(number)])
                        let envelope = try await signer.sign(asked)
                        #expect(try Statement(parsing: envelope.payload) == asked)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try Files.text(folder.log).split(separator: "\n").count == 40)
    }

    @Test func `what is no request is answered with an error or a closed connection, and the signer lives on`()
        async throws
    {
        let folder = try SignerFolder()
        defer { folder.clean() }
        try await folder.withServer { signer in
            for bytes: [UInt8] in [
                [0, 0, 0, 2] + Array("{}".utf8), [0, 0, 0, 1, 0x7B], [0xFF, 0xFF, 0xFF, 0xFF, 1], [0, 0, 0, 0], [0, 0],
                [0, 0, 0, 20] + Array(#"{"operation":"sign"}"#.utf8),
            ] {
                let answer = try RawClient.exchange(bytes, at: folder.socket)
                #expect(answer.isEmpty || String(decoding: answer.dropFirst(4), as: UTF8.self).hasPrefix(#"{"error":"#))
            }
            _ = try await signer.sign(statement())
        }
    }

    @Test func `without a signer the client says how to start one`() async throws {
        let error = await #expect(throws: WaybillError.self) {
            try await SocketSigner(socketPath: "/tmp/nothing/here.sock").keyID
        }
        #expect(error?.code == .unavailable)
        #expect(error?.remedy?.contains("waybill signer serve") == true)
    }

    @Test func `a path that is too long for a socket is refused with words`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let error = await #expect(throws: WaybillError.self) {
            try await SignerServer.run(
                socketPath: folder.path + "/" + String(repeating: "x", count: 100), keyPath: folder.key,
                logPath: folder.log,
                policy: SigningPolicy(builderID: nil))
        }
        #expect(error?.code == .invalidInput)
    }
}

/// Writes bytes to a Unix socket, says that there are no more, and reads what comes back.
enum RawClient {
    static func exchange(_ bytes: [UInt8], at path: String) throws -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { throw WaybillError(.unavailable, "no connection", subject: path) }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        shutdown(descriptor, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return answer }
            answer += buffer[..<count]
        }
    }
}

struct KeyFileTests {
    @Test func `a key is made once and never replaced`() throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let path = folder.path + "/key.pem"
        let made = try KeyFile.create(path)
        #expect(try KeyFile.read(path).rawRepresentation == made.rawRepresentation)
        let error = #expect(throws: WaybillError.self) { try KeyFile.create(path) }
        #expect(error?.code == .conflict)
        #expect(try KeyFile.readOrCreate(path).rawRepresentation == made.rawRepresentation)
        #expect(try Files.names(in: folder.path) == ["key.pem"])
    }

    @Test func `what is no key of the owner's is refused`() throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let path = folder.path + "/key.pem"
        #expect(throws: WaybillError.self) { try KeyFile.read(path) }
        try Files.write(Array("no key".utf8), to: path, mode: 0o600)
        #expect(throws: WaybillError.self) { try KeyFile.read(path) }
        let link = folder.path + "/link.pem"
        _ = try KeyFile.create(folder.path + "/real.pem")
        symlink("real.pem", link)
        #expect(throws: WaybillError.self) { try KeyFile.read(link) }
    }
}

struct SSHKeygenSignerTests {
    static let isThere = Files.exists("/usr/bin/ssh-keygen")

    @Test(.enabled(if: isThere, "ssh-keygen is not installed"), arguments: ["ed25519", "ecdsa", "rsa"])
    func `a person signs a review with an SSH key, and it counts`(_ type: String) async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let key = folder.path + "/id"
        try await ProcessRunner.output(of: Command("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", key]))
        let signer = SSHKeygenSigner(keyPath: key, agentSocket: nil)
        let review = Review(
            decision: .approve, reviewer: "bob@shop.example", target: "refs/heads/main",
            time: Timestamp(seconds: 1_790_000_000))
        let commit = String(repeating: "a", count: 40), tree = String(repeating: "b", count: 40)
        let envelope = try await signer.sign(review.statement(commit: commit, tree: tree))
        let publicKey = try await signer.publicKey()
        #expect(envelope.signatures.map(\.keyID) == [publicKey.sshFingerprint])
        #expect(try Envelope(parsing: envelope.bytes) == envelope)
        let reviewers = AllowedSigners([AllowedSigners.Entry(principals: ["bob@shop.example"], key: publicKey)])
        let verified = try ReviewVerifier(reviewers: reviewers).verify(envelope, at: review.time)
        #expect(verified.review == review && verified.commit == commit && verified.tree == tree)
    }

    @Test(.enabled(if: isThere, "ssh-keygen is not installed"))
    func `a key with a passphrase and no agent is an error, not a wait`() async throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let key = folder.path + "/id"
        try await ProcessRunner.output(
            of: Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-C", "", "-f", key]))
        await #expect(throws: WaybillError.self) {
            try await SSHKeygenSigner(keyPath: key, agentSocket: nil).sign(statement())
        }
        await #expect(throws: WaybillError.self) {
            try await SSHKeygenSigner(keyPath: folder.path + "/none", agentSocket: nil).sign(statement())
        }
    }
}

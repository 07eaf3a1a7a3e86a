import Attestations
import Crypto
import Documents
import Foundation
import GitRepositories
import HTTPServing
import Hummingbird
import Ledger
import Processes
import Signers
import Synchronization
import Trust
import WaybillCore

@testable import ForgeService

enum Programs {
    static func isInstalled(_ name: String) -> Bool {
        ["/usr/bin", "/usr/local/bin", "/bin"].contains { access("\($0)/\(name)", X_OK) == 0 }
    }
    static let all = isInstalled("git") && isInstalled("ssh-keygen") && isInstalled("perl") && isInstalled("curl")
}

/// Signs with a key in memory; enough for papers that only the forge's own tests read.
struct MemorySigner: StatementSigner {
    let key = Curve25519.Signing.PrivateKey()
    var keyID: String { "SHA256:test" }

    func sign(_ statement: Statement) throws(WaybillError) -> Envelope {
        do {
            let message = Envelope.preAuthenticationEncoding(
                payloadType: Statement.payloadType, payload: statement.bytes)
            let signature = try key.signature(for: message)
            return Envelope(
                payloadType: Statement.payloadType, payload: statement.bytes,
                signatures: [.init(keyID: keyID, bytes: Array(signature))])
        } catch {
            throw WaybillError(.failed, "cannot sign", subject: "test", cause: error)
        }
    }
}

/// What the handler was told.
final class Announcements: Sendable {
    private let list = Mutex<[String]>([])
    func add(_ text: String) { list.withLock { $0.append(text) } }
    var all: [String] { list.withLock { $0 } }
}

/// A forge with its HTTP server on a state folder, people with keys, and the real programs as clients.
final class Forge: Sendable {
    let folder: String
    let service: ForgeService
    let server: HTTPServer
    let ledger: SQLiteLedger
    let announcements = Announcements()

    static let people = ["alice", "bob", "carol", "mallory"]

    /// `folder` and `keep` let a test start a second forge on the state of a first.
    static func start(in folder: String? = nil, options: ForgeService.Options = .init()) async throws -> Forge {
        let path =
            folder
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("wbf-\(UInt32.random(in: .min ... .max))")
            .resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: "\(path)/keys", withIntermediateDirectories: true)
        for name in people where !FileManager.default.fileExists(atPath: "\(path)/keys/\(name)") {
            try await ProcessRunner.output(
                of: Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", "\(path)/keys/\(name)"]))
        }
        let hook = "\(path)/hook"
        try Data(hookProgram.utf8).write(to: URL(fileURLWithPath: hook))
        chmod(hook, 0o755)
        return try await Forge(path, hook, options)
    }

    private init(_ folder: String, _ hook: String, _ options: ForgeService.Options) async throws {
        self.folder = folder
        ledger = try SQLiteLedger(path: "\(folder)/ledger.db")
        let announcements = announcements
        let tokens = TokenTable(Self.people.map { ("token-\($0)", Identity("\($0)@shop.example")) })
        service = try await ForgeService(
            folder: "\(folder)/forge", ledger: ledger, signer: MemorySigner(), tokens: tokens, hookProgram: hook,
            options: options
        ) { repository, reference, old, new in
            announcements.add("\(repository) \(reference) \(old?.short ?? "-") \(new.short)")
        }
        let router = Router(context: ServiceContext.self)
        service.addRoutes(to: router)
        server = try await HTTPServer.start(router, name: "forge")
        try await service.start()
    }

    func stop(remove: Bool = true) async {
        await service.stop()
        await server.stop(grace: .milliseconds(100))
        if remove { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The hook's side of the conversation, as the waybill program holds it.
    static let hookProgram = """
        #!/usr/bin/perl
        use IO::Socket::UNIX;
        exit 64 unless "@ARGV" eq "hook pre-receive";
        my $socket = IO::Socket::UNIX->new(Peer => $ENV{WAYBILL_HOOK_SOCKET}) or do { print STDERR "no forge\\n"; exit 1 };
        local $/;
        my $updates = <STDIN>;
        print $socket "waybill-hook 1\\nticket $ENV{WAYBILL_HOOK_TICKET}\\nobjects $ENV{GIT_OBJECT_DIRECTORY}\\n\\n$updates";
        shutdown($socket, 1);
        my $answer = <$socket>;
        $answer =~ s/^(\\w+)\\n// or exit 1;
        print STDERR $answer, "\\n";
        exit($1 eq "allow" ? 0 : 1);
        """

    // MARK: People

    func author(_ name: String, email: String? = nil, key: String? = nil) -> WorkingTree.Author {
        WorkingTree.Author(
            name: name, email: email ?? "\(name)@shop.example", signingKey: "\(folder)/keys/\(key ?? name)")
    }

    /// An allowed signers file of these people.
    func signers(_ names: String...) throws -> [UInt8] {
        var text = ""
        for name in names {
            let key = try String(contentsOfFile: "\(folder)/keys/\(name).pub", encoding: .utf8).split(separator: " ")
                .prefix(2)
            text += "\(name)@shop.example \(key.joined(separator: " "))\n"
        }
        return Array(text.utf8)
    }

    func url(_ repository: String = "shop") -> String { "http://127.0.0.1:\(server.port)/git/\(repository).git" }
    func credentials(_ name: String) -> GitCredentials { GitCredentials(token: "token-\(name)", user: name) }

    /// A repository whose main branch holds a signed first commit with the signers and one required review.
    func shop(reviews: Int = 1, signers names: [String] = ["alice", "bob", "carol"]) async throws -> (
        tree: WorkingTree, head: ObjectID
    ) {
        var file: [UInt8] = []
        for name in names { file += try signers(name) }
        try await service.createRepository("shop", signers: file, by: Identity("alice@shop.example"))
        let tree = try await WorkingTree.initialize("\(folder)/work-\(UInt32.random(in: .min ... .max))")
        try await tree.write(file, to: ".waybill/allowed_signers")
        try await tree.write(Array("version: 1\nsource:\n  reviews: \(reviews)\n".utf8), to: "waybill.yaml")
        let head = try await tree.commit("Begin the shop", by: author("alice"))
        try await push(tree, head, "main")
        return (tree, head)
    }

    @discardableResult
    func push(_ tree: WorkingTree, _ commit: ObjectID, _ branch: String, as name: String = "alice", force: Bool = false)
        async throws -> String
    {
        try await tree.push(commit, to: "refs/heads/\(branch)", at: url(), credentials: credentials(name), force: force)
    }

    /// A branch with one more commit by somebody, pushed.
    func branch(
        _ name: String, from head: ObjectID, in tree: WorkingTree, by person: String = "alice",
        content: String = "cart\n"
    ) async throws -> ObjectID {
        try await tree.checkout(name, create: true, at: head)
        try await tree.write(Array(content.utf8), to: "\(name).txt")
        let commit = try await tree.commit("Add \(name)", by: author(person))
        try await push(tree, commit, name, as: person, force: true)
        return commit
    }

    func head(_ reference: String = "refs/heads/main") async throws -> ObjectID? {
        try await service.repository("shop").resolve(reference)
    }

    /// A review that somebody signs with ssh-keygen, as the command line does.
    func review(
        _ commit: ObjectID, by name: String, decision: Review.Decision = .approve, key: String? = nil,
        tree: String? = nil,
        target: String = "refs/heads/main"
    ) async throws -> Envelope {
        let bytes = try await service.repository("shop").object(commit)?.bytes ?? []
        let review = Review(
            decision: decision, reviewer: "\(name)@shop.example", target: target,
            time: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        let statement = review.statement(commit: commit.hex, tree: try tree ?? GitCommit(parsing: bytes).tree)
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        let outcome = try await ProcessRunner.output(
            of: Command(
                "ssh-keygen", ["-Y", "sign", "-n", "waybill", "-f", "\(folder)/keys/\(key ?? name)"], input: message))
        let signature = try SSHSignature(armored: outcome.output)
        return Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: signature.key.sshFingerprint, bytes: signature.bytes)])
    }

    /// An HTTP request through curl; returns the status and the body.
    func request(_ method: String, _ path: String, as name: String? = nil, body: Value? = nil, raw: [String] = [])
        async throws -> (Int, Value)
    {
        var arguments =
            ["-s", "--path-as-is", "-X", method, "-w", "\n%{http_code}", "http://127.0.0.1:\(server.port)\(path)"] + raw
        if let name { arguments += ["-H", "Authorization: Bearer token-\(name)"] }
        var input: [UInt8] = []
        if let body {
            arguments += ["--data-binary", "@-"]
            input = JSONWriter.bytes(body)
        }
        let text = try await ProcessRunner.output(of: Command("curl", arguments, input: input)).output
        guard let end = text.lastIndex(of: 0x0A), let status = Int(String(decoding: text[(end + 1)...], as: UTF8.self))
        else {
            return (0, .null)
        }
        return (
            status,
            (try? JSONReader.value(from: text[..<end])) ?? .string(String(decoding: text[..<end], as: UTF8.self))
        )
    }

    func actions(about subject: String? = nil) async throws -> [String] {
        try await ledger.events(about: subject, limit: 100).map(\.action)
    }
}

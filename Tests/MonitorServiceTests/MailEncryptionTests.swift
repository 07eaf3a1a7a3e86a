import Files
import Foundation
import HTTPServing
import Ledger
import MonitorService
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import WaybillCore

/// A server that speaks just enough SMTP, encrypted or willing to be.
private final class MailServerDouble: Sendable {
    let heard = Mutex<[String]>([])
    let port: Int
    private let server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    private let context: NIOSSLContext

    init(_ identity: TLSIdentity, isEncrypted: Bool) async throws {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.certificatePEM.utf8)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))))
        self.context = context
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isEncrypted {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        port = server.channel.localAddress?.port ?? 0
    }

    /// Answers one caller.
    func serve() async throws {
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
                            heard.withLock { $0.append(line) }
                            if isData, line != "." { continue }
                            isData = line == "DATA"
                            if line == "QUIT" { return }
                            guard line == "STARTTLS" else {
                                try await outbound.write(ByteBuffer(string: isData ? "354 go\r\n" : "250 yes\r\n"))
                                continue
                            }
                            // In one step: what the caller answers to the last plain line is encrypted already.
                            let context = context
                            try await client.channel.eventLoop.submit {
                                client.channel.writeAndFlush(ByteBuffer(string: "250 yes\r\n"), promise: nil)
                                try client.channel.pipeline.syncOperations.addHandler(
                                    NIOSSLServerHandler(context: context), position: .first)
                            }.get()
                        }
                    }
                }
                return
            }
        }
    }
}

struct MailEncryptionTests {
    private let message = OutboxRecord(
        snapshot: "s", owner: "team@shop.example", channel: "mail", created: Instant(milliseconds: 0),
        payload: #"{"counts":{},"transitions":[]}"#, state: .due(Instant(milliseconds: 0)))

    private func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/mail-\(UInt64.random(in: 0 ... .max))"
        try Files.makeFolder(folder)
        return folder
    }

    @Test(arguments: [MailServer.Security.starttls, .tls])
    func `a password goes out only after encryption`(_ security: MailServer.Security) async throws {
        let folder = try folder()
        defer { try? Files.remove(folder) }
        let identity = try TLSIdentity.selfSigned(hosts: ["127.0.0.1", "localhost"])
        try Files.write(Array(identity.authorityPEM.utf8), to: folder + "/ca.pem")
        try Files.write(Array("s3cret\n".utf8), to: folder + "/password")
        let double = try await MailServerDouble(identity, isEncrypted: security == .tls)
        let serving = Task { try await double.serve() }
        let server = MailServer(
            host: "localhost", port: double.port, security: security, user: "me", passwordFile: folder + "/password",
            authorityFile: folder + "/ca.pem")
        try await NetworkCarrier(now: { Instant(milliseconds: 0) }).carry(
            message, through: .init(name: "mail", kind: .email(server: server, from: "a@shop.example", to: [])))
        _ = await serving.result
        let plain = security == .starttls ? ["EHLO waybill", "STARTTLS"] : []
        let secret = Base64.encode([0] + Array("me".utf8) + [0] + Array("s3cret".utf8))
        #expect(
            double.heard.withLock { Array($0.prefix(plain.count + 3)) }
                == plain + ["EHLO waybill", "AUTH PLAIN \(secret)", "MAIL FROM:<a@shop.example>"])
    }

    @Test func `a server that nobody vouches for gets neither mail nor password`() async throws {
        let double = try await MailServerDouble(try .selfSigned(hosts: ["localhost"]), isEncrypted: true)
        let serving = Task { try await double.serve() }
        let server = MailServer(host: "localhost", port: double.port, security: .tls)
        await #expect(throws: WaybillError.self) {
            try await NetworkCarrier(now: { Instant(milliseconds: 0) }).carry(
                message, through: .init(name: "mail", kind: .email(server: server, from: "a@shop.example", to: [])))
        }
        serving.cancel()
        _ = await serving.result
        #expect(double.heard.withLock { $0.isEmpty })
    }

    @Test(arguments: [
        "{name: m, type: email, server: s, from: a@b, user: me}",
        "{name: m, type: email, server: s, from: a@b, user: me, passwordFile: p}",
        "{name: m, type: email, server: s, from: a@b, security: perhaps}",
    ])
    func `settings that would send a password in plain are refused`(_ text: String) {
        #expect(throws: WaybillError.self) {
            try NotificationChannel.channels(from: Array("channels: [\(text)]".utf8), file: "n.yaml")
        }
    }
}

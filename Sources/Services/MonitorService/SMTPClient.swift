import Ledger
import NIOCore
import NIOPosix
import WaybillCore

/// A text that goes out by mail.
struct Email: Sendable {
    var id: String
    var from: String
    var to: [String]
    var subject: String
    var lines: [String]
    var moment: Instant

    /// Nil for a text that is no plain address: it would go into commands of the protocol.
    static func address(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">")
        }
        return isPlain && text.contains("@") && text.utf8.count <= 254 ? text : nil
    }

    /// The message with its head, lines ended by CRLF, dots at the beginning of lines doubled (RFC 5321, 4.5.2).
    var text: String {
        func clean(_ text: String) -> String { String(text.map { $0.isNewline || $0 == "\r" ? " " : $0 }) }
        let encoded = "=?utf-8?B?" + Base64.encode(Array(clean(subject).utf8)) + "?="
        let head = [
            "From: \(from)", "To: \(to.joined(separator: ", "))", "Subject: \(encoded)", "Message-ID: <\(id)@waybill>",
            "Date: \(Moment.mail(moment))", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64", "",
        ]
        let body = Base64.encode(Array(lines.map(clean).joined(separator: "\r\n").utf8))
        // Lines of mail are at most 76 characters long in this encoding.
        var rows: [String] = []
        var rest = body[...]
        while !rest.isEmpty {
            rows.append(String(rest.prefix(76)))
            rest = rest.dropFirst(76)
        }
        return (head + rows).map { $0.hasPrefix(".") ? "." + $0 : $0 }.joined(separator: "\r\n")
    }
}

/// Hands a mail to a server (RFC 5321), encrypted and with a password where the server is set up so.
struct SMTPClient: Sendable {
    static let timeoutSeconds: Int64 = 15
    static let replyBytesMax = 64 << 10

    let server: MailServer

    func send(_ mail: Email) async throws(WaybillError) {
        guard let from = Email.address(mail.from), !mail.to.isEmpty else {
            throw WaybillError(.invalidInput, "is no address to send from", subject: Redaction.excerpt(mail.from))
        }
        var recipients: [String] = []
        for text in mail.to {
            guard let address = Email.address(text) else {
                throw WaybillError(.invalidInput, "is no mail address", subject: Redaction.excerpt(text))
            }
            recipients.append(address)
        }
        if let contradiction = server.contradiction {
            throw WaybillError(.invalidInput, contradiction, subject: server.host)
        }
        var commands = ["EHLO waybill"]
        if let credentials = try server.credentials() { commands.append("AUTH PLAIN \(credentials)") }
        commands += ["MAIL FROM:<\(from)>"] + recipients.map { "RCPT TO:<\($0)>" } + ["DATA"]
        do {
            let server = server
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(Self.timeoutSeconds))
                .connect(host: server.host, port: server.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if server.security == .tls {
                            try channel.pipeline.syncOperations.addHandler(try server.encryption())
                        }
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            // A server that says nothing is not waited for longer: its connection is closed under it.
            let alarm = channel.channel.eventLoop.scheduleTask(in: .seconds(Self.timeoutSeconds)) {
                channel.channel.close(promise: nil)
            }
            defer { alarm.cancel() }
            let text = mail.text
            try await channel.executeThenClose { inbound, outbound in
                var replies = Replies(inbound.makeAsyncIterator())
                try await replies.expect(2)
                if server.security == .starttls {
                    for command in ["EHLO waybill", "STARTTLS"] {
                        try await outbound.write(ByteBuffer(string: command + "\r\n"))
                        try await replies.expect(2)
                    }
                    // What came in plain behind the agreement came from somebody between us.
                    try replies.expectNothing()
                    try await channel.channel.eventLoop.submit {
                        try channel.channel.pipeline.syncOperations.addHandler(
                            try server.encryption(), position: .first)
                    }.get()
                }
                for command in commands {
                    try await outbound.write(ByteBuffer(string: command + "\r\n"))
                    try await replies.expect(command == "DATA" ? 3 : 2)
                }
                try await outbound.write(ByteBuffer(string: text + "\r\n.\r\n"))
                try await replies.expect(2)
                try await outbound.write(ByteBuffer(string: "QUIT\r\n"))
            }
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(
                .unavailable, "did not take the mail", subject: "\(server.host):\(server.port)", cause: error)
        }
    }

    /// The server's answers, line by line; a hyphen after the number means that more lines follow.
    private struct Replies {
        private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private var bytes: [UInt8] = []

        init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.iterator = iterator }

        func expectNothing() throws {
            guard bytes.isEmpty else {
                throw WaybillError(.failed, "the mail server said more than it was asked", subject: "smtp")
            }
        }

        /// Throws where the answer's first digit is another.
        mutating func expect(_ digit: Int) async throws {
            while true {
                guard let end = bytes.firstIndex(of: 0x0A) else {
                    guard bytes.count <= SMTPClient.replyBytesMax, let piece = try await iterator.next() else {
                        throw WaybillError(.unavailable, "the mail server ended the conversation", subject: "smtp")
                    }
                    bytes += Array(piece.readableBytesView)
                    continue
                }
                let line = Array(bytes[..<end])
                bytes.removeFirst(end + 1)
                if line.count > 3, line[3] == UInt8(ascii: "-") { continue }
                guard line.first == UInt8(ascii: "0") + UInt8(digit) else {
                    throw WaybillError(
                        .failed, "the mail server refused: \(Redaction.excerpt(String(decoding: line, as: UTF8.self)))",
                        subject: "smtp")
                }
                return
            }
        }
    }
}

import AsyncHTTPClient
import Crypto
import Documents
import Foundation
public import Ledger
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
public import WaybillCore

/// Carries messages over HTTP and SMTP.
public struct NetworkCarrier: MessageCarrier {
    /// Nobody is waited for longer.
    static let timeoutSeconds: Int64 = 15

    private let client: HTTPClient
    private let now: @Sendable () -> Instant

    public init(now: @escaping @Sendable () -> Instant) {
        client = HTTPClient.shared
        self.now = now
    }

    public func carry(_ message: OutboxRecord, through channel: NotificationChannel) async throws(WaybillError) {
        switch channel.kind {
        case .webhook(let url, let secret):
            let body = CloudEvent.bytes(message)
            let id = CloudEvent.id(message)
            let timestamp = "\(now().milliseconds / 1000)"
            try await post(
                body, to: url,
                [
                    "content-type": "application/cloudevents+json", "webhook-id": id, "webhook-timestamp": timestamp,
                    "webhook-signature": WebhookSignature.header(id, timestamp, body, secret: secret),
                ])
        case .slack(let url):
            let payload = MessageText.payload(message)
            let text = ([MessageText.title(payload)] + MessageText.lines(payload).map { "• \($0)" })
                .joined(separator: "\n")
            try await post(JSONWriter.bytes(["text": .string(text)]), to: url, ["content-type": "application/json"])
        case .email(let server, let from, let recipients):
            let payload = MessageText.payload(message)
            let mail = Email(
                id: CloudEvent.id(message), from: from, to: recipients.isEmpty ? [message.owner] : recipients,
                subject: MessageText.title(payload), lines: MessageText.lines(payload), moment: message.created)
            try await SMTPClient(server: server).send(mail)
        }
    }

    private func post(_ body: [UInt8], to url: String, _ headers: [String: String]) async throws(WaybillError) {
        do {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(bytes: body))
            let response = try await client.execute(request, timeout: .seconds(Self.timeoutSeconds))
            guard (200..<300).contains(Int(response.status.code)) else {
                throw WaybillError(
                    .failed, "answered with status \(response.status.code)", subject: Redaction.url(url))
            }
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.unavailable, "did not take the message", subject: Redaction.url(url), cause: error)
        }
    }
}

/// A message as CloudEvents 1.0 writes events, structured JSON.
enum CloudEvent {
    /// The same for every attempt: receivers know a message that comes twice by it.
    static func id(_ message: OutboxRecord) -> String {
        let text = "\(message.snapshot)\n\(message.owner)\n\(message.channel)\n\(message.created.milliseconds)"
        return "wb-" + String(Digest.sha256(of: Array(text.utf8)).hex.prefix(32))
    }

    static func bytes(_ message: OutboxRecord) -> [UInt8] {
        let payload = MessageText.payload(message)
        return JSONWriter.bytes(
            [
                "specversion": "1.0", "id": .string(id(message)), "source": "/waybill/monitor",
                "type": payload["type"] ?? "dev.waybill.exposure.changed.v1", "subject": .string(message.owner),
                "time": .string(Moment.text(message.created)), "datacontenttype": "application/json",
                "data": payload,
            ], style: .canonical)
    }
}

/// Signs webhooks as the Standard Webhooks specification says: HMAC-SHA-256 over id, time and body.
public enum WebhookSignature {
    public static func header(_ id: String, _ timestamp: String, _ body: [UInt8], secret: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return "v1," + Base64.encode(HMAC<SHA256>.authenticationCode(for: signed, using: key))
    }
}

/// A moment as RFC 3339 writes it, UTC.
enum Moment {
    static func text(_ instant: Instant) -> String { parts(instant).rfc3339 }

    /// `Sat, 21 Nov 2026 14:40:07 +0000` (RFC 5322).
    static func mail(_ instant: Instant) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let p = parts(instant)
        let day = days[((p.day % 7) + 7) % 7]
        return "\(day), \(p.date) \(months[p.month - 1]) \(p.year) \(p.clock) +0000"
    }

    private struct Parts {
        var day: Int, year: Int, month: Int, date: Int, clock: String
        var rfc3339: String { "\(year)-\(two(month))-\(two(date))T\(clock)Z" }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Civil from days, as Howard Hinnant describes it.
    private static func parts(_ instant: Instant) -> Parts {
        let seconds = Int((Double(instant.milliseconds) / 1000).rounded(.down))
        let day = Int((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - day * 86_400
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return Parts(
            day: day, year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            date: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
            clock: "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))")
    }
}

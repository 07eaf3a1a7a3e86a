import Documents
public import Ledger
public import WaybillCore

/// Takes a message out of the house. Throws where it did not arrive, or may not have.
public protocol MessageCarrier: Sendable {
    func carry(_ message: OutboxRecord, through channel: NotificationChannel) async throws(WaybillError)
}

/// Sends what lies in the outbox: again and again until it arrives or is given up, and what has arrived never again.
///
/// A crash between the arrival and the note of it sends the message once more under the same id, by which receivers
/// know it.
public struct DeliveryDesk: Sendable {
    /// After so many attempts, about a day, a message is given up.
    public static let attemptsMax = 12
    static let messagesPerRound = 100

    let ledger: any ExposureLedger
    let carrier: any MessageCarrier
    let channels: [String: NotificationChannel]
    let now: @Sendable () -> Instant

    public init(
        ledger: any ExposureLedger, carrier: any MessageCarrier, channels: [NotificationChannel],
        now: @escaping @Sendable () -> Instant
    ) {
        self.ledger = ledger
        self.carrier = carrier
        self.channels = Dictionary(channels.map { ($0.name, $0) }) { $1 }
        self.now = now
    }

    /// Sends everything that is due, and returns how many messages arrived.
    @discardableResult
    public func round() async throws(WaybillError) -> Int {
        var arrived = 0
        for message in try await ledger.dueMessages(at: now(), limit: Self.messagesPerRound) {
            let attempts = message.attempts + 1
            var state = OutboxRecord.State.delivered(now())
            if let channel = channels[message.channel] {
                do {
                    try await carrier.carry(message, through: channel)
                    arrived += 1
                } catch {
                    state =
                        attempts < Self.attemptsMax
                        ? .due(Instant(milliseconds: now().milliseconds + Self.pause(after: attempts)))
                        : .failed("\(error)")
                }
            } else {
                state = .failed("the channel \(message.channel) is not set up any more")
            }
            try await ledger.setState(ofMessage: message.number, to: state, attempts: attempts)
        }
        return arrived
    }

    /// 10 s, 20 s, 40 s, … at most 6 hours.
    static func pause(after attempts: Int) -> Int64 {
        min(10_000 << Int64(min(attempts - 1, 20)), 6 * 3_600_000)
    }
}

import Documents
import Ledger
import MonitorService
import Testing
import WaybillCore

@testable import CommandLineTool

/// What people are told about the agents.
@Suite struct AgentNoticesTests {
    private let ledger: SQLiteLedger
    private let notices: AgentNotices

    init() async throws {
        let ledger = try SQLiteLedger(path: nil)
        self.ledger = ledger
        notices = AgentNotices(
            ledger: ledger,
            channels: [
                NotificationChannel(name: "all", kind: .slack(url: "http://127.0.0.1:1/")),
                NotificationChannel(
                    name: "production", kind: .slack(url: "http://127.0.0.1:1/"), owners: ["environment:production"]),
            ], now: { Instant(milliseconds: 1000) })
        try await notices.round()
    }

    private func event(_ action: String, _ subject: String = "environment:staging", at moment: Int64) async throws {
        try await ledger.record(
            Event(
                moment: Instant(milliseconds: moment), actor: "agent", action: action, subject: subject,
                message: "because \(moment)"))
    }

    private func told() async throws -> [String] {
        try await notices.round()
        return try await ledger.messages(limit: 100).reversed().map { message in
            let payload = try? JSONReader.value(from: message.payload)
            return "\(message.channel) \(payload?["title"]?.string ?? "")"
        }
    }

    @Test func `trouble and the end of trouble are told once, being well is not`() async throws {
        try await event("agent.synced", at: 1001)
        #expect(try await told().isEmpty)
        try await event("agent.refused", at: 1002)
        #expect(try await told() == ["all Waybill: environment:staging refused"])
        #expect(try await told().count == 1)
        try await event("agent.synced", at: 1003)
        try await event("agent.synced", at: 1004)
        #expect(
            try await told() == [
                "all Waybill: environment:staging refused", "all Waybill: environment:staging synced",
            ])
    }

    @Test func `a channel of one environment hears of no other`() async throws {
        try await event("release.promoted", "environment:production", at: 1001)
        try await event("agent.rolled-back", at: 1002)
        #expect(
            Set(try await told()) == [
                "all Waybill: environment:production promoted", "production Waybill: environment:production promoted",
                "all Waybill: environment:staging rolled-back",
            ])
    }

    @Test func `what happened before anybody asked is not told, nor is what others did`() async throws {
        try await event("agent.failed", at: 900)
        try await event("push.refused", at: 1001)
        #expect(try await told().isEmpty)
    }
}

import Advisories
import Files
import Foundation
import Ledger
import MonitorService
import Packages
import Testing
import WaybillCore

struct MonitorServiceTests {
    private let moment = Instant(milliseconds: 1_700_000_000_000)
    private let image = Digest.sha256(of: Array("image".utf8))
    private let idle = Digest.sha256(of: Array("idle".utf8))

    private func record(_ id: String, _ package: String, more: String = "") -> AdvisoryFile {
        let text = """
            {"id": "\(id)", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-\(id)"], \(more)
             "affected": [{"package": {"ecosystem": "npm", "name": "\(package)"},
             "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]}]}]}
            """
        return AdvisoryFile(name: "\(id).json", bytes: Array(text.utf8))
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/monitor-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func ledger() async throws -> SQLiteLedger {
        let ledger = try SQLiteLedger(path: nil)
        let lodash = Package(
            ecosystem: .npm, name: "lodash", version: "4.17.20", place: .file("app/package-lock.json", line: 12))
        for digest in [image, idle] {
            try await ledger.record(
                ImageRecord(digest: digest, repository: "shop/cart", commit: "abc", owner: "team@shop", built: moment),
                packages: [PackageRecord(lodash)])
        }
        try await ledger.record(
            DeploymentRecord(
                environment: "production", namespace: "shop", workload: "Deployment/cart", image: image, revision: "r1",
                deployed: moment))
        return ledger
    }

    private func monitor(_ folder: String) async throws -> MonitorService {
        let moment = moment
        return try MonitorService(ledger: try await ledger(), folder: folder, now: { moment })
    }

    @Test func `an advisory that arrives names the running workload, its commit, owner and fix`() async throws {
        try await withFolder { folder in
            let monitor = try await monitor(folder)
            let result = try await monitor.importAdvisories([record("1", "lodash")])
            #expect(result.report.added == 1 && result.delta.added.map(\.id) == ["1"])
            let report = try await monitor.exposure(of: "cve-1")
            let entry = try #require(report.entries.first)
            #expect(report.entries.count == 1)
            #expect(entry.environment == "production" && entry.workload == "Deployment/cart" && entry.image == image)
            #expect(entry.package == "lodash" && entry.version == "4.17.20" && entry.fixedVersion == "4.17.21")
            #expect(entry.commit == "abc" && entry.owner == "team@shop")
            #expect(entry.place == "app/package-lock.json:12")
            #expect(report.idleImages == [idle])
        }
    }

    @Test func `advisories are there again after a restart`() async throws {
        try await withFolder { folder in
            _ = try await monitor(folder).importAdvisories([record("1", "lodash")])
            let again = try await monitor(folder)
            #expect(try await again.exposure(of: "1").entries.count == 1)
            #expect(await again.index.imported["npm"] == moment.milliseconds)
        }
    }

    @Test func `many imports leave one base, and each can be taken back`() async throws {
        try await withFolder { folder in
            let clock = Locked<Int64>(0)
            let now: @Sendable () -> Instant = { Instant(milliseconds: clock.withLock { $0 }) }
            let monitor = try MonitorService(ledger: try await ledger(), folder: folder, now: now)
            for number in 1...20 {
                clock.withLock { $0 = Int64(number) }
                _ = try await monitor.importAdvisories([record("\(number)", "p\(number)")])
            }
            #expect(try Files.names(in: folder).count { $0.hasPrefix("base-") } == 1)
            let again = try MonitorService(ledger: try await ledger(), folder: folder, now: now)
            #expect(await again.index.count == 20)
            for number in [0, 1, 7, 20] {
                #expect(try await again.index(asOf: Instant(milliseconds: Int64(number))).count == number)
            }
        }
    }

    @Test func `a broken file among good ones changes nothing`() async throws {
        try await withFolder { folder in
            let monitor = try await monitor(folder)
            let broken = AdvisoryFile(name: "z.json", bytes: Array("{".utf8))
            await #expect(throws: WaybillError.self) {
                try await monitor.importAdvisories([record("1", "lodash"), broken])
            }
            #expect(await monitor.index.count == 0)
            #expect(try Files.names(in: folder).isEmpty)
            await #expect(throws: WaybillError.self) {
                try await monitor.importAdvisories([AdvisoryFile(name: "README.md", bytes: [])])
            }
        }
    }

    @Test func `a changed bundle is noticed when it is loaded`() async throws {
        try await withFolder { folder in
            _ = try await monitor(folder).importAdvisories([record("1", "lodash")])
            let bundle = try #require(try Files.names(in: folder).first { $0 != "bundles.json" })
            try Files.write(Array("[]".utf8), to: "\(folder)/\(bundle)")
            await #expect(throws: WaybillError.self) { try await monitor(folder) }
        }
    }

    @Test func `an unknown name is not found, which is not the same as no exposure`() async throws {
        try await withFolder { folder in
            let monitor = try await monitor(folder)
            await #expect(throws: WaybillError.self) { try await monitor.exposure(of: "CVE-2099-1") }
            _ = try await monitor.importAdvisories([record("2", "other")])
            #expect(try await monitor.exposure(of: "2").entries.isEmpty)
        }
    }

    @Test func `running workloads are judged again by the policy`() async throws {
        try await withFolder { folder in
            let monitor = try await monitor(folder)
            _ = try await monitor.importAdvisories([
                record("1", "lodash", more: #""database_specific": {"severity": "MODERATE"},"#)
            ])
            let lenient = try await monitor.reevaluate()
            #expect(lenient.map(\.verdict.isAllowed) == [true])
            #expect(lenient.first?.verdict.warnings.map(\.rule) == ["CVE-1"])
            let strict = try await monitor.reevaluate(WatchPolicy(denyFrom: .medium))
            #expect(strict.map(\.verdict.isAllowed) == [false])
            #expect(strict.first?.verdict.gate == .watch)
        }
    }

    @Test func `a running image without package list is denied`() async throws {
        try await withFolder { folder in
            let moment = moment
            let ledger = try SQLiteLedger(path: nil)
            try await ledger.record(
                ImageRecord(digest: image, repository: "a", commit: "", owner: "", built: moment), packages: [])
            try await ledger.record(
                DeploymentRecord(
                    environment: "e", namespace: "n", workload: "Pod/p", image: image, revision: "r", deployed: moment))
            let monitor = try MonitorService(ledger: ledger, folder: folder, now: { moment })
            #expect(try await monitor.reevaluate().first?.verdict.violations.map(\.rule) == ["WB-WATCH-001"])
        }
    }
}

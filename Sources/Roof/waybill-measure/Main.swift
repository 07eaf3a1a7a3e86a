import Advisories
import Documents
import Files
import Foundation
import Ledger
import Packages
import WaybillCore

/// Measures what advisories cost, on real data: `waybill-measure FOLDER-OF-ARCHIVES [ROW]`; what an agent costs at
/// scale: `waybill-measure agent [ROW]`; what a ledger costs: `waybill-measure ledger [ROW]`; and what bundles cost:
/// `waybill-measure bundles [FOLDER]`, which gets what was measured, for a peer. Prints a line for each row: name, value, unit, and on what it was measured.
@main
struct Measure {
    static func main() async throws {
        if CommandLine.arguments.dropFirst().first == "agent" {
            return try await AgentMeasure.run(CommandLine.arguments.dropFirst(2).first ?? "")
        }
        if CommandLine.arguments.dropFirst().first == "bundles" {
            return try await BundleMeasure.run(writingTo: CommandLine.arguments.dropFirst(2).first)
        }
        guard CommandLine.arguments.count >= 2 else {
            print("usage: waybill-measure FOLDER [ROW] | agent [ROW] | ledger [ROW] [OCCURRENCES] | bundles [FOLDER]")
            exit(64)
        }
        let wanted = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : ""
        let work = FileManager.default.temporaryDirectory.path + "/waybill-measure-\(getpid())"
        try Files.makeFolder(work)
        defer { try? FileManager.default.removeItem(atPath: work) }

        if CommandLine.arguments[1] == "ledger" {
            let count = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 1_000_000 : 1_000_000
            return try await LedgerMeasure.run(wanted, count: count, work: work)
        }
        let (index, bytes) = try importing(CommandLine.arguments[1])
        let path = work + "/base"
        try Files.write(bytes, to: path)
        if "advisories.open".hasPrefix(wanted) { try open(path) }
        if "matching.million".hasPrefix(wanted) { matching(index) }
        if "rematch.delta".hasPrefix(wanted) || "exposure.p99".hasPrefix(wanted) {
            try await fleet(index, work + "/ledger.db", wanted)
        }
    }

    static func row(_ name: String, _ value: Double, _ unit: String, _ remark: String) {
        print("\(name)\t\((value * 1000).rounded() / 1000)\t\(unit)\t\(remark)")
    }

    /// Seconds of this process's own time: other processes on the machine do not count.
    static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = clock()
        try work()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }

    // MARK: importing and opening

    static func importing(_ folder: String) throws -> (AdvisoryIndex, [UInt8]) {
        var index = AdvisoryIndex()
        var bytes: [UInt8] = []
        var files = 0
        let taken = try seconds {
            for name in try Files.names(in: folder) where name.hasSuffix(".gz") || name.hasSuffix(".zip") {
                let batch = try AdvisoryImporter.batch(from: try Files.read("\(folder)/\(name)"), file: name)
                for advisory in batch.advisories { index.insert(advisory) }
                for (cve, facts) in batch.exploitations { index.insert(facts, about: cve) }
                files += 1
            }
            bytes = index.bytes
        }
        row("advisories.import", taken, "s", "\(files) archives, \(index.count) records, \(bytes.count >> 10) KiB")
        return (AdvisoryIndex(base: try AdvisoryBase(bytes: bytes, subject: "measure")), bytes)
    }

    static func open(_ path: String) throws {
        var times: [Double] = []
        for _ in 0..<20 {
            times.append(
                try seconds {
                    let file = try MappedFile(path)
                    let base = try AdvisoryBase(ByteRegion(file.bytes, owner: file), subject: path)
                    let index = AdvisoryIndex(base: base)
                    _ = AdvisoryMatcher.match(Package(ecosystem: .npm, name: "lodash", version: "4.17.0"), index)
                } * 1000)
        }
        row("advisories.open", times.sorted()[10], "ms", "digest verified, first question answered, median of 20")
    }

    // MARK: matching

    static func matching(_ index: AdvisoryIndex) {
        var makeUp = MakeUp(index, seed: 1)
        let packages = (0..<1_000_000).map { _ in makeUp.package() }
        var found = 0
        let taken = seconds {
            let session = MatchingSession(index)
            for index in packages.indices { found += session.hits(packages[index]).count }
        }
        let distinct = Set(packages.lazy.map { "\($0.ecosystem) \($0.name) \($0.version)" }).count
        row("matching.million", taken, "s", "\(distinct) different packages, \(found) findings, one core")
    }

    // MARK: a fleet

    static func fleet(_ index: AdvisoryIndex, _ path: String, _ wanted: String) async throws {
        let ledger = try SQLiteLedger(path: path)
        var makeUp = MakeUp(index, seed: 2)
        var exposure = ExposureIndex()
        var running: Set<Digest> = []
        // As fleets are: most images share most packages.
        let pool = (0..<20_000).map { _ in makeUp.package() }
        let moment = Instant(milliseconds: 0)
        for number in 0..<10_000 {
            let digest = Digest.sha256(of: Array("image \(number)".utf8))
            let packages = (0..<300).map { _ in pool[makeUp.number(pool.count)] }
            exposure.add(digest, packages)
            if number.isMultiple(of: 20) {
                running.insert(digest)
                try await ledger.record(
                    ImageRecord(digest: digest, repository: "r\(number)", commit: "", owner: "o", built: moment),
                    packages: packages.map(PackageRecord.init))
                try await ledger.record(
                    DeploymentRecord(
                        environment: "e", namespace: "n", workload: "w\(number)", image: digest, revision: "r",
                        deployed: moment))
            }
        }
        if "rematch.delta".hasPrefix(wanted) { rematch(index, exposure, &makeUp) }
        if "exposure.p99".hasPrefix(wanted) { try await query(index, exposure, ledger, &makeUp) }
    }

    static func rematch(_ index: AdvisoryIndex, _ exposure: ExposureIndex, _ makeUp: inout MakeUp) {
        var next = index
        var ids: Set<String> = []
        let all = index.all.filter { !$0.affected.isEmpty && $0.withdrawn == nil }
        while ids.count < 1000 {
            var advisory = all[makeUp.number(all.count)]
            guard ids.insert(advisory.id).inserted else { continue }
            advisory.modified = "2999-01-01T00:00:00Z"
            switch makeUp.number(3) {
            case 0: advisory.withdrawn = advisory.modified
            case 1: advisory.severity = .critical
            default:
                for position in advisory.affected.indices {
                    advisory.affected[position].ranges = [AffectedRange([.introduced("0")])]
                }
            }
            next.insert(advisory)
        }
        var transitions: [Transition] = []
        let taken = seconds {
            let delta = AdvisoryDelta(from: index, to: next, touching: ids)
            transitions = exposure.transitions(
                from: index, to: next, touching: delta.touched(next, old: index, exploited: []))
        }
        row(
            "rematch.delta", taken, "s",
            "10000 images x 300 packages, \(exposure.componentCount) different, 1000 records, \(transitions.count) transitions"
        )
    }

    static func query(
        _ index: AdvisoryIndex, _ exposure: ExposureIndex, _ ledger: SQLiteLedger, _ makeUp: inout MakeUp
    ) async throws {
        let names = index.all.map(\.rule)
        var times: [Double] = []
        var reached = 0
        for _ in 0..<1000 {
            let start = ContinuousClock.now
            let records = index.relatives(of: names[makeUp.number(names.count)])
            let session = MatchingSession(AdvisoryIndex(records))
            var found: [ExposureIndex.Component] = []
            for key in records.reduce(into: Set(), { $0.formUnion(AdvisoryIndex.keys(of: $1)) }) {
                found += exposure.components(of: key).filter { !session.hits($0.package).isEmpty }
            }
            var questions: [PackageQuestion] = []
            if !found.isEmpty {
                let running = Dictionary(grouping: try await ledger.deployments(runningOnly: true), by: \.image)
                for component in found {
                    for image in exposure.images(holding: component) where running[image] != nil {
                        questions.append(
                            PackageQuestion(
                                image: image, ecosystem: component.ecosystem.name, name: component.name,
                                version: component.version))
                    }
                }
            }
            reached += try await ledger.packages(answering: questions).count
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        times.sort()
        row(
            "exposure.p99", times[989], "ms", "median \(times[500]) ms, 500 running images, \(reached) packages reached"
        )
    }
}

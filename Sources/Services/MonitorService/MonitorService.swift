public import Advisories
public import Ledger
public import WaybillCore

/// Keeps advisories and answers what they mean for what runs, without looking at any image again.
public actor MonitorService {
    private let ledger: any Ledger
    private let now: @Sendable () -> Instant
    private var store: AdvisoryStore
    /// Every advisory that counts now.
    public private(set) var index: AdvisoryIndex

    /// Opens the folder of advisories, made where it is not there.
    ///
    /// - Parameter now: the present moment; imports are dated by it, and the age of data is measured to it.
    public init(ledger: any Ledger, folder: String, now: @escaping @Sendable () -> Instant) throws(WaybillError) {
        self.ledger = ledger
        self.now = now
        store = try AdvisoryStore(folder: folder)
        index = try store.load()
    }

    /// Takes advisories in. Every file is read before anything changes: one that cannot be read refuses all.
    ///
    /// What is reported is durable when this returns.
    public func importAdvisories(_ files: [AdvisoryFile]) throws(WaybillError) -> (report: ImportReport, delta: AdvisoryDelta) {
        let arrival = try AdvisoryImport(files, over: index)
        let moment = now().milliseconds
        let ecosystems = arrival.report.ecosystems.keys.sorted()
        var imported = index.imported
        for ecosystem in ecosystems { imported[ecosystem] = moment }
        var next = index.importing(at: imported)
        for advisory in arrival.advisories { next.insert(advisory) }
        try store.add(arrival.advisories, imported: moment, ecosystems: ecosystems, whole: next)
        let delta = AdvisoryDelta(from: index, to: next)
        index = next
        return (arrival.report, delta)
    }

    /// The running workloads that a weakness reaches, by any of its names. Throws `.notFound` for a name that no record has.
    public func exposure(of id: String) async throws(WaybillError) -> ExposureReport {
        let records = index.relatives(of: id)
        guard !records.isEmpty else {
            throw WaybillError(
                .notFound, "no advisory with this name is known", subject: Redaction.excerpt(id),
                remedy: "import it: waybill advisories import FILE")
        }
        var holders: [(image: ImageRecord, package: PackageRecord)] = []
        let keys = records.reduce(into: Set<AdvisoryIndex.Key>()) { $0.formUnion(AdvisoryIndex.keys(of: $1)) }
        for key in keys { holders += try await ledger.images(holding: key.ecosystem, name: key.name) }
        let running = try await ledger.deployments(runningOnly: true)
        guard let report = ExposureDecision.report(records, holders: holders, running: running) else {
            throw WaybillError(.notFound, "no advisory with this name is known", subject: Redaction.excerpt(id))
        }
        return report
    }

    /// Judges every running workload again.
    public func reevaluate(_ policy: WatchPolicy = WatchPolicy()) async throws(WaybillError) -> [WorkloadVerdict] {
        let running = try await ledger.deployments(runningOnly: true)
        var packages: [Digest: [PackageRecord]] = [:]
        for image in Set(running.map(\.image)) { packages[image] = try await ledger.packages(of: image) }
        return WatchDecision.verdicts(running, packages: packages, index, policy, now: now().milliseconds)
    }
}

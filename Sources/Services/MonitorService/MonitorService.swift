public import Advisories
public import Ledger
import Packages
public import WaybillCore

/// Keeps advisories and answers what they mean for what runs, without looking at any image again.
public actor MonitorService {
    let ledger: any ExposureLedger
    let now: @Sendable () -> Instant
    var store: AdvisoryStore
    /// Every advisory that counts now.
    public internal(set) var index: AdvisoryIndex {
        didSet {
            adviceNumber += 1
            findingsByImage.removeAll()
        }
    }
    /// Counts the states of the advisories that this process has met.
    var adviceNumber = 0
    /// What the present advisories say of images that somebody asked for.
    var findingsByImage: [Digest: [Finding]] = [:]
    /// Who is told, and how.
    let channels: [NotificationChannel]
    private var exposure = ExposureIndex()
    private var records: [Digest: ImageRecord] = [:]
    private var position: Int64 = 0

    /// Package lists are read from the ledger in pieces of so many images.
    static let imagesPerRead = 500

    /// Opens the folder of advisories, made where it is not there.
    ///
    /// - Parameter now: the present moment; imports are dated by it, and the age of data is measured to it.
    public init(
        ledger: any ExposureLedger, folder: String, channels: [NotificationChannel] = [],
        now: @escaping @Sendable () -> Instant
    ) throws(WaybillError) {
        self.ledger = ledger
        self.now = now
        self.channels = channels
        store = try AdvisoryStore(folder: folder)
        index = try store.load()
    }

    /// Takes advisories in. Every file is read before anything changes: one that cannot be read refuses all.
    ///
    /// What is reported is durable when this returns.
    @discardableResult
    public func importAdvisories(_ files: [AdvisoryFile]) async throws(WaybillError) -> (
        report: ImportReport, delta: AdvisoryDelta
    ) {
        let moment = now()
        let arrival = try AdvisoryImport(files, over: index, moment: moment.milliseconds)
        let delta = try await take(arrival.index, touching: arrival.touched, exploited: arrival.exploited, at: moment)
        return (arrival.report, delta)
    }

    /// Makes another state the present one, and writes down what that means for what is held and for what runs.
    ///
    /// What it means is written before the state is replaced: a crash between leads to the same transitions again, with
    /// the same messages, which are kept once.
    @discardableResult
    func take(
        _ next: AdvisoryIndex, touching ids: Set<String>, exploited cves: Set<String>, at moment: Instant
    ) async throws(WaybillError) -> AdvisoryDelta {
        let old = index
        let delta = AdvisoryDelta(from: old, to: next, touching: ids)
        try await followLedger()
        let transitions = exposure.transitions(
            from: old, to: next, touching: delta.touched(next, old: old, exploited: cves))
        if !transitions.isEmpty {
            let running = try await ledger.deployments(runningOnly: true)
            let snapshot = "\(ids.count) records at \(moment.milliseconds)"
            let reach = ExposureReach(exposure, records, running)
            try await ledger.record(
                transitions.map { reach.record($0, snapshot: snapshot, at: moment) },
                messages: reach.messages(transitions, snapshot: snapshot, to: channels, at: moment))
        }
        index = try store.replace(old, with: next, touching: ids, moment: moment.milliseconds)
        return delta
    }

    /// What was known at a moment.
    public func index(asOf moment: Instant) throws(WaybillError) -> AdvisoryIndex {
        try store.load(asOf: moment.milliseconds)
    }

    /// Takes in the package lists that were recorded since.
    func followLedger() async throws(WaybillError) {
        while true {
            let (images, next) = try await ledger.inventories(after: position, limit: Self.imagesPerRead)
            for (image, packages) in images {
                exposure.add(image.digest, packages.lazy.map(\.package))
                records[image.digest] = image
            }
            position = next
            if images.count < Self.imagesPerRead { return }
        }
    }

    /// The running workloads that a weakness reaches, by any of its names, or those that hold a package, by its package
    /// URL. Throws `.notFound` for a name that no record has.
    public func exposure(of name: String) async throws(WaybillError) -> ExposureReport {
        try await followLedger()
        let decision: ExposureDecision
        if name.hasPrefix("pkg:") {
            decision = try ExposureDecision(package: name, exposure, index)
        } else {
            guard let known = ExposureDecision(index.relatives(of: name), exposure) else {
                throw WaybillError(
                    .notFound, "no advisory with this name is known", subject: Redaction.excerpt(name),
                    remedy: "import it: waybill advisories import FILE")
            }
            decision = known
        }
        // Most weaknesses are in nothing that anybody holds.
        guard !decision.found.isEmpty else { return decision.report(exposure, records, [:], [:]) }
        let running = Dictionary(grouping: try await ledger.deployments(runningOnly: true), by: \.image)
        let places = try await ledger.packages(answering: decision.places(exposure, running))
        return decision.report(exposure, records, running, places)
    }

    /// Judges every running workload again.
    public func reevaluate(_ policy: WatchPolicy = WatchPolicy()) async throws(WaybillError) -> [WorkloadVerdict] {
        let running = try await ledger.deployments(runningOnly: true)
        var packages: [Digest: [PackageRecord]] = [:]
        for image in Set(running.map(\.image)) { packages[image] = try await ledger.packages(of: image) }
        return WatchDecision.verdicts(running, packages: packages, index, policy, now: now().milliseconds)
    }

    /// What changes of the advisories changed, newest first.
    public func transitions(of advisory: String?, limit: Int) async throws(WaybillError) -> [TransitionRecord] {
        try await ledger.transitions(of: advisory, limit: limit)
    }
}

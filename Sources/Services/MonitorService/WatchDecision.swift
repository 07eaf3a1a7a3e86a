import Advisories
public import Ledger
import Packages
public import WaybillCore

/// From where on a finding denies at the watch gate.
public struct WatchPolicy: Hashable, Sendable {
    /// Findings of this severity and above deny.
    public var denyFrom: Severity
    /// An advisory without severity may be anything: it denies unless this is off.
    public var unknownDenies: Bool
    /// Only findings that an upgrade would remove deny.
    public var onlyFixable: Bool
    /// Data older than this is reported.
    public var dataAgeDaysMax: Int

    public init(denyFrom: Severity = .high, unknownDenies: Bool = true, onlyFixable: Bool = false, dataAgeDaysMax: Int = 7) {
        self.denyFrom = denyFrom
        self.unknownDenies = unknownDenies
        self.onlyFixable = onlyFixable
        self.dataAgeDaysMax = dataAgeDaysMax
    }

    func denies(_ finding: Finding) -> Bool {
        if onlyFixable, finding.fixedVersion == nil { return false }
        return finding.severity >= denyFrom || finding.severity == .unknown && unknownDenies
    }
}

/// A running workload, judged again with today's advisories.
public struct WorkloadVerdict: Hashable, Sendable {
    public var deployment: DeploymentRecord
    /// About the image, at the gate `watch`.
    public var verdict: Verdict

    public init(deployment: DeploymentRecord, verdict: Verdict) {
        self.deployment = deployment
        self.verdict = verdict
    }
}

/// Judges running workloads by the package lists of their images.
enum WatchDecision {
    /// In the order of the deployments.
    static func verdicts(
        _ running: [DeploymentRecord], packages: [Digest: [PackageRecord]], _ index: AdvisoryIndex, _ policy: WatchPolicy,
        now: Int64
    ) -> [WorkloadVerdict] {
        var byImage: [Digest: Verdict] = [:]
        return running.map { deployment in
            let verdict = byImage[deployment.image]
                ?? verdict(deployment.image, packages[deployment.image] ?? [], index, policy, now)
            byImage[deployment.image] = verdict
            return WorkloadVerdict(deployment: deployment, verdict: verdict)
        }
    }

    private static func verdict(
        _ image: Digest, _ records: [PackageRecord], _ index: AdvisoryIndex, _ policy: WatchPolicy, _ now: Int64
    ) -> Verdict {
        var verdict = Verdict(gate: .watch, subject: image.description)
        // An image without package list was never scanned: no finding would mean nothing.
        guard !records.isEmpty else {
            verdict.violations = [unscanned(image)]
            return verdict
        }
        let packages = records.map(\.package)
        for finding in AdvisoryMatcher.findings(for: AdvisoryMatcher.match(packages, index)) {
            if policy.denies(finding) { verdict.violations.append(finding) } else { verdict.warnings.append(finding) }
        }
        verdict.warnings += AdvisoryMatcher.gaps(in: packages, index, now: now, ageDaysMax: policy.dataAgeDaysMax)
        return verdict
    }

    private static func unscanned(_ image: Digest) -> Finding {
        Finding(
            rule: "WB-WATCH-001", kind: .vulnerability, severity: .high,
            message: "no package list of the running image is known", place: Place(object: image.description),
            remedy: "build the image through the pipeline, which records its packages")
    }
}

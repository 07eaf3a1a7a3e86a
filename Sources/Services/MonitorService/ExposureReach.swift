import Advisories
import Documents
import Ledger
import Packages
import WaybillCore

/// Says whom transitions reach: images, running workloads, owners; and writes what they are told.
struct ExposureReach {
    /// A message tells at most so many transitions by name; how many more there are, it says.
    static let transitionsPerMessageMax = 100

    private let exposure: ExposureIndex
    private let records: [Digest: ImageRecord]
    private let running: [Digest: [DeploymentRecord]]

    init(_ exposure: ExposureIndex, _ records: [Digest: ImageRecord], _ running: [DeploymentRecord]) {
        self.exposure = exposure
        self.records = records
        self.running = Dictionary(grouping: running, by: \.image)
    }

    func record(_ transition: Transition, snapshot: String, at moment: Instant) -> TransitionRecord {
        let state = transition.state
        return TransitionRecord(
            moment: moment, snapshot: snapshot, kind: transition.kind.rawValue, advisory: state?.rule ?? "",
            ecosystem: transition.component.ecosystem.description, name: transition.component.name,
            version: transition.component.version, severity: transition.severity.rawValue,
            fixedVersion: state?.fixedVersion, cause: transition.cause,
            images: exposure.imageCount(holding: transition.component))
    }

    /// One message for each owner of something that runs and each channel, the most severe first.
    func messages(
        _ transitions: [Transition], snapshot: String, to channels: [NotificationChannel], at moment: Instant
    ) -> [OutboxRecord] {
        guard !channels.isEmpty else { return [] }
        var byOwner: [String: [(transition: Transition, workloads: [DeploymentRecord])]] = [:]
        for transition in transitions {
            var workloads: [String: [DeploymentRecord]] = [:]
            for image in exposure.images(holding: transition.component) {
                guard let deployments = running[image] else { continue }
                workloads[records[image]?.owner ?? "", default: []] += deployments
            }
            for (owner, deployments) in workloads { byOwner[owner, default: []].append((transition, deployments)) }
        }
        var messages: [OutboxRecord] = []
        for (owner, entries) in byOwner.sorted(by: { $0.key < $1.key }) {
            for channel in channels where channel.isFor(owner) {
                let wanted = entries.filter {
                    $0.transition.severity >= channel.severityMin || $0.transition.severity == .unknown
                }
                guard !wanted.isEmpty else { continue }
                messages.append(
                    OutboxRecord(
                        snapshot: snapshot, owner: owner, channel: channel.name, created: moment,
                        payload: JSONWriter.string(Self.payload(owner, wanted, moment), style: .canonical),
                        state: .due(moment)))
            }
        }
        return messages
    }

    private static func payload(
        _ owner: String, _ entries: [(transition: Transition, workloads: [DeploymentRecord])], _ moment: Instant
    ) -> Value {
        let told = entries.prefix(transitionsPerMessageMax)
        var counts: [String: Int] = [:]
        for entry in entries { counts[entry.transition.kind.rawValue, default: 0] += 1 }
        return [
            "owner": .string(owner), "moment": .integer(Int(moment.milliseconds)),
            "counts": .object(Object(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
            "more": .integer(entries.count - told.count),
            "transitions": .array(told.map { value($0.transition, $0.workloads) }),
        ]
    }

    private static func value(_ transition: Transition, _ workloads: [DeploymentRecord]) -> Value {
        let names = Set(workloads.map { "\($0.environment)/\($0.namespace)/\($0.workload)" }).sorted()
        return [
            "kind": .string(transition.kind.rawValue), "severity": .string(transition.severity.rawValue),
            "advisory": .string(transition.state?.rule ?? ""), "summary": .string(transition.state?.summary ?? ""),
            "ecosystem": .string(transition.component.ecosystem.description),
            "package": .string(transition.component.name), "version": .string(transition.component.version),
            "fixedVersion": Value(transition.state?.fixedVersion),
            "exploitedSince": Value(transition.state?.exploitedSince),
            "cause": .string(transition.cause), "workloads": .array(names.map(Value.string)),
        ]
    }
}

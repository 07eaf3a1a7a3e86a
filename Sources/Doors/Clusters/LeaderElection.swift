import Documents
public import Foundation
import Kubernetes
public import WaybillCore

/// One of several programs leads: the one whose name stands in a Lease that it renews in time.
public struct LeaderElection: Sendable {
    private static let kind = ObjectKind(group: "coordination.k8s.io", version: "v1", kind: "Lease")

    private let cluster: any Cluster
    private let key: ObjectKey
    private let identity: String
    private let duration: Int

    /// `identity` must be this program's alone. Who does not renew for `seconds` has lost the lead.
    public init(_ cluster: any Cluster, namespace: String, name: String, identity: String, seconds: Int = 15) {
        self.cluster = cluster
        key = ObjectKey(kind: Self.kind, namespace: namespace, name: name)
        self.identity = identity
        duration = max(1, seconds)
    }

    /// Takes the lead or renews it; false while another program has it. Call it every third of the time.
    public func holds(now: Date = Date()) async throws(WaybillError) -> Bool {
        let time = now.formatted(Self.style)
        guard let lease = try await cluster.get(key) else {
            let spec: Value = [
                "holderIdentity": .string(identity), "leaseDurationSeconds": .integer(duration),
                "acquireTime": .string(time), "renewTime": .string(time), "leaseTransitions": 0,
            ]
            return try await isWon {
                () throws(WaybillError) in
                _ = try await cluster.create(
                    try Resource([
                        "apiVersion": .string(Self.kind.apiVersion), "kind": .string(Self.kind.kind),
                        "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)], "spec": spec,
                    ]), dryRun: false)
            }
        }
        let spec = lease.value["spec"] ?? [:]
        let holder = spec["holderIdentity"]?.string ?? ""
        var change: Value = ["renewTime": .string(time)]
        if holder != identity {
            let seconds = spec["leaseDurationSeconds"]?.integer ?? duration
            // A time that cannot be read protects nobody, as no time at all.
            if !holder.isEmpty,
                let renewed = spec["renewTime"]?.string.flatMap({ try? Date($0, strategy: Self.style) }),
                now.timeIntervalSince(renewed) < Double(seconds)
            {
                return false
            }
            change["holderIdentity"] = .string(identity)
            change["acquireTime"] = .string(time)
            change["leaseDurationSeconds"] = .integer(duration)
            change["leaseTransitions"] = .integer((spec["leaseTransitions"]?.integer ?? 0) + 1)
        }
        return try await isWon { () throws(WaybillError) in try await write(change, over: lease) }
    }

    /// Gives the lead up, so that another program need not wait for its end.
    public func release() async throws(WaybillError) {
        guard let lease = try await cluster.get(key),
            lease.value["spec"]?["holderIdentity"]?.string == identity
        else { return }
        _ = try await isWon { () throws(WaybillError) in try await write(["holderIdentity": ""], over: lease) }
    }

    /// Who writes over another version than the one that was read has lost.
    private func write(_ spec: Value, over lease: Resource) async throws(WaybillError) {
        let version = lease.value["metadata"]?["resourceVersion"] ?? .null
        _ = try await cluster.patch(
            key, merge: ["metadata": ["resourceVersion": version], "spec": spec], subresource: nil)
    }

    private func isWon(_ write: () async throws(WaybillError) -> Void) async throws(WaybillError) -> Bool {
        do throws(WaybillError) {
            try await write()
            return true
        } catch  where error.code == .conflict {
            return false
        }
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

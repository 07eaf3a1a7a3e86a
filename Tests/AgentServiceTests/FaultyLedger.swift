import Attestations
import Documents
import Ledger
import WaybillCore

/// A ledger whose calls may fail.
struct FaultyLedger: Ledger {
    let inner: any Ledger
    let faults: Faults

    init(_ inner: any Ledger, _ faults: Faults) {
        self.inner = inner
        self.faults = faults
    }

    func record(_ papers: [Paper]) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.record(papers) }
    }

    func papers(about subject: String, predicateType: String?) async throws(WaybillError) -> [Paper] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.papers(about: subject, predicateType: predicateType)
        }
    }

    func paper(_ id: Digest) async throws(WaybillError) -> Paper? {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.paper(id) }
    }

    func papers(after position: Int64, limit: Int) async throws(WaybillError) -> (papers: [Paper], position: Int64) {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.papers(after: position, limit: limit)
        }
    }

    func record(_ image: ImageRecord, packages: [PackageRecord]) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.record(image, packages: packages)
        }
    }

    func image(_ digest: Digest) async throws(WaybillError) -> ImageRecord? {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.image(digest) }
    }

    func images() async throws(WaybillError) -> [ImageRecord] {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.images() }
    }

    func packages(of image: Digest) async throws(WaybillError) -> [PackageRecord] {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.packages(of: image) }
    }

    func images(holding ecosystem: String, name: String) async throws(WaybillError) -> [(
        image: ImageRecord, package: PackageRecord
    )] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.images(holding: ecosystem, name: name)
        }
    }

    func record(_ deployment: DeploymentRecord) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.record(deployment) }
    }

    func deployments(runningOnly: Bool) async throws(WaybillError) -> [DeploymentRecord] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.deployments(runningOnly: runningOnly)
        }
    }

    func record(_ event: Event) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.record(event) }
    }

    func events(about subject: String?, limit: Int) async throws(WaybillError) -> [Event] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.events(about: subject, limit: limit)
        }
    }

    func state(_ name: String) async throws(WaybillError) -> Value? {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.state(name) }
    }

    func setState(_ name: String, to value: Value?) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.setState(name, to: value) }
    }
}

import Attestations
public import Documents
public import Ledger
public import WaybillCore

/// A ledger whose calls may fail.
public struct FaultyLedger: Ledger {
    let inner: any Ledger
    let faults: Faults

    public init(_ inner: any Ledger, _ faults: Faults) {
        self.inner = inner
        self.faults = faults
    }

    public func record(_ papers: [Paper]) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.record(papers) }
    }

    public func papers(about subject: String, predicateType: String?) async throws(WaybillError) -> [Paper] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.papers(about: subject, predicateType: predicateType)
        }
    }

    public func paper(_ id: Digest) async throws(WaybillError) -> Paper? {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.paper(id) }
    }

    public func papers(after position: Int64, limit: Int) async throws(WaybillError) -> (
        papers: [Paper], position: Int64
    ) {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.papers(after: position, limit: limit)
        }
    }

    public func record(_ image: ImageRecord, packages: [PackageRecord]) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.record(image, packages: packages)
        }
    }

    public func image(_ digest: Digest) async throws(WaybillError) -> ImageRecord? {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.image(digest) }
    }

    public func images() async throws(WaybillError) -> [ImageRecord] {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.images() }
    }

    public func packages(of image: Digest) async throws(WaybillError) -> [PackageRecord] {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.packages(of: image) }
    }

    public func images(holding ecosystem: String, name: String) async throws(WaybillError) -> [(
        image: ImageRecord, package: PackageRecord
    )] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.images(holding: ecosystem, name: name)
        }
    }

    public func record(_ deployment: DeploymentRecord) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.record(deployment) }
    }

    public func deployments(runningOnly: Bool) async throws(WaybillError) -> [DeploymentRecord] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.deployments(runningOnly: runningOnly)
        }
    }

    public func record(_ event: Event) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.record(event) }
    }

    public func events(about subject: String?, limit: Int) async throws(WaybillError) -> [Event] {
        try await faults.call("ledger") { () async throws(WaybillError) in
            try await inner.events(about: subject, limit: limit)
        }
    }

    public func state(_ name: String) async throws(WaybillError) -> Value? {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.state(name) }
    }

    public func setState(_ name: String, to value: Value?) async throws(WaybillError) {
        try await faults.call("ledger") { () async throws(WaybillError) in try await inner.setState(name, to: value) }
    }
}

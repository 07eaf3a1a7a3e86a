import Documents
import Ledger
import WaybillCore

/// A ledger that a chain can be walked on and nothing else: papers and what runs.
protocol EvidenceLedger: Ledger {}

extension EvidenceLedger {
    private func refusal() -> WaybillError {
        WaybillError(.unsupported, "only papers and deployments can be asked for here", subject: "evidence")
    }

    func record(_ papers: [Paper]) async throws(WaybillError) { throw refusal() }
    func papers(after position: Int64, limit: Int) async throws(WaybillError) -> (papers: [Paper], position: Int64) {
        throw refusal()
    }
    func record(_ image: ImageRecord, packages: [PackageRecord]) async throws(WaybillError) { throw refusal() }
    func image(_ digest: Digest) async throws(WaybillError) -> ImageRecord? { throw refusal() }
    func images() async throws(WaybillError) -> [ImageRecord] { throw refusal() }
    func packages(of image: Digest) async throws(WaybillError) -> [PackageRecord] { throw refusal() }
    func images(
        holding ecosystem: String, name: String
    ) async throws(WaybillError) -> [(image: ImageRecord, package: PackageRecord)] { throw refusal() }
    func record(_ deployment: DeploymentRecord) async throws(WaybillError) { throw refusal() }
    func record(_ event: Event) async throws(WaybillError) { throw refusal() }
    func events(about subject: String?, limit: Int) async throws(WaybillError) -> [Event] { throw refusal() }
    func state(_ name: String) async throws(WaybillError) -> Value? { throw refusal() }
    func setState(_ name: String, to value: Value?) async throws(WaybillError) { throw refusal() }
}

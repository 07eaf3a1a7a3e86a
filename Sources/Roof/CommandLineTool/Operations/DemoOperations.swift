import AsyncHTTPClient
import Attestations
import AuditService
import Clusters
import Delivery
import Documents
import Files
import ForgeService
import Foundation
import GRDBSQLite
import GitRepositories
import Kubernetes
import Ledger
import LocalCluster
import MonitorService
import NIOCore
import NIOHTTP1
import OCI
import Processes
import Registries
import WaybillCore

/// What the demo asks of the running services.
extension Platform {
    var kubectlPath: String {
        let tools =
            ProcessInfo.processInfo.environment["WAYBILL_TOOLS"]
            ?? (ProcessInfo.processInfo.environment["HOME"] ?? "/root") + "/.cache/waybill/tools"
        return Files.exists(tools + "/kubectl") ? tools + "/kubectl" : "kubectl"
    }

    func repositoryAddress(_ name: String) -> String { "\(addresses.forge)/git/\(name).git" }
    func repositoryFolder(_ name: String) -> String { "\(state.repositories)/repositories/\(name).git" }

    func createRepository(_ name: String, rootSigners: String) async throws(WaybillError) {
        try Files.write(Array(rootSigners.utf8), to: state.rootSigners(of: name))
        try await forge.createRepository(name, signers: Array(rootSigners.utf8), by: Identity("admin"))
    }

    private func changes(_ repository: String, _ person: Person) -> ChangeOperations {
        ChangeOperations(client: ServiceClient(base: addresses.forge, token: person.token), repository: repository)
    }

    func openChange(_ repository: String, branch: String, by person: Person) async throws(WaybillError) {
        _ = try await changes(repository, person).open(branch: branch, title: "Merge \(branch)")
    }

    /// A review from a clone of the reviewer's own.
    func review(_ repository: String, branch: String, by person: Person) async throws(WaybillError) -> Verdict {
        let clone = "\(person.home)/\(repository)"
        if !Files.exists(clone) {
            try await person.git("clone", "-q", repositoryAddress(repository), clone, in: person.home)
        }
        let operations = changes(repository, person)
        return try await operations.review(
            try await operations.id(ofBranch: branch), .approve, reviewer: person.email, key: person.keyPath,
            clone: clone,
            environment: person.environment())
    }

    func merge(_ repository: String, branch: String, by person: Person) async throws(WaybillError) -> Verdict {
        let operations = changes(repository, person)
        return try await operations.merge(try await operations.id(ofBranch: branch))
    }

    /// The pipeline's verdict about a commit, once it has one.
    func pipelineRun(_ repository: String, commit: String) async throws(WaybillError) -> Verdict {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            for event in try await ledger.events(about: "gitCommit:\(commit)", limit: 100) {
                switch event.action {
                case "pipeline.failed": throw WaybillError(.failed, event.message, subject: "pipeline")
                case "pipeline.finished":
                    let violations = event.detail["verdict"]?["violations"]?.array ?? []
                    return Verdict(
                        gate: .publish, subject: event.detail["reference"]?.string ?? repository,
                        violations: violations.compactMap { Finding($0) })
                default: continue
                }
            }
            try await Pause.wait(.milliseconds(50))
        }
        throw WaybillError(.timeout, "the pipeline gave no verdict within five minutes", subject: commit)
    }

    private var promotion: PromotionOperations { PromotionOperations(ledger: ledger, registryHost: registryHost) }

    func image(_ repository: String, commit: String) async throws(WaybillError) -> (
        reference: String, digest: WaybillCore.Digest
    ) {
        let image = try await promotion.image(repository, commit: commit)
        return (image.reference, image.digest)
    }

    /// Names of papers that the registry or the ledger lacks for an image.
    func missingPapers(of image: WaybillCore.Digest) async throws(WaybillError) -> [String] {
        let registry = try RegistryClient("http://\(registryHost)")
        guard let record = try await ledger.image(image) else { return ["the image itself"] }
        let referrers = try await registry.referrers(of: image, artifactType: nil, in: record.repository)
        let attached = Set(referrers.compactMap { $0.annotations["in-toto.io/predicate-type"] })
        var missing: [String] = []
        for paper in RequiredPaper.allCases {
            if !attached.contains(paper.predicateType) { missing.append("\(paper.rawValue) in the registry") }
            if try await ledger.papers(about: image.description, predicateType: paper.predicateType).isEmpty {
                missing.append("\(paper.rawValue) in the ledger")
            }
        }
        return missing
    }

    func promote(
        _ repository: String, commit: String, to environment: String, by person: Person, work: String
    ) async throws(WaybillError) -> Demo.Outcome {
        let image = try await promotion.image(repository, commit: commit)
        let change = EnvironmentChange(folder: work, environment: person.environment())
        try await change.update()
        let files = try await promotion.files(
            repository, commit: commit, image: image.digest, to: environment, git: try await hosted(repository),
            current: change.text, environments: try change.environmentsFile())
        let message = "Promote \(repository) \(image.digest.short) to \(environment)"
        let revision = try await change.publish(files.files, message: message)
        await pokeAgents()
        return .allow(revision.map { "\($0.prefix(10)) “\(message)”" } ?? "nothing to change")
    }

    func rollback(
        _ project: String, in environment: String, by person: Person, work: String
    ) async throws(WaybillError) -> Demo.Outcome {
        let change = EnvironmentChange(folder: work, environment: person.environment())
        let outcome = try await RollbackOperation(change: change, project: project, environment: environment).run()
        await pokeAgents()
        return .allow(outcome)
    }

    private func hosted(_ repository: String) async throws(WaybillError) -> GitExecutable {
        try await forge.repository(repository)
    }

    func pokeAgents() async { await agents.poke() }

    /// Waits for an event that was recorded since a moment.
    func event(_ action: String, since: Instant, within limit: Duration) async throws(WaybillError) -> Event {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            let events = try await ledger.events(about: nil, limit: 200)
            if let found = events.first(where: { $0.action == action && $0.moment >= since }) { return found }
            try await Pause.wait(.milliseconds(50))
        }
        throw WaybillError(.timeout, "no event \(action) within \(limit)", subject: "ledger")
    }

    /// The loopback address of a service, once its pods are ready.
    func serviceAddress(_ name: String, namespace: String, within limit: Duration) async throws(WaybillError) -> String
    {
        let key = ObjectKey(
            kind: ObjectKind(group: "", version: "v1", kind: "Service"), namespace: namespace, name: name)
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let address = try await client.get(key)?.annotations[LocalCluster.addressAnnotation] {
                return "http://\(address)"
            }
            try await Pause.wait(.milliseconds(50))
        }
        throw WaybillError(.timeout, "the service has no address within \(limit)", subject: "\(name) in \(namespace)")
    }

    /// The body of a page, asked again until it answers.
    func fetch(_ url: String, within limit: Duration) async throws(WaybillError) -> String {
        let deadline = ContinuousClock.now + limit
        var last: (any Error)?
        while ContinuousClock.now < deadline {
            do {
                let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
                let body = try await response.body.collect(upTo: 1 << 20)
                if response.status == .ok { return String(decoding: body.readableBytesView, as: UTF8.self) }
                last = WaybillError(.unavailable, "status \(response.status.code)", subject: url)
            } catch {
                last = error
            }
            try await Pause.wait(.milliseconds(50))
        }
        throw WaybillError(.timeout, "does not answer within \(limit)", subject: url, cause: last)
    }

    func importAdvisories(_ folder: String) async throws(WaybillError) {
        try await AdvisoryOperations(monitor: monitor, ledger: ledger).importFiles([folder])
    }

    func exposure(_ id: String) async throws(WaybillError) -> [String] {
        let report = try await monitor.exposure(of: id)
        return report.entries.isEmpty ? [] : ExposureText.lines(report)
    }

    func why(_ workload: String, namespace: String) async throws(WaybillError) -> PaperChain {
        try await AuditOperations(state: state, ledger: ledger).chain(of: workload, namespace: namespace)
    }

    /// Changes one byte of a paper in the ledger's file, as somebody with access to the disk could, and returns how to
    /// put it right again.
    func tamper(with link: String, of workload: String, namespace: String) async throws(WaybillError) -> ()
        throws(WaybillError) -> Void
    {
        guard let paper = try await why(workload, namespace: namespace).links.first(where: { $0.name == link })?.paper
        else {
            throw WaybillError(.notFound, "the chain has no paper of this name", subject: link)
        }
        let original = try await ledger.paper(paper)?.envelope.bytes ?? []
        guard !original.isEmpty else {
            throw WaybillError(.notFound, "the paper is not in the ledger", subject: "\(paper)")
        }
        var changed = original
        changed[changed.count / 2] ^= 1
        let path = state.ledger
        func write(_ bytes: [UInt8]) throws(WaybillError) {
            var connection: OpaquePointer?
            defer { sqlite3_close(connection) }
            var statement: OpaquePointer?
            defer { sqlite3_finalize(statement) }
            guard sqlite3_open(path, &connection) == SQLITE_OK, sqlite3_busy_timeout(connection, 5000) == SQLITE_OK,
                sqlite3_prepare_v2(
                    connection, "UPDATE paper SET envelope = x'\(Hex.encode(bytes))' WHERE id = '\(paper)'", -1,
                    &statement, nil) == SQLITE_OK,
                sqlite3_step(statement) == SQLITE_DONE
            else { throw WaybillError(.failed, "the ledger's file cannot be changed", subject: path) }
        }
        try write(changed)
        return { () throws(WaybillError) in try write(original) }
    }
}

import ArgumentParser
import Attestations
import DeployPolicies
import Documents
import Files
import Foundation
import Kubernetes
import OCI
import SignatureStores
import Signatures
import Trust
import WaybillCore

/// May these objects run, by policies that were written for other systems?
struct AdmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admit",
        abstract: "Judge manifests by Kritis, Binary Authorization and ClusterImagePolicy documents.",
        discussion: """
            Signatures and attestations are read from the images' registries. A scan counts when it is an attestation signed
            by one of --key. Exit status: 0 all may run, 1 something may not, 2 we could not find out.
            """)

    @Argument(help: "Kubernetes manifests.") var manifests: [String]
    @Option(name: .customLong("policy"), help: "A file of policies and attestors; may be given more than once.")
    var policies: [String]
    @Option(help: "The cluster's name in per-cluster rules.") var cluster = ""
    @Option(name: .shortAndLong, help: "The namespace of objects that name none.") var namespace = "default"
    @Flag(help: "Judge as Kritis does, with the holes that it has.") var likeKritis = false
    @Flag(help: "Speak HTTP with registries.") var plainHttp = false
    @Option(help: "text or json.") var output: OutputFormat = .text
    @OptionGroup var trust: TrustOption

    func run() async throws {
        var decisions: [DeployJudge.Decision] = []
        do {
            let trust = try trust.trust()
            var settings = likeKritis ? DeploySettings.likeKritis() : DeploySettings()
            settings.root = trust.root
            var files: [(name: String, bytes: [UInt8])] = []
            for path in policies { files.append((path, try Files.read(path, bytesMax: DeployPolicies.bytesMax))) }
            let judge = DeployJudge(policies: try DeployPolicies(files: files), settings: settings)
            let moment = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            for path in manifests { decisions += try await decide(path, judge, trust, moment) }
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
        switch output {
        case .text: Terminal.result(decisions.map(Self.text).joined(separator: "\n"))
        case .json: Terminal.result(JSONWriter.string(.array(decisions.map(\.verdict.value)), style: .pretty))
        }
        if decisions.contains(where: { !$0.isAllowed }) { throw ExitStatus.no }
    }

    private static func text(_ decision: DeployJudge.Decision) -> String {
        var lines = ["\(decision.verdict.word)  \(decision.verdict.subject)"]
        lines += decision.verdict.violations.map { "  no    \($0.place.field ?? ""): \($0.message)" }
        lines += decision.verdict.warnings.map { "  warn  \($0.place.field ?? ""): \($0.message)" }
        return lines.joined(separator: "\n")
    }

    private func decide(
        _ path: String, _ judge: DeployJudge, _ trust: SignatureTrust, _ moment: Timestamp
    ) async throws(WaybillError) -> [DeployJudge.Decision] {
        let nodes: [Node]
        let bytes = try Files.read(path, bytesMax: 16 << 20)
        do { nodes = try YAMLReader.nodes(from: bytes) } catch { throw error.inFile(path) }
        var decisions: [DeployJudge.Decision] = []
        for node in nodes where node.scalar != .null {
            let resource = try Resource(node.value)
            let request = try DeployRequest(
                resource, cluster: cluster, namespace: resource.namespace.isEmpty ? namespace : resource.namespace)
            var evidence: [String: ImageEvidence] = [:]
            for image in request.images { evidence[image.reference] = try await gather(image, trust, moment) }
            decisions.append(judge.judge(request, at: moment) { evidence[$0.reference] })
        }
        return decisions
    }

    /// What stands beside the image. An image by tag is not asked for: what the tag means can change after the answer.
    private func gather(
        _ image: PodImage, _ trust: SignatureTrust, _ moment: Timestamp
    ) async throws(WaybillError) -> ImageEvidence? {
        guard let digest = image.digest else { return nil }
        let reference: ImageReference
        do { reference = try ImageReference(parsing: image.reference) } catch { throw error.asWaybillError }
        let client = try RegistryAccess(isPlain: plainHttp, user: nil).client(for: reference.normalized)
        let found = try await RegistrySignatures(registry: client, repository: reference.normalized.repository).all(
            of: digest)
        var evidence = ImageEvidence(digest: digest)
        for item in found.items { ImageEvidenceDoor.add(item, to: &evidence) }
        evidence.scan = Self.scan(evidence, digest, trust, moment)
        return evidence
    }

    /// The newest scan that somebody trusted signed.
    private static func scan(
        _ evidence: ImageEvidence, _ digest: Digest, _ trust: SignatureTrust, _ moment: Timestamp
    ) -> ImageEvidence.Scan? {
        let subject = BundleVerifier.Subject.digest(algorithm: digest.algorithm.rawValue, hash: digest.hex)
        let bundles = evidence.bundles + evidence.layers.compactMap { try? $0.bundle() }
        let scans = bundles.compactMap { bundle -> ImageEvidence.Scan? in
            guard let statement = try? trust.bundles.verify(bundle, subject: subject, at: moment).statement,
                statement.predicateType == PredicateType.vulnerabilities,
                let scan = try? VulnerabilityScan(statement.predicate)
            else { return nil }
            return ImageEvidence.Scan(
                vulnerabilities: scan.results.filter { $0.accepted == nil }.map {
                    .init(id: $0.id, severity: $0.severity, isFixAvailable: $0.fixedVersion != nil)
                }, time: scan.finished)
        }
        return scans.max { $0.time < $1.time }
    }
}

import Advisories
import Attestations
import Delivery
import Documents
import Gates
import GitRepositories
import ImageTests
import Inventory
import Ledger
import Packages
import Sandboxes
import Signers
import Trust
import WaybillCore

/// What was observed in one run, as signed papers.
struct Evidence {
    let work: PipelineWork
    let project: ProjectFile
    let outcome: BuildOutcome
    let local: LocalImage
    let tests: ImageTestReport
    let contents: ImageGate.Result
    let findings: [Finding]
    let verdict: Verdict
    let index: AdvisoryIndex

    private var now: Timestamp { Timestamp(seconds: work.service.now().milliseconds / 1000) }

    /// All papers, the verdict last: it names the others as its inputs.
    func sign() async throws(WaybillError) -> [Paper] {
        var papers: [Paper] = []
        for (type, predicate) in [
            (PredicateType.provenance, provenance.value),
            (PredicateType.cycloneDX, bill),
            (PredicateType.testResult, testResult.value),
            (PredicateType.vulnerabilities, vulnerabilities.value),
            (PredicateType.posture, posture.value),
        ] {
            papers.append(try await paper(type, predicate))
        }
        papers.append(try await paper(PredicateType.verdict, summary(papers).value))
        return papers
    }

    private func paper(_ type: String, _ predicate: Value) async throws(WaybillError) -> Paper {
        let statement = Statement(
            subjects: [.init(name: project.build.image, digest: local.digest)], predicateType: type,
            predicate: predicate)
        let envelope = try await work.service.signer.sign(statement)
        return Paper(
            id: envelope.digest, subject: local.digest.description, predicateType: type, recorded: work.service.now(),
            envelope: envelope)
    }

    private var provenance: Provenance {
        Provenance(
            buildType: "https://waybill.dev/build/containerfile/v1",
            externalParameters: [
                "repository": .string(work.name), "containerfile": .string(project.build.containerfile),
                "context": .string(project.build.context),
            ],
            internalParameters: ["isolation": .string(outcome.isolation.description)],
            resolvedDependencies: [
                ResourceDescriptor(uri: "git+waybill:\(work.name)", digest: ["gitCommit": work.commit.hex])
            ]
                + outcome.baseImages.map {
                    ResourceDescriptor(uri: "oci:\($0.name)", digest: ["sha256": $0.image.digest.hex])
                },
            builderID: PipelineService.builderID,
            builderVersion: ["builder": outcome.isolation.builder, "runtime": outcome.isolation.runtime],
            invocationID: "\(work.commit.hex)-\(outcome.started)",
            started: Timestamp(seconds: Int64(outcome.started)), finished: Timestamp(seconds: Int64(outcome.finished)))
    }

    private var bill: Value {
        CycloneDX.document(
            for: contents.inventory,
            subject: InventorySubject(
                kind: .container, name: project.build.image, version: local.digest.description, created: now.description
            ))
    }

    private var testResult: TestResult {
        func names(_ isWanted: (ImageTestResult.Outcome) -> Bool) -> [String] {
            tests.results.filter { isWanted($0.outcome) }.map { "\($0.resourceType) \($0.resource): \($0.property)" }
        }
        return TestResult(
            outcome: tests.isPassed ? .passed : .failed,
            configuration: project.test.goss.map {
                ResourceDescriptor(name: $0, digest: ["gitCommit": work.commit.hex])
            },
            passed: names { $0 == .passed }, warned: names { $0 == .skipped },
            failed: names { $0 != .passed && $0 != .skipped }, time: now)
    }

    /// Findings that the verdict holds against the image, of the kinds given; the others were accepted or are milder.
    private func isDenied(_ finding: Finding) -> Bool { verdict.violations.contains(finding) }

    private var vulnerabilities: VulnerabilityScan {
        let found = findings.filter { $0.kind == .vulnerability }
        return VulnerabilityScan(
            scannerURI: "https://waybill.dev/scanner", databaseVersion: "\(index.count) advisories",
            results: found.map {
                .init(id: $0.rule, severity: $0.severity, package: $0.place.package, fixedVersion: $0.fixedVersion)
            },
            finished: now, outcome: found.contains(where: isDenied) ? .failed : .passed)
    }

    private var posture: PostureReport {
        let found = findings.filter { [.posture, .dockerfile, .secret, .configuration].contains($0.kind) }
        return PostureReport(
            outcome: found.contains(where: isDenied) ? .failed : .passed,
            items: found.map {
                .init(rule: $0.rule, severity: $0.severity, place: $0.place.description, message: $0.message)
            },
            time: now)
    }

    private func summary(_ papers: [Paper]) -> VerificationSummary {
        VerificationSummary(
            verifierID: "https://waybill.dev/gate/publish", time: now,
            resourceURI: "oci:\(project.build.image)@\(local.digest)",
            policy: ResourceDescriptor(
                uri: "git+waybill:\(work.name)", digest: ["gitCommit": work.commit.hex]),
            inputs: papers.map { ResourceDescriptor(name: $0.predicateType, digest: ["sha256": $0.id.hex]) },
            outcome: verdict.isAllowed ? .passed : .failed,
            levels: verdict.isAllowed ? ["SLSA_BUILD_LEVEL_2"] : [], gate: .publish)
    }
}

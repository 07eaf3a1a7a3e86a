import Attestations
import Documents
import Testing
import WaybillCore

struct PredicateTests {
    static let now = Timestamp(seconds: 1_795_262_400)
    static let digest = Digest.sha256(of: Array("x".utf8))

    static let provenance = Provenance(
        buildType: "https://waybill.dev/build/v1", externalParameters: ["ref": "refs/heads/main"], internalParameters: ["run": 318],
        resolvedDependencies: [
            ResourceDescriptor(uri: "git+file:///shop", digest: ["gitCommit": "abc"]), ResourceDescriptor(name: "base", digest: ["sha256": "00"]),
        ],
        builderID: "https://waybill.dev/builder/isolated", builderVersion: ["waybill": "1"], invocationID: "run-318", started: now,
        finished: now, byproducts: [ResourceDescriptor(name: "log", digest: ["sha256": "11"], mediaType: "text/plain")])
    static let summary = VerificationSummary(
        verifierID: "waybill", verifierVersion: ["waybill": "1"], time: now, resourceURI: "shop/cart",
        policy: ResourceDescriptor(uri: "p", digest: ["sha256": "22"]), inputs: [ResourceDescriptor(digest: ["sha256": "33"])],
        outcome: .passed, levels: ["SLSA_BUILD_LEVEL_3"], gate: .scan)
    static let tests = TestResult(
        outcome: .failed, configuration: [ResourceDescriptor(name: "goss.yaml")], url: "http://x", passed: ["a"], warned: ["b"], failed: ["c"],
        time: now)
    static let scan = VulnerabilityScan(
        scannerURI: "waybill", scannerVersion: "1", databaseURI: "osv", databaseVersion: "2", databaseUpdated: now,
        results: [
            .init(id: "CVE-2021-23337", severity: .high, package: "pkg:npm/lodash@4.17.20", fixedVersion: "4.17.21"),
            .init(id: "CVE-1", severity: .unknown, accepted: "not reached"),
        ],
        started: now, finished: now, outcome: .failed)
    static let review = Review(decision: .reject, reviewer: "r@x", target: "refs/heads/main", base: "abc", comment: "no", time: now)
    static let move = ReferenceLogEntry(
        repository: "shop", reference: "refs/heads/main", old: nil, new: "abc", number: 1, previous: digest, actor: "a@x", time: now)
    static let source = SourceSummary(
        repository: "shop", reference: "refs/heads/main", base: nil, commits: [.init(id: "abc", signer: "a@x", keyFingerprint: "SHA256:x")],
        approvals: [.init(reviewer: "r@x", envelope: digest)], time: now)
    static let promotion = Promotion(
        environment: "production", from: "staging", repository: "env", commit: "abc", actor: "a@x", reason: "release", time: now)
    static let deployment = DeploymentReport(
        environment: "production", repository: "env", revision: "abc", manifests: digest, applied: ["Deployment/shop/cart"],
        pruned: ["ConfigMap/shop/old"], time: now)
    static let admission = AdmissionDecision(
        isAllowed: true, request: "uid", namespace: "shop", object: "Pod/cart", user: "u", policy: digest,
        violations: [.init(rule: "WB-ADM-001", message: "missing paper: scan")],
        breakglass: .init(actor: "boss@x", reason: "fire", expires: now), time: now)
    static let posture = PostureReport(
        outcome: .passed, policy: digest,
        items: [.init(rule: "WB-K8S-001", severity: .low, place: "a.yaml:1:1", message: "m", accepted: "until 2027")], time: now)

    @Test func `what is written is read as the same predicate`() throws {
        #expect(try Provenance(Self.provenance.value) == Self.provenance)
        #expect(try VerificationSummary(Self.summary.value) == Self.summary)
        #expect(try TestResult(Self.tests.value) == Self.tests)
        #expect(try VulnerabilityScan(Self.scan.value) == Self.scan)
        #expect(try Review(Self.review.value) == Self.review)
        #expect(try ReferenceLogEntry(Self.move.value) == Self.move)
        #expect(try SourceSummary(Self.source.value) == Self.source)
        #expect(try Promotion(Self.promotion.value) == Self.promotion)
        #expect(try DeploymentReport(Self.deployment.value) == Self.deployment)
        #expect(try AdmissionDecision(Self.admission.value) == Self.admission)
        #expect(try PostureReport(Self.posture.value) == Self.posture)
    }

    static let written: [(String, Value)] = [
        (PredicateType.provenance, provenance.value), (PredicateType.verdict, summary.value), (PredicateType.testResult, tests.value),
        (PredicateType.vulnerabilities, scan.value), (PredicateType.review, review.value), (PredicateType.referenceMove, move.value),
        (PredicateType.source, source.value), (PredicateType.promotion, promotion.value), (PredicateType.deployment, deployment.value),
        (PredicateType.admission, admission.value), (PredicateType.posture, posture.value),
    ]

    static func read(_ type: String, _ value: Value) throws {
        switch type {
        case PredicateType.provenance: _ = try Provenance(value)
        case PredicateType.verdict: _ = try VerificationSummary(value)
        case PredicateType.testResult: _ = try TestResult(value)
        case PredicateType.vulnerabilities: _ = try VulnerabilityScan(value)
        case PredicateType.review: _ = try Review(value)
        case PredicateType.referenceMove: _ = try ReferenceLogEntry(value)
        case PredicateType.source: _ = try SourceSummary(value)
        case PredicateType.promotion: _ = try Promotion(value)
        case PredicateType.deployment: _ = try DeploymentReport(value)
        case PredicateType.admission: _ = try AdmissionDecision(value)
        default: _ = try PostureReport(value)
        }
    }

    @Test(arguments: written)
    func `every statement says when its act ended`(_ type: String, _ value: Value) {
        let statement = Statement(subjects: [.init(name: "x", digest: Self.digest)], predicateType: type, predicate: value)
        #expect(statement.time == Self.now)
    }

    @Test(arguments: written)
    func `members that are not known are left alone, and members of a wrong type refuse the predicate`(_ type: String, _ value: Value) {
        var more = value
        more["https://else.example/member"] = [1]
        #expect(throws: Never.self) { try Self.read(type, more) }
        for wrong: Value in [nil, 7, "text", [], [:]] { #expect(throws: WaybillError.self) { try Self.read(type, wrong) } }
        for member in value.object?.members ?? [] {
            var wrong = value
            wrong[member.key] = .number(Number(3.5))
            #expect(throws: WaybillError.self, "\(type) \(member.key)") { try Self.read(type, wrong) }
        }
    }

    @Test func `predicates that contradict themselves are refused`() {
        var tests = Self.tests
        tests.outcome = .passed
        #expect(throws: WaybillError.self) { try TestResult(tests.value) }
        var admission = Self.admission
        admission.breakglass = nil
        #expect(throws: WaybillError.self) { try AdmissionDecision(admission.value) }
        var scan = Self.scan.value
        scan["scanner"] = ["uri": "x"]
        #expect(throws: WaybillError.self) { try VulnerabilityScan(scan) }
    }

    @Test(arguments: [
        ([["method": "nvd", "score": "9.8"]], .critical), ([["method": "a", "score": "low"], ["method": "b", "score": 7.5]], .high),
        ([["method": "a", "score": "CVSS:3.1/AV:N"]], .unknown), ([], .unknown), ([["method": "a", "score": 11]], .unknown),
        ([["method": "a", "score": "0.0"]], .info), ([["score": "MODERATE"]], .medium),
    ] as [(Value, Severity)])
    func `the worst rating that is understood is a result's severity`(_ ratings: Value, _ expected: Severity) throws {
        var value = Self.scan.value
        value["scanner"]?["result"] = [["id": "CVE-1", "severity": ratings]]
        #expect(try VulnerabilityScan(value).results.map(\.severity) == [expected])
    }
}

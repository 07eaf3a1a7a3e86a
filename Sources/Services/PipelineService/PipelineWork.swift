import Advisories
import Attestations
import Delivery
import Documents
import Files
import Gates
import GitRepositories
import ImageTests
import Inventory
import Ledger
import OCI
import Packages
import Registries
import Sandboxes
import WaybillCore

/// One run of the pipeline.
struct PipelineWork {
    let service: PipelineService
    let name: String
    let commit: ObjectID
    let folder: String

    func run(_ repository: any GitRepository) async throws(WaybillError) -> PipelineRun {
        var clock = StageClock()
        var run = PipelineRun(
            repository: name, commit: commit.hex, verdict: Verdict(gate: .publish, subject: "gitCommit:\(commit.hex)"),
            isolation: service.sandbox.isolation.description)
        let checkout = try await Checkout.make(commit, of: repository, in: folder + "/context")
        let project = try readProject(checkout.tree)
        let policy = try PolicyGate(modules: project.policy.modules(in: checkout.tree))
        clock.end("source")

        let outcome = try await build(project, checkout)
        clock.end("build")
        guard case .built(let local) = outcome.result else {
            if case .failed(let reason) = outcome.result {
                run.verdict.violations = [
                    Finding(
                        rule: "WB-BLD-001", kind: .test, severity: .high, message: "the build failed: \(reason)",
                        place: Place(location: SourceLocation(file: project.build.containerfile)),
                        evidence: String(outcome.log.suffix(2000)),
                        remedy: "run the build on your machine and mend the step")
                ]
            }
            run.stages = clock.stages
            return run
        }
        run.image = local.digest

        let image = try readImage(local)
        clock.end("read image")
        let index = try await service.advisories()
        let seconds = service.now().milliseconds / 1000
        let source = SourceGate.examine(checkout.tree, project: project, advisories: index, now: seconds)
        let contents = ImageGate.examine(image, project: project, advisories: index, now: seconds)
        clock.end("scan")
        let tests = try await test(project, checkout, local, image, contents.inventory)
        clock.end("test")

        let findings = source.findings + contents.findings + tests.findings
        let input = GateInput(
            gate: .publish, subject: local.digest.description, project: project, findings: findings,
            today: String(Timestamp(seconds: seconds).description.prefix(10)),
            image: (local.digest, image.configuration))
        run.verdict = try policy.judge(input)
        clock.end("policy")

        let evidence = Evidence(
            work: self, project: project, outcome: outcome, local: local, tests: tests, contents: contents,
            findings: findings, verdict: run.verdict, index: index)
        let papers = try await evidence.sign()
        run.papers = papers.map { ($0.predicateType, $0.id) }
        try await record(project, local, contents, papers)
        clock.end("sign")
        if run.verdict.isAllowed {
            run.reference = try await publish(project, local, papers)
            clock.end("publish")
        }
        run.stages = clock.stages
        return run
    }

    private func readProject(_ tree: FileTree) throws(WaybillError) -> ProjectFile {
        guard let bytes = tree.contents(of: ProjectFile.path) else {
            throw WaybillError(
                .notFound, "the commit has no \(ProjectFile.path)", subject: commit.short,
                remedy: "add waybill.yaml at the root; examples/shop has one")
        }
        return try ProjectFile(parsing: bytes) { path in
            let path = path == "." ? "" : path
            return path.isEmpty || tree[path] != nil || tree.entries.keys.contains { $0.hasPrefix(path + "/") }
        }
    }

    private func build(_ project: ProjectFile, _ checkout: Checkout) async throws(WaybillError) -> BuildOutcome {
        guard project.build.network == .none else {
            throw WaybillError(
                .unsupported, "builds have no network here, build.network asks for “\(project.build.network.rawValue)”",
                subject: ProjectFile.path, remedy: "bring what the build needs with the commit, and set network: none")
        }
        let context = try checkout.place(of: project.build.context)
        _ = try checkout.place(of: project.build.containerfile)
        return try await service.sandbox.build(
            BuildRequest(
                context: context, containerfile: try containerfile(of: project.build),
                labels: ["org.opencontainers.image.revision": commit.hex],
                baseImages: service.baseImages,
                limits: ResourceLimits(memoryBytes: project.build.memoryBytes, timeout: project.build.timeout),
                output: folder + "/image"))
    }

    /// The build file's path below the context. Both settings are paths in the repository, so that the file that is built
    /// is the file that was checked.
    private func containerfile(of build: BuildSettings) throws(WaybillError) -> String {
        guard build.context != "." else { return build.containerfile }
        guard build.containerfile.hasPrefix(build.context + "/") else {
            throw WaybillError(
                .unsupported, "the container file lies outside of the build's context", subject: build.containerfile,
                remedy: "put it below \(build.context), or make the context “.”")
        }
        return String(build.containerfile.dropFirst(build.context.utf8.count + 1))
    }

    private func layout(_ local: LocalImage) throws(WaybillError) -> ImageLayout {
        try ImageLayout(read: { (path: String) throws(WaybillError) in try Files.read("\(local.path)/\(path)") })
    }

    private func readImage(_ local: LocalImage) throws(WaybillError) -> ImageFileSystem {
        let layout = try layout(local)
        return try layout.fileSystem(of: try layout.manifest()) { entry in
            // Tests look into any file; a layer's own bounds hold.
            entry.size <= Checkout.examinedBytesMax
        }
    }

    private func test(
        _ project: ProjectFile, _ checkout: Checkout, _ local: LocalImage, _ image: ImageFileSystem,
        _ inventory: InventoryResult
    ) async throws(WaybillError) -> ImageTestReport {
        var plans: [ImageTestPlan] = []
        for file in project.test.goss {
            plans.append(try ImageTestPlan(parsing: checkout.tree.contents(of: file) ?? [], file: file))
        }
        guard !plans.isEmpty else { return ImageTestReport(results: []) }
        var packages: [String: [String]] = [:]
        for package in inventory.packages { packages[package.name, default: []].append(package.version) }
        let open = try await service.sandbox.open(local, limits: .standard)
        let run: CommandRunner = { (line: String, milliseconds: Int) async throws(WaybillError) in
            let outcome = try await open.run(
                ImageCommand(["/bin/sh", "-c", line], timeout: .milliseconds(milliseconds)))
            return CommandResult(
                exitStatus: outcome.exitStatus, output: outcome.output, errorOutput: outcome.errorOutput)
        }
        var results: [ImageTestResult] = []
        for plan in plans { results += await plan.evaluate(tree: image.files, packages: packages, run: run).results }
        try await open.close()
        return ImageTestReport(results: results)
    }

    private func record(
        _ project: ProjectFile, _ local: LocalImage, _ contents: ImageGate.Result, _ papers: [Paper]
    ) async throws(WaybillError) {
        try await service.ledger.record(papers)
        try await service.ledger.record(
            ImageRecord(
                digest: local.digest, repository: project.build.image, commit: commit.hex, owner: project.owner.name,
                built: service.now()),
            packages: contents.inventory.packages.map { PackageRecord($0) })
    }

    /// Pushes the image by digest with its papers as referrers.
    private func publish(
        _ project: ProjectFile, _ local: LocalImage, _ papers: [Paper]
    ) async throws(WaybillError) -> String {
        let layout = try layout(local)
        let repository = project.build.image
        let digest = try await service.registry.push(layout, tag: String(commit.hex.prefix(12)), to: repository)
        let subject = try await service.registry.resolve(digest.description, in: repository)
        for paper in papers {
            try await service.registry.attach(
                paper.envelope.bytes, mediaType: MediaType(Envelope.mediaType), artifactType: Envelope.mediaType,
                to: subject, in: repository, annotations: ["in-toto.io/predicate-type": paper.predicateType])
        }
        return "\(repository)@\(digest)"
    }
}

/// Measures stages one after the other.
struct StageClock {
    private(set) var stages: [(name: String, seconds: Double)] = []
    private var last = ContinuousClock.now

    mutating func end(_ name: String) {
        let now = ContinuousClock.now
        let duration = last.duration(to: now).components
        stages.append((name, Double(duration.seconds) + Double(duration.attoseconds) / 1e18))
        last = now
    }
}

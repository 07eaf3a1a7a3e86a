import Attestations
import Documents
import Files
import GitRepositories
import Ledger
import OCI
import PipelineService
import Registries
import Sandboxes
import Testing
import Trust
import WaybillCore

@Suite struct PipelineRunTests {
    static let papers: Set<String> = [
        PredicateType.provenance, PredicateType.cycloneDX, PredicateType.testResult, PredicateType.vulnerabilities,
        PredicateType.posture, PredicateType.verdict,
    ]

    @Test func `a run that is allowed publishes the image with its six papers and records them`() async throws {
        let works = try Works()
        let image = try Works.image()
        let commit = try await works.commit()
        let run = try await works.run(FakeSandbox(image: image), commit)

        #expect(run.verdict.violations == [])
        #expect(run.image == image.digest && run.reference == "shop@\(image.digest)")
        #expect(run.isolation.hasPrefix("userNamespace"))
        #expect(Set(run.papers.map(\.predicateType)) == Self.papers && run.papers.count == 6)

        #expect(try works.registry.resolve(String(commit.hex.prefix(12)), in: "shop").digest == image.digest)
        let attached = try works.registry.referrers(of: image.digest, artifactType: Envelope.mediaType, in: "shop")
        #expect(attached.count == 6)
        var published: Set<WaybillCore.Digest> = []
        for descriptor in attached {
            guard case .image(let manifest) = try works.registry.manifest(descriptor.digest, in: "shop") else {
                Issue.record("an artifact is not a manifest")
                continue
            }
            let envelope = try Envelope(
                parsing: try await works.registry.blob(try #require(manifest.layers.first), in: "shop"))
            published.insert(envelope.digest)
        }

        let recorded = try await works.ledger.papers(about: image.digest.description, predicateType: nil)
        #expect(Set(recorded.map(\.predicateType)) == Self.papers)
        #expect(Set(recorded.map(\.id)) == published)
        for paper in recorded {
            let verified = try works.verifier.verify(paper.envelope, at: Timestamp(seconds: 1_795_219_200)).get()
            #expect(verified.statement.isAbout(image.digest) && verified.statement.predicateType == paper.predicateType)
        }
        let record = try #require(try await works.ledger.image(image.digest))
        #expect(record.repository == "shop" && record.commit == commit.hex && record.owner == "shop-team@shop.example")
        let event = try #require(try await works.ledger.events(about: "gitCommit:\(commit.hex)", limit: 1).first)
        #expect(event.action == "pipeline.finished" && event.verdict == "allow" && event.actor == "author@shop.example")
        #expect(try works.leftovers() == [])
    }

    @Test func `provenance names the commit and the builder, and the verdict its inputs`() async throws {
        let works = try Works()
        let image = try Works.image()
        let commit = try await works.commit()
        _ = try await works.run(FakeSandbox(image: image), commit)
        let papers = try await works.ledger.papers(about: image.digest.description, predicateType: nil)
        func predicate(_ type: String) throws -> Value {
            try Statement(parsing: try #require(papers.first { $0.predicateType == type }).envelope.payload).predicate
        }
        let provenance = try predicate(PredicateType.provenance)
        #expect(provenance["runDetails"]?["builder"]?["id"]?.string == PipelineService.builderID)
        let dependencies = provenance["buildDefinition"]?["resolvedDependencies"]?.array ?? []
        #expect(dependencies.first?["digest"]?["gitCommit"]?.string == commit.hex)
        let verdict = try predicate(PredicateType.verdict)
        #expect(verdict["verificationResult"]?.string == "PASSED")
        let inputs = Set((verdict["inputAttestations"]?.array ?? []).compactMap { $0["digest"]?["sha256"]?.string })
        #expect(inputs == Set(papers.filter { $0.predicateType != PredicateType.verdict }.map(\.id.hex)))
    }

    @Test func `a run that is denied publishes nothing and records a verdict that failed`() async throws {
        let works = try Works()
        let image = try Works.image(["app/other": "x"])
        let commit = try await works.commit()
        let run = try await works.run(FakeSandbox(image: image), commit)
        #expect(!run.verdict.isAllowed)
        #expect(run.verdict.violations.contains { $0.kind == .test })
        #expect(run.reference == nil)
        #expect(throws: WaybillError.self) { try works.registry.tags(in: "shop") }
        let paper = try #require(
            try await works.ledger.papers(about: image.digest.description, predicateType: PredicateType.verdict).first)
        let verified = try works.verifier.verify(paper.envelope, at: Timestamp(seconds: 1_795_219_200)).get()
        #expect(verified.statement.predicate["verificationResult"]?.string == "FAILED")
        let event = try #require(try await works.ledger.events(about: "gitCommit:\(commit.hex)", limit: 1).first)
        #expect(event.action == "pipeline.finished" && event.verdict == "deny")
        #expect(try works.leftovers() == [])
    }

    @Test func `an image of which nothing can be known is denied`() async throws {
        let works = try Works()
        var files = Works.files
        files["waybill.yaml"] = Works.project.replacing("unknown: warn", with: "unknown: deny")
        let run = try await works.run(FakeSandbox(image: try Works.image()), try await works.commit(files))
        #expect(run.verdict.violations.contains { $0.rule == "WB-SCAN-006" })
        #expect(run.reference == nil)
    }

    @Test func `a build that fails is a run that is denied, without papers`() async throws {
        let works = try Works()
        let image = try Works.image()
        let run = try await works.run(FakeSandbox(image: image, failure: "exit status 7"), try await works.commit())
        #expect(run.verdict.violations.map(\.rule) == ["WB-BLD-001"])
        #expect(run.verdict.violations.first?.message.contains("exit status 7") == true)
        #expect(run.image == nil && run.reference == nil && run.papers.isEmpty)
        #expect(try await works.ledger.images().isEmpty)
        #expect(try works.leftovers() == [])
    }

    @Test(
        arguments: [
            ("waybill.yaml", nil), ("waybill.yaml", "version: 1\nname: shop\nowner: a@shop.example\nnmae: x\n"),
            ("goss.yaml", "file: 7\n"), ("goss.yaml", nil),
        ] as [(String, String?)])
    func `a commit that cannot be understood ends in an error that is recorded`(_ file: String, _ text: String?)
        async throws
    {
        let works = try Works()
        var files = Works.files
        files[file] = text
        let commit = try await works.commit(files)
        let sandbox = FakeSandbox(image: try Works.image())
        await #expect(throws: WaybillError.self) { try await works.run(sandbox, commit) }
        let event = try #require(try await works.ledger.events(about: "gitCommit:\(commit.hex)", limit: 1).first)
        #expect(event.action == "pipeline.failed" && event.verdict == "deny")
        #expect(throws: WaybillError.self) { try works.registry.tags(in: "shop") }
        #expect(try works.leftovers() == [])
    }

    @Test func `the build file that is built is the one that is checked`() async throws {
        let works = try Works()
        var files = Works.files
        files["waybill.yaml"] = Works.project.replacing("Containerfile}", with: "app/Containerfile, context: app}")
        files["app/Containerfile"] = files["Containerfile"]
        let sandbox = FakeSandbox(image: try Works.image())
        #expect(try await works.run(sandbox, try await works.commit(files)).verdict.isAllowed)
        #expect(sandbox.requests.map(\.containerfile) == ["Containerfile"])
        #expect(sandbox.requests.first?.context.hasSuffix("/context/app") == true)

        files["waybill.yaml"] = Works.project.replacing("Containerfile}", with: "Containerfile, context: app}")
        let other = try await works.commit(files)
        let error = await #expect(throws: WaybillError.self) { try await works.run(sandbox, other) }
        #expect(error?.code == .unsupported)
    }
}

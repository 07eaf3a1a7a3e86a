import Attestations
import Documents
import Ledger
import Trust
import WaybillCore

/// Finds papers in the ledger and verifies them.
struct PaperReader: Sendable {
    let ledger: any Ledger
    let keys: [TrustedKey]
    /// Keys and papers that count no more.
    var revocations = Revocations()

    enum Reading {
        case success(String)
        case failure(String)
    }

    /// A paper that an image must have, and how to read what it says.
    struct Requirement: Sendable {
        var name: String
        var predicateType: String
        var read: @Sendable (Value) -> Reading
    }

    /// The papers of every image, the newest gate first.
    static let requirements: [Requirement] = [
        Requirement(name: "verdict", predicateType: PredicateType.verdict) { predicate in
            let result = predicate["verificationResult"]?.string ?? "missing"
            return result == "PASSED" ? .success("every gate passed") : .failure("the verdict is \(result)")
        },
        Requirement(name: "scanned", predicateType: PredicateType.vulnerabilities) { predicate in
            let found = predicate["scanner"]?["result"]?.array?.count ?? 0
            return .success(found == 0 ? "no known vulnerability at that time" : "\(found) findings, none that denies")
        },
        Requirement(name: "test result", predicateType: PredicateType.testResult) { predicate in
            let passed = predicate["passedTests"]?.array?.count ?? 0
            let result = predicate["result"]?.string ?? "missing"
            return result == "PASSED" ? .success("\(passed) tests passed") : .failure("the result is \(result)")
        },
        Requirement(name: "contents", predicateType: PredicateType.cycloneDX) { predicate in
            .success("\(predicate["components"]?.array?.count ?? 0) components known")
        },
    ]

    /// The newest paper of the kind about the image, as a link of the chain.
    func link(
        _ requirement: Requirement, image: Digest, matching: @Sendable (Value) -> Bool = { _ in true }
    ) async throws(WaybillError) -> ChainLink {
        var papers: [Paper]
        do {
            papers = try await ledger.papers(about: image.description, predicateType: requirement.predicateType)
        } catch let error where error.code == .corrupted {
            return ChainLink(name: requirement.name, isIntact: false, detail: error.description)
        }
        papers = papers.filter { paper in
            // One that cannot be read stays, and is shown as broken below.
            guard let statement = try? Statement(parsing: paper.envelope.payload) else { return true }
            return matching(statement.predicate)
        }
        guard let paper = papers.last else {
            return ChainLink(name: requirement.name, isIntact: false, detail: "there is no such paper")
        }
        switch verify(paper, about: image) {
        case .failure(let reason):
            return ChainLink(name: requirement.name, isIntact: false, detail: reason, paper: paper.id)
        case .success(let verified):
            let signer = verified.signers.map(\.name).joined(separator: ", ")
            switch requirement.read(verified.statement.predicate) {
            case .success(let text):
                return ChainLink(name: requirement.name, isIntact: true, detail: text, signer: signer, paper: paper.id)
            case .failure(let text):
                return ChainLink(name: requirement.name, isIntact: false, detail: text, signer: signer, paper: paper.id)
            }
        }
    }

    enum Verification {
        case success(VerifiedStatement)
        case failure(String)
    }

    func verify(_ paper: Paper, about image: Digest?) -> Verification {
        let moment = Timestamp(seconds: paper.recorded.milliseconds / 1000)
        switch EnvelopeVerifier(keys: keys).respecting(revocations).verify(paper.envelope, at: moment) {
        case .failure(let failure): return .failure("the signature \(failure)")
        case .success(let verified):
            // The ledger's columns are not signed: a paper counts for what its statement says it is.
            guard verified.statement.predicateType.utf8.elementsEqual(paper.predicateType.utf8) else {
                return .failure("is a paper of another type")
            }
            if let image, !verified.statement.isAbout(image) { return .failure("is about another image") }
            return .success(verified)
        }
    }

    /// Where the image was built from, as the signed provenance says.
    func source(of image: Digest) async throws(WaybillError) -> (link: ChainLink, repository: String?, commit: String?)
    {
        let link = try await link(
            Requirement(name: "built", predicateType: PredicateType.provenance) { predicate in
                let isolation =
                    predicate["buildDefinition"]?["internalParameters"]?["isolation"]?.string ?? "isolation not stated"
                return .success(isolation)
            }, image: image)
        guard link.isIntact, let id = link.paper, let paper = try await ledger.paper(id) else {
            return (link, nil, nil)
        }
        let predicate = try Statement(parsing: paper.envelope.payload).predicate
        for dependency in predicate["buildDefinition"]?["resolvedDependencies"]?.array ?? [] {
            guard let commit = dependency["digest"]?["gitCommit"]?.string else { continue }
            return (link, predicate["buildDefinition"]?["externalParameters"]?["repository"]?.string, commit)
        }
        return (
            ChainLink(name: "built", isIntact: false, detail: "the provenance names no commit", paper: id), nil, nil
        )
    }
}

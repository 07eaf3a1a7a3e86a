import Attestations
import Documents
import Ledger
import Processes
import Signers
import Trust
import WaybillCore

/// Changes as people make them: over the forge's API, with reviews signed by their own key.
struct ChangeOperations: Sendable {
    let client: ServiceClient
    let repository: String

    private var path: String { "/api/repositories/\(repository)/changes" }

    func open(branch: String, title: String) async throws(WaybillError) -> Value {
        try await client.post(path, ["branch": .string(branch), "title": .string(title)])
    }

    func list() async throws(WaybillError) -> [Value] { try await client.get(path)["changes"]?.array ?? [] }

    func change(_ id: Int) async throws(WaybillError) -> Value { try await client.get("\(path)/\(id)") }

    /// The newest open change of a branch.
    func id(ofBranch branch: String) async throws(WaybillError) -> Int {
        let found = try await list().last { $0["branch"]?.string == branch && $0["state"]?.string != "merged" }
        guard let id = found?["id"]?.integer else {
            throw WaybillError(
                .notFound, "there is no open change of this branch", subject: "\(repository) \(branch)",
                remedy: "waybill change open \(repository) --branch \(branch) --title …")
        }
        return id
    }

    /// Signs a decision about the change's head with the reviewer's SSH key and hands it in. The tree is read from the
    /// reviewer's own clone, so that the forge cannot have something else signed than what the reviewer sees.
    func review(
        _ id: Int, _ decision: Review.Decision, reviewer: String, key: String, clone: String,
        environment: [String: String],
        comment: String? = nil
    ) async throws(WaybillError) -> Verdict {
        let change = try await change(id)
        guard let branch = change["branch"]?.string, let head = change["head"]?.string else {
            throw WaybillError(.notFound, "the change has no head", subject: "\(repository) change \(id)")
        }
        func git(_ arguments: String...) async throws(WaybillError) -> String {
            try await ProcessRunner.output(of: Command("git", arguments, environment: environment, in: clone)).line
        }
        _ = try await git("fetch", "-q", "origin", branch)
        let fetched = try await git("rev-parse", "FETCH_HEAD")
        guard fetched == head else {
            throw WaybillError(
                .conflict, "the forge names \(head.prefix(10)) as head, the branch is at \(fetched.prefix(10))",
                subject: "\(repository) change \(id)", remedy: "look at the change again")
        }
        let review = Review(
            decision: decision, reviewer: reviewer, target: "refs/heads/\(change["target"]?.string ?? "main")",
            base: change["base"]?.string, comment: comment, time: Timestamp(seconds: Platform.now().milliseconds / 1000)
        )
        let statement = review.statement(commit: fetched, tree: try await git("rev-parse", "FETCH_HEAD^{tree}"))
        let envelope = try await SSHKeygenSigner(keyPath: key).sign(statement)
        let entry = try await client.post("\(path)/\(id)/reviews", envelope.value)
        var verdict = Verdict(gate: .review, subject: "\(repository) change \(id)")
        if entry["counts"]?.bool != true {
            verdict.violations.append(
                Finding(
                    rule: "WB-SRC-005", kind: .signature, severity: .high,
                    message: "the review does not count: \(entry["reason"]?.string ?? "no reason given")",
                    remedy: "ask somebody who wrote no commit of the change"))
        }
        return verdict
    }

    func merge(_ id: Int) async throws(WaybillError) -> Verdict {
        let answer = try await client.post("\(path)/\(id)/merge", [:], alsoTaking: [422])
        var verdict = Verdict(gate: .review, subject: "\(repository) change \(id)")
        verdict.violations = (answer["verdict"]?["violations"]?.array ?? []).compactMap { Finding($0) }
        if answer["merged"]?.bool != true, verdict.isAllowed {
            throw WaybillError(.failed, "the forge did not merge and gave no reason", subject: verdict.subject)
        }
        return verdict
    }
}

import Documents
import Files
import Foundation
import Processes
import WaybillCore

/// Step 3 to 6: review, pipeline, registry, promotion.
extension Demo {
    func playFirstVersion() async {
        await step("own-approval", "The author approves their own change", expect: "deny") {
            () async throws(WaybillError) in
            try await platform.openChange("shop", branch: "first-version", by: author)
            let refusal = try await platform.review("shop", branch: "first-version", by: author)
            return refusal.isAllowed ? .allow("counted") : .deny(describe(refusal.violations))
        }

        await step("merge-unreviewed", "The change is merged without a review", expect: "deny") {
            () async throws(WaybillError) in
            let verdict = try await platform.merge("shop", branch: "first-version", by: author)
            return verdict.isAllowed ? .allow("merged") : .deny(describe(verdict.violations))
        }

        await step("review", "The reviewer approves: a signed statement about the tree that is merged", expect: "allow")
        {
            () async throws(WaybillError) in
            let verdict = try await platform.review("shop", branch: "first-version", by: reviewer)
            guard verdict.isAllowed else { return .deny(describe(verdict.violations)) }
            let merge = try await platform.merge("shop", branch: "first-version", by: author)
            return merge.isAllowed
                ? .allow("approved by \(reviewer.email) and merged") : .deny(describe(merge.violations))
        }

        await step("pipeline-first", "The pipeline builds, tests, scans and judges the first version", expect: "deny") {
            () async throws(WaybillError) in
            let run = try await platform.pipelineRun("shop", commit: try await head(of: applicationFolder))
            return run.isAllowed ? .allow(run.subject) : .deny(describe(run.violations))
        }
    }

    func playRoad() async {
        let start = ContinuousClock.now
        await step("pipeline-fixed", "The mended version: pushed, reviewed, merged, built, judged", expect: "allow") {
            () async throws(WaybillError) in
            try await author.git("switch", "-q", "-c", "mended", in: applicationFolder)
            try await copy(examples + "/shop/.", to: applicationFolder)
            return try await deliver("mended", message: "Upgrade lodash and drop the privileges")
        }

        await step("papers", "The registry holds the image with its papers, and so does the ledger", expect: "allow") {
            () async throws(WaybillError) in
            let image = try await platform.image("shop", commit: try await head(of: applicationFolder))
            let inspected = try await ProcessRunner.output(
                of: Command(
                    "skopeo",
                    ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://\(image.reference)"],
                    environment: ["HOME": folder]))
            guard inspected.line == image.digest.description else {
                return .deny("skopeo reads \(inspected.line), expected \(image.digest)")
            }
            let missing = try await platform.missingPapers(of: image.digest)
            guard missing.isEmpty else { return .deny("missing: \(missing.joined(separator: ", "))") }
            return .allow("\(image.reference): SBOM, provenance, test result, scan result and verdict, each signed")
        }

        await step("promote", "The author promotes the image to staging by a signed commit", expect: "allow") {
            () async throws(WaybillError) in
            try await platform.promote(
                "shop", commit: try await head(of: applicationFolder), to: "staging", by: author,
                work: environmentsFolder)
        }

        await step(
            "running", "The agent verifies and applies; admission lets the pods in; the service answers",
            expect: "allow"
        ) {
            () async throws(WaybillError) in
            try await answers()
        }
        report.pushToRunningSeconds = start.duration(to: .now).seconds
    }

    /// Commits, pushes, has reviewed and merged what stands in the work tree, and waits for the pipeline's verdict.
    func deliver(_ branch: String, message: String) async throws(WaybillError) -> Outcome {
        try await author.git("add", "-A", in: applicationFolder)
        try await author.git("commit", "-q", "-m", message, in: applicationFolder)
        let push = pushOutcome(try await author.tryGit(["push", "origin", branch], in: applicationFolder))
        guard push.verdict == "allow" else { return push }
        try await platform.openChange("shop", branch: branch, by: author)
        for verdict in [
            try await platform.review("shop", branch: branch, by: reviewer),
            try await platform.merge("shop", branch: branch, by: author),
            try await platform.pipelineRun("shop", commit: try await head(of: applicationFolder)),
        ] where !verdict.isAllowed {
            return .deny(describe(verdict.violations))
        }
        return .allow("signed, reviewed, built, tested, scanned and judged")
    }

    func head(of folder: String) async throws(WaybillError) -> String {
        try await author.git("rev-parse", "HEAD", in: folder).line
    }

    /// Waits until the service answers over HTTP.
    func answers(within limit: Duration = .seconds(30)) async throws(WaybillError) -> Outcome {
        let address = try await platform.serviceAddress("shop", namespace: "staging", within: limit)
        let products = try await platform.fetch(address + "/products.json", within: limit)
        let total = try await platform.fetch(address + "/cgi-bin/total?1,3", within: limit)
        guard products.contains("Teapot"), total.contains("2840") else {
            return .deny("\(address) answers \(products.prefix(80)) and \(total.prefix(80))")
        }
        return .allow("\(address)/cgi-bin/total?1,3 answers \(total.split(whereSeparator: \.isNewline).joined())")
    }

    /// Violations as the lines that a developer sees.
    func describe(_ findings: [Finding]) -> String { FindingReport.text(findings) }
}

import Documents
import Files
import Ledger
import Processes
import WaybillCore

/// Step 7: what the cluster refuses, heals and does not follow.
extension Demo {
    func playRuntime() async {
        await step("no-papers", "kubectl runs an image that has no papers", expect: "deny") {
            () async throws(WaybillError) in
            let outcome = try await kubectl(
                "run", "rogue", "--image=\(platform.registryHost)/rogue@sha256:\(String(repeating: "ab", count: 32))",
                "-n", "staging")
            guard !outcome.isSuccess else { return .allow(outcome.line) }
            guard outcome.errorText.contains("denied the request") else {
                return Outcome(verdict: "error", message: outcome.errorText)
            }
            return .deny(outcome.errorText)
        }

        await step("drift", "kubectl scales the deployment by hand", expect: "corrected") {
            () async throws(WaybillError) in
            let since = Platform.now()
            let outcome = try await kubectl("scale", "deployment/shop", "--replicas=5", "-n", "staging")
            guard outcome.isSuccess else { return Outcome(verdict: "error", message: outcome.errorText) }
            let event = try await platform.event("drift.corrected", since: since, within: .seconds(20))
            return Outcome(verdict: "corrected", message: event.message)
        }

        await step("forced-push", "The author forces an older commit onto the environment repository", expect: "deny") {
            () async throws(WaybillError) in
            let first = try await author.git("rev-list", "--max-parents=0", "HEAD", in: environmentsFolder).line
            return pushOutcome(
                try await author.tryGit(["push", "--force", "origin", "\(first):main"], in: environmentsFolder))
        }

        await step("rewritten-history", "Somebody rewrites main behind the forge's back", expect: "deny") {
            () async throws(WaybillError) in
            let good = try await author.git("rev-parse", "HEAD", in: environmentsFolder).line
            let first = try await author.git("rev-list", "--max-parents=0", "HEAD", in: environmentsFolder).line
            let repository = platform.repositoryFolder("shop-environments")
            let since = Platform.now()
            try await ProcessRunner.output(
                of: Command("git", ["update-ref", "refs/heads/main", first], in: repository))
            await platform.pokeAgents()
            let event = try await platform.event("agent.refused", since: since, within: .seconds(20))
            try await ProcessRunner.output(of: Command("git", ["update-ref", "refs/heads/main", good], in: repository))
            await platform.pokeAgents()
            let still = try await answers()
            guard still.verdict == "allow" else { return still }
            return .deny(event.message)
        }
    }

    func kubectl(_ arguments: String...) async throws(WaybillError) -> Processes.Outcome {
        try await ProcessRunner.run(
            Command(
                platform.kubectlPath, ["--kubeconfig", platform.state.kubeconfig] + arguments,
                environment: ["HOME": folder]))
    }
}

import Files
import Processes
import WaybillCore

/// Step 1 to 3: repositories, signatures, reviews.
extension Demo {
    func playSource() async {
        await step("repositories", "The author makes the application and the environment repository", expect: "allow") {
            () async throws(WaybillError) in
            let signers = try author.allowedSigner() + reviewer.allowedSigner()
            for (name, folder) in [("shop", applicationFolder), ("shop-environments", environmentsFolder)] {
                try await platform.createRepository(name, rootSigners: signers)
                try Files.makeFolder(folder)
                try await author.git("init", "-q", in: folder)
                try await author.git("remote", "add", "origin", platform.repositoryAddress(name), in: folder)
                try Files.makeFolder(folder + "/.waybill")
                try Files.write(Array(signers.utf8), to: folder + "/.waybill/allowed_signers")
            }
            try await copy(examples + "/shop/waybill.yaml", to: applicationFolder)
            try await copy(examples + "/shop-environments/.", to: environmentsFolder)
            for folder in [applicationFolder, environmentsFolder] {
                try await author.git("add", "-A", in: folder)
                try await author.git("commit", "-q", "-m", "Begin with the rules and the signers", in: folder)
                try await author.git("push", "-q", "origin", "main", in: folder)
            }
            return .allow("shop and shop-environments, protected main, two signers, one review")
        }

        await step("unsigned-push", "An unsigned commit is pushed", expect: "deny") { () async throws(WaybillError) in
            try await author.git("switch", "-q", "-c", "first-version", in: applicationFolder)
            try await copy(examples + "/shop/.", to: applicationFolder)
            try await copy(examples + "/shop-first-version/.", to: applicationFolder)
            try await author.git("add", "-A", in: applicationFolder)
            try await author.git("commit", "-q", "-m", "The shop, first version", in: applicationFolder, signing: false)
            return pushOutcome(try await author.tryGit(["push", "origin", "first-version"], in: applicationFolder))
        }

        await step("impostor-push", "An impostor signs under the author's name with a key of their own", expect: "deny")
        {
            () async throws(WaybillError) in
            let clone = folder + "/work/impostor"
            try await impostor.git("clone", "-q", platform.repositoryAddress("shop"), clone, in: folder)
            try await impostor.git("switch", "-q", "-c", "gift", in: clone)
            try Files.write(Array("free tea\n".utf8), to: clone + "/gift.txt")
            try await impostor.git("add", "-A", in: clone)
            try await impostor.git("commit", "-q", "-m", "A gift", in: clone, as: author)
            return pushOutcome(try await impostor.tryGit(["push", "origin", "gift"], in: clone))
        }

        await step("signed-push", "The author signs the commit and pushes again", expect: "allow") {
            () async throws(WaybillError) in
            try await author.git("commit", "-q", "--amend", "--no-edit", "-S", in: applicationFolder)
            return pushOutcome(try await author.tryGit(["push", "origin", "first-version"], in: applicationFolder))
        }
    }

    /// What git said about a push.
    func pushOutcome(_ outcome: Processes.Outcome) -> Outcome {
        if outcome.isSuccess { return .allow("accepted") }
        let lines = outcome.errorText.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            guard line.hasPrefix("remote:") else { return nil }
            let text = line.dropFirst("remote:".count).drop { $0 == " " }
            return text.isEmpty ? nil : String(text)
        }
        // Refused by the forge is an answer; anything else is a failure to find out.
        guard outcome.errorText.contains("[remote rejected]") else {
            return Outcome(verdict: "error", message: outcome.errorText)
        }
        return .deny(lines.joined(separator: "\n"))
    }

    func copy(_ source: String, to target: String) async throws(WaybillError) {
        try await ProcessRunner.output(of: Command("cp", ["-R", source, target]))
    }
}

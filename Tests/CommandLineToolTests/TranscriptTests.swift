import Documents
import Files
import Processes
import Testing
import WaybillCore

/// Command in, output and status out.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct TranscriptTests {
    static let examples = BuiltProgram.examples

    /// The example project's first version, in a folder of its own.
    static func firstVersion(in folder: String) async throws -> String {
        let project = folder + "/project"
        for source in ["shop", "shop-first-version"] {
            try Files.makeFolder(project)
            let outcome = try await ProcessRunner.run(Command("cp", ["-R", "\(examples)/\(source)/.", project]))
            try #require(outcome.isSuccess)
        }
        return project
    }

    @Test func `help lists the everyday questions`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(["--help"], in: folder)
        #expect(outcome.exit == .exited(0))
        #expect(outcome.text.contains("USAGE: waybill <subcommand>"))
        for command in ["check", "up", "demo", "why", "exposure", "change", "promote", "rollback", "doctor"] {
            #expect(outcome.text.split(separator: "\n").contains { $0.hasPrefix("  \(command) ") }, "\(command)")
        }
        // What only the program itself calls is not shown.
        #expect(!outcome.text.contains("  hook ") && !outcome.text.contains("pod-proxy"))
    }

    @Test func `help groups the commands by task and leaves none over`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(["--help"], in: folder)
        for title in ["ASK", "CHANGE AND BUILD", "SCAN AND MEND", "SIGN AND VERIFY", "DELIVER", "RUN"] {
            #expect(
                outcome.text.contains("\n\(title) SUBCOMMANDS:") || outcome.text.contains("\n\(title):"), "\(title)")
        }
    }

    @Test(arguments: [
        (["chekc"], "waybill has no command “chekc”, did you mean check?", "waybill check --help"),
        (["app", "lst"], "waybill app has no command “lst”, did you mean list?", "waybill app list --help"),
        (["xyzzy", "now"], "waybill has no command “xyzzy”", "waybill --help"),
    ])
    func `a misspelt command is told its neighbour`(_ words: [String], _ message: String, _ remedy: String) async throws
    {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(words, in: folder)
        #expect(outcome.exit == .exited(64))
        #expect(outcome.errorText == "error: \(message)\n  try    \(remedy)\n")
    }

    @Test func `the completion script of a shell knows every command`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(["--generate-completion-script", "bash"], in: folder)
        #expect(outcome.exit == .exited(0))
        for command in ["check", "release", "render", "verify"] {
            #expect(outcome.text.contains(command), "\(command)")
        }
    }

    @Test func `check lets the example project through`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(
            ["check", Self.examples + "/shop", "--advisories", Self.examples + "/advisories", "--state", folder],
            in: folder)
        #expect(outcome.exit == .exited(0))
        #expect(outcome.line.split(separator: "\n").last?.hasPrefix("allowed, ") == true)
        #expect(!outcome.text.contains("critical: ") && !outcome.text.contains("high: "))
        #expect(outcome.errorText == "")
    }

    @Test func `check without advisories says that it cannot know`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(["check", Self.examples + "/shop", "--state", folder], in: folder)
        #expect(outcome.exit == .exited(1))
        #expect(outcome.text.contains("there is no advisory data for npm"))
        #expect(outcome.text.contains("try    import advisories"))
    }

    @Test func `check denies the first version, each finding with its place and its remedy`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let project = try await Self.firstVersion(in: folder)
        let outcome = try await BuiltProgram.run(
            ["check", project, "--advisories", Self.examples + "/advisories"], in: folder)
        #expect(outcome.exit == .exited(1))
        #expect(
            outcome.text.contains(
                """
                high: lodash 4.17.20: Command injection through the template function of lodash  [CVE-2021-23337]
                  where  package-lock.json:16:5 pkg:npm/lodash@4.17.20
                  seen   npm lodash 4.17.20
                  try    upgrade lodash to 4.17.21
                """))
        #expect(
            outcome.text.contains(
                "critical: The container is privileged  [WB-K8S-001]\n  where  deploy/deployment.yaml:32:13 "))
        #expect(outcome.line.split(separator: "\n").last?.hasPrefix("denied: ") == true)
    }

    @Test func `check as JSON has stable keys`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let project = try await Self.firstVersion(in: folder)
        let outcome = try await BuiltProgram.run(
            ["check", project, "--advisories", Self.examples + "/advisories", "--output", "json"], in: folder)
        #expect(outcome.exit == .exited(1))
        let report = try JSONReader.value(from: outcome.output)
        #expect(report.object?.members.map(\.key) == ["gate", "subject", "verdict", "violations", "warnings"])
        #expect(report["verdict"]?.string == "deny")
        let found = try #require(report["violations"]?.array?.first { $0["kind"]?.string == "vulnerability" })
        #expect(found["rule"]?.string == "CVE-2021-23337")
        #expect(found["severity"]?.string == "high")
        #expect(found["file"]?.string == "package-lock.json" && found["line"]?.integer == 16)
        #expect(found["package"]?.string == "pkg:npm/lodash@4.17.20")
        #expect(found["fixedVersion"]?.string == "4.17.21")
    }

    @Test func `check as SARIF has a rule for every result and a place for every line`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let project = try await Self.firstVersion(in: folder)
        let outcome = try await BuiltProgram.run(
            ["check", project, "--advisories", Self.examples + "/advisories", "--output", "sarif"], in: folder)
        #expect(outcome.exit == .exited(1))
        let report = try JSONReader.value(from: outcome.output)
        #expect(report["version"]?.string == "2.1.0")
        let run = try #require(report["runs"]?.array?.first)
        #expect(run["tool"]?["driver"]?["name"]?.string == "waybill")
        let rules = (run["tool"]?["driver"]?["rules"]?.array ?? []).compactMap { $0["id"]?.string }
        #expect(Set(rules).count == rules.count)
        let results = try #require(run["results"]?.array)
        #expect(!results.isEmpty)
        for result in results {
            #expect(rules.contains(result["ruleId"]?.string ?? ""))
            #expect(["error", "warning", "note"].contains(result["level"]?.string ?? ""))
            #expect(result["message"]?["text"]?.string?.isEmpty == false)
            let place = try #require(result["locations"]?.array?.first?["physicalLocation"])
            #expect(place["artifactLocation"]?["uri"]?.string?.isEmpty == false)
            #expect((place["region"]?["startLine"]?.integer ?? 0) > 0)
        }
    }

    @Test func `a misspelt key is an error with its place and the nearest spelling`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let file = Array("version: 1\nname: shop\nowner: a@shop.example\npostur:\n  deny: low\n".utf8)
        try Files.write(file, to: folder + "/waybill.yaml")
        let outcome = try await BuiltProgram.run(["check"], in: folder)
        #expect(outcome.exit == .exited(2))
        #expect(outcome.text == "")
        #expect(outcome.errorText.contains("unknown key “postur”, did you mean “posture”?"))
        #expect(outcome.errorText.contains("where  waybill.yaml:4:1\n"))
    }

    @Test func `a policy outside of waybill's packages is an error, not silence`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let project = try await Self.firstVersion(in: folder)
        try Files.write(Array("package main\n\ndeny contains \"no\"\n".utf8), to: project + "/policy/other.rego")
        let outcome = try await BuiltProgram.run(["check", project], in: folder)
        #expect(outcome.exit == .exited(2))
        #expect(outcome.errorText.contains("where  policy/other.rego\n"))
    }

    @Test func `a folder without a project file is an error that says how to name one`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(["check"], in: folder)
        #expect(outcome.exit == .exited(2))
        #expect(outcome.errorText.contains("error: there is no waybill.yaml\n"))
    }

    @Test func `why on an empty state folder could not find out, and makes nothing there`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        try Files.makeFolder(folder + "/state")
        let outcome = try await BuiltProgram.run(
            ["why", "deployment/shop", "-n", "staging", "--state", folder + "/state"], in: folder)
        #expect(outcome.exit == .exited(2))
        #expect(outcome.text == "")
        #expect(outcome.errorText.hasPrefix("error: there is no ledger in this folder\n"))
        #expect(try Files.names(in: folder + "/state") == [])
    }

    @Test(arguments: [["frobnicate"], ["check", "--outptu", "json"], ["check", "--output", "xml"], ["why"]])
    func `a command that is used wrongly ends with 64`(_ arguments: [String]) async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let outcome = try await BuiltProgram.run(arguments, in: folder)
        #expect(outcome.exit == .exited(64))
        #expect(outcome.text == "")
        #expect(outcome.errorText.lowercased().hasPrefix("error: "))
    }
}

import AdmissionService
import AgentService
import Delivery
import DeployPolicies
import Documents
import Files
import Foundation
import GitRepositories
import Ledger
import Processes
import Testing
import Trust
import WaybillCore

@testable import CommandLineTool

/// Where deployment policies come from.
struct AdmissionPoliciesTests {
    static let policy = """
        apiVersion: kritis.grafeas.io/v1beta1
        kind: ImageSecurityPolicy
        metadata: {name: isp, namespace: shop}
        spec: {packageVulnerabilityRequirements: {maximumSeverity: HIGH}}
        """

    @Test func `a folder is read whole, and one that is empty or wrong is an error that names the file`() throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        #expect(throws: WaybillError.self) { try AdmissionPolicies.folder(folder) }
        #expect(throws: WaybillError.self) { try AdmissionPolicies.folder(folder + "/none") }
        try Files.write(Array(Self.policy.utf8), to: folder + "/isp.yaml")
        #expect(try AdmissionPolicies.folder(folder).judge.policies.policies.map(\.name) == ["isp"])
        try Files.write(
            Array(Self.policy.replacingOccurrences(of: "HIGH", with: "HIHG").utf8), to: folder + "/other.yaml")
        let error = #expect(throws: WaybillError.self) { try AdmissionPolicies.folder(folder) }
        #expect(error?.subject.hasPrefix("\(folder)/other.yaml:") == true)
    }

    /// A state folder with an environment repository at one commit, which its agent accepted.
    private func world(_ folder: String, policy: String) async throws -> (state: StateFolder, ledger: SQLiteLedger) {
        let state = StateFolder(folder)
        let repository = "\(state.mirrors)/shop-environments.git"
        try Files.makeFolder(state.mirrors)
        let work = "\(folder)/work"
        func git(_ arguments: String...) async throws {
            try await ProcessRunner.output(
                of: Command(
                    "git",
                    ["-c", "user.name=t", "-c", "user.email=t@shop", "-c", "commit.gpgsign=false", "-C", work]
                        + arguments, environment: ["HOME": folder]))
        }
        try Files.makeFolder(work + "/.waybill/admission")
        try Files.makeFolder(work + "/shop")
        try await git("init", "-q", "-b", "main")
        try Files.write(
            Array("version: 1\nenvironments:\n- {name: production, path: shop, namespace: shop}\n".utf8),
            to: work + "/waybill.yaml")
        try Files.write(Array("resources: []\n".utf8), to: work + "/shop/kustomization.yaml")
        try Files.write(Array(policy.utf8), to: work + "/.waybill/admission/isp.yaml")
        try await git("add", "-A")
        try await git("commit", "-q", "-m", "policies")
        try await ProcessRunner.output(
            of: Command("git", ["clone", "-q", "--bare", work, repository], environment: ["HOME": folder]))
        let ledger = try SQLiteLedger(path: nil)
        let head = try await GitExecutable(repository).resolve("refs/heads/main")
        let revision = try #require(head)
        try await ledger.setState(AgentSettings.stateName(of: "production"), to: ["accepted": .string(revision.hex)])
        return (state, ledger)
    }

    /// What the house of agents does when a revision is accepted.
    private func accept(_ state: StateFolder, _ ledger: SQLiteLedger) async throws -> DeployRules.Place? {
        let entry = EnvironmentEntry(name: "production", path: "shop", namespace: "shop")
        let git = try GitExecutable("\(state.mirrors)/shop-environments.git")
        let (place, memory) = await AdmissionPolicies.accepted(
            of: entry, in: git, named: "shop-environments", state, ledger)
        if let memory { try await ledger.setState(AdmissionPolicies.stateName, to: ["production": memory]) }
        return place
    }

    @Test func `an environment's policies hold from the start, as they were accepted`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let (state, ledger) = try await world(folder, policy: Self.policy)
        #expect(try await AdmissionPolicies.remembered(state, ledger).places.isEmpty)
        #expect(try await accept(state, ledger)?.namespace == "shop")
        let place = try #require(try await AdmissionPolicies.remembered(state, ledger).places["production"])
        #expect(place.namespace == "shop")
        guard case .folder(let policies) = place.source else {
            Issue.record("the policies were not read")
            return
        }
        #expect(policies.judge.policies.policies.map(\.name) == ["isp"])
        // Before anything was accepted nothing holds but the papers.
        try await ledger.setState(AgentSettings.stateName(of: "production"), to: nil)
        #expect(try await accept(state, ledger)?.namespace == nil)
    }

    @Test func `an environment whose policies cannot be read is closed`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let (state, ledger) = try await world(
            folder, policy: Self.policy.replacingOccurrences(of: "spec:", with: "specs:"))
        _ = try await accept(state, ledger)
        let place = try #require(try await AdmissionPolicies.remembered(state, ledger).places["production"])
        guard case .unreadable(let error) = place.source else {
            Issue.record("a policy that cannot be read was taken")
            return
        }
        #expect(error.subject.hasPrefix(".waybill/admission/isp.yaml:"))
    }

    @Test(arguments: [("30m", 1800), ("4h", 14_400), ("7d", 604_800), ("90s", 90)])
    func `a length of time is read`(text: String, seconds: Int64) throws {
        #expect(try BreakglassCommand.seconds(text) == seconds)
    }

    @Test(arguments: ["", "h", "4", "-4h", "4w", "0m", "4.5h", "99999999999999999999d", "604801d"])
    func `what is no length of time is refused`(text: String) {
        #expect(throws: WaybillError.self) { try BreakglassCommand.seconds(text) }
    }
}

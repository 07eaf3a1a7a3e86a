import AgentSimulation
import ArgumentParser
import Ledger
import Signers
import WaybillCore

/// Lives of an environment under faults, one for each seed.
struct AgentSimulationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-simulation",
        abstract: "Let an agent live through faults, by seeds.",
        discussion:
            "A seed that fails is printed; the same seed fails again. Exit status: 0 when nothing went wrong, 1 otherwise."
    )

    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "How many seeds.") var count: UInt64 = 1000
    @Option(help: "Pushes in each life.") var steps = 12

    func run() async throws {
        var failed: [UInt64] = []
        for seed in seed..<(seed + count) {
            let complaints = try await AgentSimulation(seed: seed, steps: steps).run(
                ledger: try SQLiteLedger(path: nil), signer: InMemorySigner())
            guard !complaints.isEmpty else { continue }
            failed.append(seed)
            for complaint in complaints.prefix(3) { print(complaint) }
        }
        print("\(count - UInt64(failed.count)) of \(count) seeds passed")
        if !failed.isEmpty {
            print("failed: \(failed.prefix(50).map { String($0) }.joined(separator: " "))")
            throw ExitCode(1)
        }
    }
}

import ArgumentParser

/// Figures for `scripts/bench`, one row a line: name, value, unit.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure an engine and print a row for each figure.")

    @Argument(help: "What is measured: rego.")
    var engine: String

    @Option(help: "Only rows whose name begins with this text.")
    var rows = ""

    @Option(help: "Write policies, data and inputs into this folder, for a peer.")
    var write: String?

    func run() async throws {
        guard engine == "rego" else {
            print("error: nothing to measure by the name \(engine). There is: rego")
            throw ExitCode(64)
        }
        let bench = RegoBench()
        if let write { try bench.write(to: write) }
        for name in RegoBench.rows where name.hasPrefix(rows) {
            let row = try await bench.measure(name)
            print("\(row.name)\t\(rounded(row.value))\t\(row.unit)")
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

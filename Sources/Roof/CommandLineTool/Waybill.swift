public import ArgumentParser

/// The command line: parse arguments, call a service, print.
public struct Waybill: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "waybill", abstract: "Takes a container from a signed commit to a running workload.")
    public init() {}

    /// Runs the command that the process's arguments name, and ends the process with its status.
    public static func run() async { await main() }
}

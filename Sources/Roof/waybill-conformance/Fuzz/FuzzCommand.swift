import ArgumentParser
import Files
import Glibc

/// Feeds a reader with mutations of a corpus. A trap ends the program; the input is then in the file that it names.
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz", abstract: "Feed a reader with mutations of a corpus.",
        discussion: "Exit status: 0 when nothing was found, 1 when something was; a trap ends the program.")

    @Argument(help: "The target's name, or “list”.")
    var target: String

    @Option(help: "The folder with the seeds.")
    var corpus: String?

    @Option(help: "How long.")
    var seconds = 10

    @Option(help: "The same seed gives the same inputs.")
    var seed: UInt64 = 1

    @Option(help: "Where the input that is being tried is kept.")
    var current = "fuzz-current"

    /// One input may take so long.
    static let secondsMax = 5.0
    static let residentKilobytesMax = 2 << 20

    func run() throws {
        if target == "list" {
            for target in FuzzTarget.all { print(target.name) }
            return
        }
        guard let chosen = FuzzTarget.all.first(where: { $0.name == target }) else {
            print("error: no target \(target). There are: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
            throw ExitCode(64)
        }
        let folder = corpus ?? "Tests/Corpus/\(target)"
        let seeds = Files.isFolder(folder) ? try Files.names(in: folder).map { try Files.read("\(folder)/\($0)") } : []
        print("\(target): \(seeds.count) seeds from \(folder), seed \(seed), \(seconds) s")
        for bytes in seeds { try attempt(bytes, chosen) }
        var mutator = Mutator(seed: seed, corpus: seeds)
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(seconds))
        var count = 0
        while clock.now < end {
            try attempt(mutator.next(seeds), chosen)
            count += 1
        }
        try? Files.remove(current)
        print("\(target): \(count) inputs, nothing found")
    }

    private func attempt(_ bytes: [UInt8], _ target: FuzzTarget) throws {
        keep(bytes)
        let clock = ContinuousClock()
        var problem: String?
        let taken = clock.measure {
            do { try target.run(bytes) } catch { problem = "\(error)" }
        }
        if taken > .seconds(Self.secondsMax) { problem = "one input took \(taken)" }
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0, usage.ru_maxrss > Self.residentKilobytesMax {
            problem = "\(usage.ru_maxrss) KB are resident"
        }
        guard let problem else { return }
        print("\(target.name): \(problem); the input is in \(current)")
        throw ExitCode(1)
    }

    /// Written without waiting for the disk: only a trap of this program must leave it behind.
    private func keep(_ bytes: [UInt8]) {
        let descriptor = open(current, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { return }
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }
}

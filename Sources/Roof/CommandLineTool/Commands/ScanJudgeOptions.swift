import Advisories
import ArgumentParser
import Attestations
import Files
import Inventory
import Ledger
import MonitorService
import Packages
import ScanService
import WaybillCore

/// What is known about a target, and when the answer is no.
struct ScanJudgeOptions: ParsableArguments {
    enum Threshold: String, ExpressibleByArgument, CaseIterable {
        case never, low, medium, high, critical

        var severity: Severity? { self == .never ? nil : Severity(rawValue: rawValue) }
    }

    @Option(help: "Exit with status 1 for findings of this severity and above: never, low, medium, high, critical.")
    var failOn: Threshold = .high
    @Flag(help: "Only weaknesses that a newer version mends.") var onlyFixed = false
    @Option(help: "Only what this earlier report (--output json) does not have: what does this change add?")
    var newSince: String?
    @Option(help: "A folder or file of advisories (OSV) to use; those of the state folder otherwise. May be repeated.")
    var advisories: [String] = []
    @Option(
        help: "A licence that packages may have; everything else is then denied. May be repeated; GPL-* is a pattern.")
    var allowLicence: [String] = []
    @Option(help: "A licence that no package may have. May be repeated.") var denyLicence: [String] = []
    @Flag(help: "A target in which no package list was found is no reason for status 2.") var allowUnrecognised = false

    private static let advisoryAgeDaysMax = 30

    func outcome(
        of found: TargetInventory, look: ScanLookOptions, state: StateFolder
    ) async throws(WaybillError) -> ScanOutcome {
        var findings = found.inventory.problems
        var outcome = ScanOutcome(target: found)
        // What a distribution installed is its vendor's to mend, and other repositories' packages are not its own.
        let matched = found.inventory.packages.filter { $0.owner == nil && !$0.isThirdParty }
        if look.looks(for: .vulnerabilities) {
            let index = try await index(state)
            let matches = AdvisoryMatcher.match(matched, index).filter { !onlyFixed || $0.fixedVersion != nil }
            findings += AdvisoryMatcher.findings(for: matches)
            findings += AdvisoryMatcher.gaps(
                in: matched, index, now: Platform.now().milliseconds / 1000, ageDaysMax: Self.advisoryAgeDaysMax)
            outcome.advisoryCount = index.count
        }
        if look.looks(for: .secrets) { findings += found.secrets }
        if look.looks(for: .licences) || !allowLicence.isEmpty || !denyLicence.isEmpty {
            findings += LicencePolicy(allowed: allowLicence, denied: denyLicence).findings(
                about: found.inventory.packages)
        }
        if let newSince { findings = try ScanReportFile(path: newSince).new(among: findings) }
        outcome.findings = findings.sorted(by: Finding.inReadingOrder)
        outcome.threshold = failOn.severity
        let asksForPackages = look.looks(for: .packages) || look.looks(for: .vulnerabilities)
        outcome.isUnknown = asksForPackages && !found.inventory.recognised && !allowUnrecognised
        return outcome
    }

    private func index(_ state: StateFolder) async throws(WaybillError) -> AdvisoryIndex {
        guard !advisories.isEmpty else {
            guard Files.exists(state.ledger), Files.isFolder(state.advisories) else { return AdvisoryIndex() }
            return try await OpenState.monitor(state).monitor.index
        }
        var index = AdvisoryIndex()
        for path in advisories {
            let files =
                Files.isFolder(path)
                ? try Files.names(in: path).filter { $0.hasSuffix(".json") }.map { "\(path)/\($0)" } : [path]
            for file in files {
                for advisory in try OSVReader.advisories(from: try Files.read(file), file: file) {
                    index.insert(advisory)
                }
            }
        }
        return index
    }
}

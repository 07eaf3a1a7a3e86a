import Advisories
import ArgumentParser
import Attestations
import Documents
import Files
import Inventory
import Ledger
import MonitorService
import Packages
import Reports
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
        help: "What was known at this time, by the imports of the state folder: 2026-11-21, or 2026-11-21T12:00:00Z.")
    var asOf: String?
    @Option(
        help:
            "Whose word on the severity counts, as reports name the source: NVD, GHSA, debian. May be repeated: the first that has one. The publisher's, the newest CVSS first, without it."
    )
    var severitySource: [String] = []
    @Option(help: "Statements that weaknesses do no harm here: OpenVEX, CSAF, CycloneDX. May be repeated.")
    var vex: [String] = []
    @Option(
        help:
            "A file of findings that do not count, in Trivy's forms (.trivyignore, .trivyignore.yaml). May be repeated."
    )
    var ignoreFile: [String] = []
    @Flag(help: "List what was suppressed too, by whom and why.") var showSuppressed = false
    @Option(
        help: "A licence that packages may have; everything else is then denied. May be repeated; GPL-* is a pattern.")
    var allowLicence: [String] = []
    @Option(help: "A licence that no package may have. May be repeated.") var denyLicence: [String] = []
    @Flag(help: "A target in which no package list was found is no reason for status 2.") var allowUnrecognised = false

    private static let advisoryAgeDaysMax = 30

    func outcome(
        of found: TargetInventory, look: ScanLookOptions, state: StateFolder
    ) async throws(WaybillError) -> ScanOutcome {
        let asOf = try asOf.map(Self.moment)
        let moment = (asOf ?? Platform.now()).milliseconds
        let today = String(Timestamp(seconds: moment / 1000).description.prefix(10))
        var report = ScanReport(
            subject: found.subject(today: today), packages: found.inventory.packages, matches: [],
            gaps: found.inventory.problems, filesExamined: found.examined.files, layersExamined: found.examined.layers,
            moment: moment, programVersion: Waybill.version)
        let asksForAdvisories = look.looks(for: .vulnerabilities)
        if asksForAdvisories {
            let index = try AdvisoryOperations.index(of: advisories, or: state, asOf: asOf)
            if asOf != nil, index.count == 0 {
                throw WaybillError(
                    .notFound, "nothing had been imported by that time, and so nothing was known",
                    subject: "--as-of \(Redaction.excerpt(self.asOf ?? ""))",
                    remedy: "give a later time: the state folder remembers its imports, and nothing before the first")
            }
            report.matches = AdvisoryMatcher.match(found.inventory.packages, index)
            for number in report.matches.indices { report.matches[number].advisory.rate(by: severitySource) }
            report.gaps += AdvisoryMatcher.gaps(
                in: found.inventory.packages, index, now: moment / 1000, ageDaysMax: Self.advisoryAgeDaysMax)
            report.data = ScanReport.Data(index)
        }
        if look.looks(for: .secrets) { report.findings += found.secrets }
        report.findings += LicencePolicy(allowed: allowLicence, denied: denyLicence).findings(
            about: found.inventory.packages)
        try suppress(&report, found.productNames, today)
        if let newSince {
            report = try ReportComparison.new(in: report, since: try Self.document(newSince), file: newSince)
        }
        report = ReportFilter(onlyFixed: onlyFixed).apply(to: report)
        let asksForPackages = look.looks(for: .packages) || asksForAdvisories
        return ScanOutcome(
            target: found, report: report, threshold: failOn.severity,
            isUnknown: asksForPackages && !found.inventory.recognised && !allowUnrecognised,
            asksForAdvisories: asksForAdvisories)
    }

    private func suppress(_ report: inout ScanReport, _ products: [String], _ today: String) throws(WaybillError) {
        var list = SuppressionList()
        for path in vex { list.add(try VEXReader.suppressions(from: try Files.read(path), file: path)) }
        for path in ignoreFile { list.add(try IgnoreFiles.suppressions(from: try Files.read(path), file: path)) }
        guard !list.suppressions.isEmpty else { return }
        let judged = list.apply(to: report.matches.map(\.finding) + report.findings, on: today, product: products)
        report.suppressed = judged.suppressed
        let gone = Set(judged.suppressed.map(\.finding))
        report.matches.removeAll { gone.contains($0.finding) }
        report.findings.removeAll { gone.contains($0) }
    }

    /// A time, or the end of a day.
    private static func moment(_ text: String) throws(WaybillError) -> Instant {
        let whole = text.utf8.count == 10 ? text + "T23:59:59Z" : text
        guard let moment = Timestamp(whole) else {
            throw WaybillError(
                .invalidInput, "is no time", subject: "--as-of \(Redaction.excerpt(text))",
                remedy: "write it as 2026-11-21 or 2026-11-21T12:00:00Z")
        }
        return Instant(milliseconds: moment.seconds * 1000)
    }

    private static func document(_ path: String) throws(WaybillError) -> Value {
        let bytes = try Files.read(path)
        do {
            return try JSONReader.value(from: bytes)
        } catch {
            throw error.inFile(path)
        }
    }
}

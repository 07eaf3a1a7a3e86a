public import Advisories
import Checks
public import Delivery
public import Inventory
public import OCI
import Packages
public import WaybillCore

/// What the gates find in a built image.
public enum ImageGate {
    public struct Result: Sendable {
        public var findings: [Finding]
        public var inventory: InventoryResult
    }

    /// Packages, advisories and secrets of an image's files, and what its configuration says.
    ///
    /// - Parameter now: seconds since 1970, for the age of the advisories.
    public static func examine(
        _ image: ImageFileSystem, project: ProjectFile, advisories: AdvisoryIndex, now: Int64
    ) -> Result {
        let inventory = InventoryScanner.scan(image.files)
        var findings = inventory.problems
        findings += AdvisoryMatcher.findings(for: AdvisoryMatcher.match(inventory.packages, advisories))
        findings += AdvisoryMatcher.gaps(
            in: inventory.packages, advisories, now: now, ageDaysMax: SourceGate.advisoryAgeDaysMax)
        for entry in image.files.sorted where entry.kind == .file {
            guard let bytes = entry.contents else { continue }
            findings += SecretScanner.scan(path: entry.path, bytes: bytes).map { finding in
                var finding = finding
                finding.place.layer = entry.layer
                return finding
            }
        }
        findings += ImageConfigurationChecker.check(image.configuration, files: image.files)
        return Result(findings: findings, inventory: inventory)
    }
}

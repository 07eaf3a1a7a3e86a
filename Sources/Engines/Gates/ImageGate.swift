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
            in: inventory.packages, advisories, now: now, ageDaysMax: project.scan.advisoryAgeDays)
        findings += SecretSearch.findings(in: image.files)
        findings += ImageChecker.check(ImageFacts(name: project.build.image, image))
        return Result(findings: findings, inventory: inventory)
    }
}

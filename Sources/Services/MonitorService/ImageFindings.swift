import Advisories
import Ledger
public import WaybillCore

extension MonitorService {
    /// Images whose findings are remembered, until advisories change.
    static let findingsMax = 1_000

    /// What the advisories of this moment say of an image's packages; nil where nobody wrote down what it holds.
    public func findings(in image: Digest) async throws(WaybillError) -> [Finding]? {
        let state = adviceNumber
        if let known = findingsByImage[image] { return known }
        let packages = try await ledger.packages(of: image)
        guard !packages.isEmpty else { return nil }
        let findings = AdvisoryMatcher.findings(for: AdvisoryMatcher.match(packages.map(\.package), index))
        // Other advisories may have come while the packages were read.
        if state == adviceNumber {
            if findingsByImage.count >= Self.findingsMax { findingsByImage.removeAll() }
            findingsByImage[image] = findings
        }
        return findings
    }
}

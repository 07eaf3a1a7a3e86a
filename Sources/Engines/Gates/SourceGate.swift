public import Advisories
import Checks
public import Delivery
import Documents
public import Inventory
import Kubernetes
public import OCI
import Packages
public import WaybillCore

/// What the gates that need no server find in a source tree: on a laptop as in the pipeline.
public enum SourceGate {
    public struct Result: Sendable {
        public var findings: [Finding]
        public var inventory: InventoryResult
    }

    /// All findings of secrets, dependencies, manifests and the container file.
    ///
    /// - Parameters:
    ///   - tree: every file of the source with its bytes.
    ///   - now: seconds since 1970, for the age of the advisories.
    public static func examine(
        _ tree: FileTree, project: ProjectFile, advisories: AdvisoryIndex, now: Int64
    ) -> Result {
        let inventory = InventoryScanner.scan(tree)
        var findings = inventory.problems
        findings += AdvisoryMatcher.findings(for: AdvisoryMatcher.match(inventory.packages, advisories))
        findings += AdvisoryMatcher.gaps(
            in: inventory.packages, advisories, now: now, ageDaysMax: project.scan.advisoryAgeDays)
        findings += SecretSearch.findings(in: tree)
        findings += containerfile(tree, project)
        findings += manifests(tree, project)
        return Result(findings: findings, inventory: inventory)
    }

    private static func containerfile(_ tree: FileTree, _ project: ProjectFile) -> [Finding] {
        let path = project.build.containerfile
        guard let bytes = tree.contents(of: path) else {
            return [
                Finding(
                    rule: "WB-CFG-001", kind: .configuration, severity: .high,
                    message: "the container file is not there",
                    place: Place(location: SourceLocation(file: path)),
                    remedy: "set build.containerfile in waybill.yaml")
            ]
        }
        do {
            return try DockerfileChecker.check(bytes, file: path)
        } catch {
            return [
                Finding(
                    rule: "WB-CFG-003", kind: .configuration, severity: .high,
                    message: "cannot be read: \(error.message)",
                    place: Place(location: SourceLocation(file: path)), evidence: error.subject, remedy: error.remedy)
            ]
        }
    }

    /// Kubernetes documents in the posture folders; kustomizations are not objects.
    private static func manifests(_ tree: FileTree, _ project: ProjectFile) -> [Finding] {
        var documents: [(file: String, node: Node)] = []
        var findings: [Finding] = []
        for folder in project.posture.manifests {
            for entry in tree.sorted where entry.kind == .file && isBelow(entry.path, folder) && isManifest(entry.path)
            {
                do {
                    for node in try YAMLReader.nodes(from: entry.contents ?? []) {
                        guard node["kind"]?.string.map({ $0 != "Kustomization" && $0 != "Component" }) ?? false else {
                            continue
                        }
                        documents.append((entry.path, node))
                    }
                } catch {
                    findings.append(
                        Finding(
                            rule: "WB-CFG-002", kind: .configuration, severity: .high,
                            message: "cannot be read: \(error.message)",
                            place: Place(location: SourceLocation(file: entry.path, position: error.position))))
                }
            }
        }
        findings += ManifestChecker.check(documents: documents)
        return findings + PodSecurityGate.findings(documents, level: project.posture.podSecurity)
    }

    private static func isBelow(_ path: String, _ folder: String) -> Bool {
        folder == "." || path == folder || path.hasPrefix(folder + "/")
    }

    private static func isManifest(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.hasSuffix($0) }
    }
}

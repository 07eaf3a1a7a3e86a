import Documents
import OCI
import Packages
import WaybillCore

/// The list of crates that cargo-auditable puts into a program: JSON, packed with zlib, in the section `.dep-v0`.
enum CargoAuditable {
    static let section = ".dep-v0"
    private static let bytesMax = 16 << 20

    static func read(_ packed: ArraySlice<UInt8>, _ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let bytes: [UInt8]
        do {
            bytes = try Zlib.unpack(packed, .zlib, bytesMax: bytesMax, subject: file.path)
        } catch {
            throw DocumentError(at: .start, "its list of crates \(error.message)")
        }
        let root = try JSONReader.node(from: bytes, limits: InventoryFile.limits)
        guard let nodes = root["packages"]?.elements else {
            throw DocumentError(at: root.position, "its list of crates has no member “packages”")
        }
        var result = ParsedInventory()
        var packages: [Package] = [], roots: Set<Int> = [], sources: [String] = []
        for (index, node) in nodes.enumerated() {
            let name = node["name"]?.string ?? "", version = node["version"]?.string ?? ""
            if name.isEmpty || version.isEmpty {
                result.problems.append(file.problem("WB-SCAN-002", "a crate has no name or version", .start))
            }
            if node["root"]?.scalar?.bool == true { roots.insert(index) }
            sources.append(node["source"]?.string ?? "")
            packages.append(
                Package(
                    ecosystem: .cargo, name: name, version: version,
                    place: Place(location: SourceLocation(file: file.path), layer: file.layer),
                    isDevelopment: node["kind"]?.string == "build"))
        }
        for (index, node) in nodes.enumerated() {
            let needed = (node["dependencies"]?.elements ?? []).compactMap { $0.scalar?.integer }.filter {
                packages.indices.contains($0)
            }
            packages[index].dependencies = needed.map { packages[$0].identifier }.sorted()
            if roots.contains(index) { for position in needed { packages[position].isDirect = true } }
        }
        for (index, package) in packages.enumerated() where !package.name.isEmpty && !package.version.isEmpty {
            // What was built from a folder is the project itself; advisories are about crates.io.
            if roots.contains(index) || sources[index] == "local" {
                result.projects.append(package)
            } else {
                var package = package
                if package.isDirect == nil { package.isDirect = false }
                result.packages.append(package)
            }
        }
        return result
    }
}

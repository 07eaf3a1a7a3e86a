import Documents
import Packages
public import WaybillCore

/// Bills of materials from outside, in every form that is told apart by its first words.
public enum SBOM {
    public static let bytesMax = 256 << 20

    /// Reads CycloneDX in JSON and XML, SPDX 2 in JSON and tag-value, SPDX 3 in JSON; bare, in an in-toto statement, or
    /// in a DSSE envelope, whose signature is not looked at here. Throws for what is none of these.
    public static func inventory(from bytes: [UInt8], file: String) throws(WaybillError) -> InventoryResult {
        guard bytes.count <= bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(bytesMax) bytes", subject: file)
        }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        let start = Text.trimmed(rest.prefix(512))
        do {
            switch start.first {
            case UInt8(ascii: "{"):
                return try inventory(
                    from: try JSONReader.node(from: Array(firstLine(rest)), limits: limits), file: file, depth: 0)
            case UInt8(ascii: "<"):
                return try CycloneDX.inventory(
                    from: try CycloneDXXML.value(from: Array(rest)), file: file, checking: nil)
            default:
                guard Text.string(start).contains("SPDXVersion:") else { break }
                return try SPDX.inventory(from: try SPDXTagValue.document(from: Array(rest)), file: file)
            }
        } catch let error as DocumentError {
            throw error.inFile(file)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: file, cause: error)
        }
        throw WaybillError(
            .invalidInput, "is no bill of materials that is known here", subject: file,
            remedy: "pass CycloneDX in JSON or XML, or SPDX in JSON or tag-value")
    }

    static let limits = DocumentLimits(depthMax: 128, bytesMax: bytesMax)

    /// Whether a file of this name is probably a bill of materials.
    public static func isNamedLikeOne(_ path: String) -> Bool {
        let name = (path.split(separator: "/").last ?? "").lowercased()
        return [".cdx.json", ".cdx.xml", ".spdx.json", ".spdx", ".bom.json", ".intoto.jsonl"].contains {
            name.hasSuffix($0)
        }
            || ["bom.json", "bom.xml", "sbom.json", "sbom.xml"].contains(name)
    }

    /// Files of attestations hold one envelope a line.
    private static func firstLine(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let end = bytes.firstIndex(of: 0x0A) else { return bytes }
        let line = Text.trimmed(bytes[..<end])
        let rest = Text.trimmed(bytes[end...].prefix(64))
        return line.last == UInt8(ascii: "}") && rest.first == UInt8(ascii: "{") ? line : bytes
    }

    private static func inventory(from node: Node, file: String, depth: Int) throws(WaybillError) -> InventoryResult {
        guard depth < 4 else { throw WaybillError(.invalidInput, "is wrapped more than three times", subject: file) }
        if node["bomFormat"] != nil { return try CycloneDX.inventory(from: node.value, file: file, checking: node) }
        if node["spdxVersion"] != nil { return try SPDX.inventory(from: node.value, file: file) }
        if node["@context"] != nil, node["@graph"] != nil { return try SPDX3.inventory(from: node.value, file: file) }
        if let predicate = node["predicate"], node["predicateType"] != nil {
            // Cosign puts the document one step deeper.
            return try inventory(from: predicate["Data"] ?? predicate, file: file, depth: depth + 1)
        }
        if let payload = node["payload"]?.string, let bytes = Base64.decode(payload) {
            do {
                return try inventory(
                    from: try JSONReader.node(from: bytes, limits: limits), file: file, depth: depth + 1)
            } catch let error as DocumentError {
                throw error.inFile("\(file), payload")
            } catch let error as WaybillError {
                throw error
            } catch {
                throw WaybillError(.failed, "cannot be read", subject: file, cause: error)
            }
        }
        throw WaybillError(
            .invalidInput, "is JSON, and no bill of materials that is known here", subject: file,
            remedy: "pass CycloneDX or SPDX")
    }
}

/// What all forms share: package URLs become packages.
struct SBOMPackages {
    let file: String
    var result: InventoryResult
    /// The document's own names of packages, and which package each became.
    private var byReference: [String: [Int]] = [:]

    init(file: String) {
        self.file = file
        result = InventoryResult(recognised: true, files: [file])
    }

    /// False where the component names nothing that can be matched; that is said.
    mutating func add(_ package: Package, reference: String) {
        byReference[reference, default: []].append(result.packages.count)
        result.packages.append(package)
    }

    mutating func missing(_ name: String, severity: Severity = .low) {
        result.problems.append(
            InventoryScanner.problem(
                "WB-SCAN-007", "the component \(Redaction.excerpt(name)) has no package URL that names an ecosystem",
                file,
                severity: severity))
    }

    /// Edges by the document's own names.
    mutating func depend(_ reference: String, on others: [String]) {
        let identifiers = others.flatMap { byReference[$0] ?? [] }.map { result.packages[$0].identifier }
        for index in byReference[reference] ?? [] {
            result.packages[index].dependencies = DependencyTree.sorted(
                result.packages[index].dependencies + identifiers)
        }
    }

    mutating func markDirect(_ references: [String]) {
        for index in references.flatMap({ byReference[$0] ?? [] }) { result.packages[index].isDirect = true }
    }

    /// Advisories of some distributions are about what packages were built from: where no package says it, most of
    /// them cannot be matched.
    private var sourceless: Finding? {
        let members = result.packages.filter {
            ($0.ecosystem.ordering == .dpkg || $0.ecosystem.ordering == .apk) && !$0.isThirdParty
        }
        guard !members.isEmpty, members.allSatisfy({ $0.source == nil }) else { return nil }
        var finding = InventoryScanner.problem(
            "WB-SCAN-018",
            "no package of \(members[0].ecosystem.name) says what it was built from, which the advisories are about: "
                + "\(members.count) judged by their own names", file, severity: .low)
        finding.remedy = "scan the image itself, or have each package name its source (upstream= in its package URL)"
        return finding
    }

    func finished() -> InventoryResult {
        var result = result
        result.packages.sort(by: Package.inOrder)
        for package in result.packages where package.version.isEmpty && package.commit == nil {
            result.problems.append(
                InventoryScanner.problem(
                    "WB-SCAN-005", "\(package.name) has no version, its advisories cannot be matched", file,
                    severity: .low))
        }
        result.problems += sourceless.map { [$0] } ?? []
        if result.packages.isEmpty {
            var nothing = InventoryScanner.nothingFound
            nothing.message = "the document names no package: that no weakness is found means nothing"
            nothing.place = Place(location: SourceLocation(file: file))
            result.problems.append(nothing)
        }
        return result
    }
}

import Documents
import Packages
import WaybillCore

/// Jars, wars and ears, with the jars inside of them: coordinates from Maven's own note, else from manifest and file name.
enum JavaArchive {
    /// A jar in a jar in a war in an ear, and one more.
    static let depthMax = 5
    static let bytesMax = 128 << 20
    /// Bytes of all nested jars of one file together.
    private static let nestedBytesMax = 512 << 20
    private static let noteBytesMax = 1 << 20
    static let endings: Set<String> = ["jar", "war", "ear", "par", "hpi", "jpi", "sar", "nar", "kar", "rar"]

    struct Coordinates: Hashable {
        var group: String
        var artifact: String
        var version: String
    }

    static func read(_ file: InventoryFile) -> ParsedInventory {
        var result = ParsedInventory()
        var budget = nestedBytesMax
        read(file.bytes, name: file.path, nested: [], file, &budget, &result)
        return result
    }

    private static func read(
        _ bytes: [UInt8], name: String, nested: [String], _ file: InventoryFile, _ budget: inout Int,
        _ result: inout ParsedInventory
    ) {
        let inner = nested.joined(separator: "!/")
        func problem(_ message: String, severity: Severity = .high) {
            let where_ = inner.isEmpty ? "" : "\(inner) in it "
            result.problems.append(
                file.problem(
                    "WB-SCAN-001", "cannot be read as a Java archive: \(where_)\(message)", .start, severity: severity))
        }
        let archive: ZipArchive
        do {
            archive = try ZipArchive(bytes)
        } catch {
            return problem(error.message)
        }
        var notes: [Coordinates] = [], manifest: [String: String] = [:]
        for member in archive.members {
            let path = member.name
            do {
                if path.hasPrefix("META-INF/maven/"), path.hasSuffix("/pom.properties") {
                    let text = try archive.contents(of: member, bytesMax: noteBytesMax)
                    if let note = coordinates(properties: text) { notes.append(note) }
                } else if path == "META-INF/MANIFEST.MF" {
                    manifest = attributes(manifest: try archive.contents(of: member, bytesMax: noteBytesMax))
                } else if let ending = path.split(separator: ".").last, endings.contains(ending.lowercased()),
                    !path.hasSuffix("/")
                {
                    guard nested.count + 1 < depthMax else {
                        problem("\(Redaction.excerpt(path)) lies deeper than \(depthMax) archives")
                        continue
                    }
                    guard member.size <= budget else {
                        problem("its nested archives hold more than \(nestedBytesMax) bytes")
                        return
                    }
                    budget -= member.size
                    let contents = try archive.contents(of: member, bytesMax: bytesMax)
                    read(contents, name: path, nested: nested + [path], file, &budget, &result)
                }
            } catch {
                problem(error.message, severity: .medium)
            }
        }
        add(notes, manifest, name: name, inner: inner, file, &result)
    }

    /// A shaded jar has the notes of everything that was put in; its own is the one that has the file's name.
    private static func add(
        _ notes: [Coordinates], _ manifest: [String: String], name: String, inner: String, _ file: InventoryFile,
        _ result: inout ParsedInventory
    ) {
        func package(_ found: Coordinates) -> Package {
            Package(
                ecosystem: .maven, name: "\(found.group):\(found.artifact)", version: found.version,
                place: Place(
                    location: SourceLocation(file: inner.isEmpty ? file.path : "\(file.path)!/\(inner)"),
                    layer: file.layer))
        }
        var seen: Set<Coordinates> = []
        for note in notes where seen.insert(note).inserted { result.packages.append(package(note)) }
        let stem = String((name.split(separator: "/").last ?? "").prefix { $0 != "!" })
        let own = ownCoordinates(stem: stem, manifest)
        guard notes.isEmpty else { return }
        if let own, !own.group.isEmpty {
            result.packages.append(package(own))
        } else if let own, isLibrary(name) {
            result.problems.append(
                file.problem(
                    "WB-SCAN-005",
                    "\(own.artifact) \(own.version)\(inner.isEmpty ? "" : " in \(inner)") does not say its group, its advisories cannot be matched",
                    .start, severity: .low))
        }
    }

    private static func isLibrary(_ name: String) -> Bool { name.hasSuffix(".jar") }

    static func coordinates(properties bytes: [UInt8]) -> Coordinates? {
        var fields: [String: String] = [:]
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            guard line.first != UInt8(ascii: "#"), let (key, value) = Text.split(Text.string(line), at: "=") else {
                continue
            }
            fields[Text.trimmed(key)] = Text.trimmed(value)
        }
        guard let group = fields["groupId"], let artifact = fields["artifactId"], let version = fields["version"],
            !group.isEmpty, !artifact.isEmpty, !version.isEmpty
        else { return nil }
        return Coordinates(group: group, artifact: artifact, version: version)
    }

    /// The main attributes; a line that starts with a space goes on with the value before.
    static func attributes(manifest bytes: [UInt8]) -> [String: String] {
        var result: [String: String] = [:]
        var key = ""
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.isEmpty { break }
            if line.first == 0x20 {
                result[key, default: ""] += Text.string(line.dropFirst())
            } else if let (name, value) = Text.split(Text.string(line), at: ":") {
                key = name
                result[key] = Text.trimmed(value)
            }
        }
        return result
    }

    /// `commons-io-2.11.0.jar` and its manifest; nil where no version can be told.
    static func ownCoordinates(stem file: String, _ manifest: [String: String]) -> Coordinates? {
        let stem = file.split(separator: ".").dropLast().joined(separator: ".")
        let split = splitVersion(stem)
        let version =
            [
                split?.version, manifest["Implementation-Version"], manifest["Bundle-Version"],
                manifest["Specification-Version"],
            ]
            .compactMap { $0 }.first { !$0.isEmpty && !$0.contains("$") && !$0.contains(" ") }
        guard let version else { return nil }
        let title = manifest["Implementation-Title"].flatMap { $0.contains(" ") || $0.contains(":") ? nil : $0 }
        let artifact = split?.name ?? title ?? stem
        let bundle = (manifest["Bundle-SymbolicName"] ?? "").prefix { $0 != ";" }
        var group = manifest["Implementation-Vendor-Id"] ?? ""
        if group.isEmpty || !group.contains(".") || group.contains(" ") {
            // `org.apache.commons.commons-io`, `com.fasterxml.jackson.core.jackson-databind`: group and artifact.
            group = bundle.hasSuffix(".\(artifact)") ? String(bundle.dropLast(artifact.count + 1)) : ""
        }
        return Coordinates(group: group, artifact: artifact, version: version)
    }

    /// At the first hyphen that a digit follows.
    private static func splitVersion(_ stem: String) -> (name: String, version: String)? {
        var previous: String.Index?
        for index in stem.indices {
            if let hyphen = previous, stem[hyphen] == "-", stem[index].isASCII, stem[index].isNumber,
                hyphen > stem.startIndex
            {
                return (String(stem[..<hyphen]), String(stem[index...]))
            }
            previous = index
        }
        return nil
    }
}

import Packages
import WaybillCore

/// Changes versions in texts that hold nothing else which would have to change with them: no checksums, no further
/// packages.
enum VersionEditor {
    case requirements, gradleLock, mavenProject, goModule

    /// Nil for a file in which a version alone cannot be changed.
    init?(file: String) {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        switch name {
        case "gradle.lockfile", "buildscript-gradle.lockfile": self = .gradleLock
        case "pom.xml": self = .mavenProject
        case "go.mod": self = .goModule
        case _ where name.hasSuffix(".txt") && (name.hasPrefix("requirements") || name.hasSuffix("requirements.txt")):
            self = .requirements
        default: return nil
        }
    }

    /// Nil where the package is not written in a way that can be changed.
    func text(_ bytes: [UInt8], with upgrade: FixPlan.Upgrade, _ options: RemediationOptions) -> [UInt8]? {
        let package = upgrade.package
        switch self {
        case .mavenProject:
            guard let model = try? ProjectModel(bytes, file: "pom.xml") else { return nil }
            let update = RemediationPatch.Update(
                name: package.name, from: package.version, to: upgrade.version, isTransitive: package.isDirect == false)
            let text = model.text(changing: [update], mayAddManagement: options.mayAddManagement)
            return text == bytes ? nil : text
        case .gradleLock:
            return Self.line(bytes, package) { line in
                let start = "\(package.name):\(package.version)="
                guard line.starts(with: start.utf8) else { return nil }
                return Array("\(package.name):\(upgrade.version)=".utf8) + line.dropFirst(start.utf8.count)
            }
        case .goModule:
            return Self.line(bytes, package) { line in
                Self.replaced(line, "v" + package.version, "v" + upgrade.version, after: package.name)
            }
        case .requirements:
            return Self.line(bytes, package) { line in
                // With checksums a new version needs new ones; a line that goes on may hold them.
                guard line.last != UInt8(ascii: "\\"), !Self.holds(line, "--hash") else { return nil }
                return Self.replaced(line, package.version, upgrade.version, after: "==")
            }
        }
    }

    /// The text with the package's line changed.
    private static func line(
        _ bytes: [UInt8], _ package: Package, _ change: (ArraySlice<UInt8>) -> [UInt8]?
    ) -> [UInt8]? {
        guard let number = package.place.location?.line, number > 0 else { return nil }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard number <= lines.count else { return nil }
        let old = lines[number - 1]
        let isWindows = old.last == 0x0D
        guard let new = change(isWindows ? old.dropLast() : old) else { return nil }
        lines[number - 1] = (isWindows ? new + [0x0D] : new)[...]
        return Array(lines.joined(separator: [0x0A]))
    }

    /// The line with the first occurrence of a version behind a mark replaced, where it stands alone.
    private static func replaced(
        _ line: ArraySlice<UInt8>, _ old: String, _ new: String, after mark: String
    ) -> [UInt8]? {
        guard let start = position(of: Array(mark.utf8), in: line, from: line.startIndex) else { return nil }
        let old = Array(old.utf8)
        guard let place = position(of: old, in: line, from: start + mark.utf8.count) else { return nil }
        let isVersion = { (byte: UInt8) in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || ".-+_".utf8.contains(byte)
        }
        let end = place + old.count
        if end < line.endIndex, isVersion(line[end]) { return nil }
        // Only space, a comparison or quotes may stand between the mark and the version.
        guard line[(start + mark.utf8.count)..<place].allSatisfy({ " \t=\"'".utf8.contains($0) }) else { return nil }
        return Array(line[..<place]) + Array(new.utf8) + line[end...]
    }

    private static func holds(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
        position(of: Array(word.utf8), in: line, from: line.startIndex) != nil
    }

    private static func position(of word: [UInt8], in line: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard !word.isEmpty, start + word.count <= line.endIndex else { return nil }
        return (start...(line.endIndex - word.count)).first { line[$0...].starts(with: word) }
    }
}

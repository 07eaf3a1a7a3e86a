import Packages

/// A text beside a lockfile in which people wrote the version that they ask for: left as it is, the next run of the build
/// tool would bring the old version back, or find that lockfile and wish disagree.
public enum BuildFile {
    /// The paths where such texts may lie.
    public static func paths(beside lockfile: String) -> [String] {
        let parts = lockfile.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().map { $0 + "/" }.joined()
        switch parts.last {
        case "gradle.lockfile", "buildscript-gradle.lockfile":
            return ["build.gradle", "build.gradle.kts", "gradle/libs.versions.toml"].map { folder + $0 }
        case "poetry.lock", "uv.lock", "pdm.lock", "pylock.toml": return [folder + "pyproject.toml"]
        default: return []
        }
    }

    /// Nil where the package's version is not written, or not in a way that can be changed.
    static func text(_ bytes: [UInt8], _ file: String, with upgrade: FixPlan.Upgrade) -> [UInt8]? {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        let package = upgrade.package
        var isChanged = false
        func change(_ number: Int, _ new: [UInt8]?) {
            guard let new else { return }
            lines[number] = new
            isChanged = true
        }
        let isPython = file.hasSuffix("pyproject.toml")
        for number in lines.indices {
            let line = lines[number]
            if isPython {
                change(number, requirement(line, package, upgrade.version))
            } else {
                change(number, coordinates(line, package, upgrade.version))
            }
        }
        if file.hasSuffix(".toml"), !isPython {
            for number in lines.indices where names(lines[number], package) {
                change(number, value(lines[number], behind: "version", package.version, upgrade.version))
            }
            for (number, new) in shared(lines, package, upgrade.version) { change(number, new) }
        }
        return isChanged ? Array(lines.joined(separator: [0x0A])) : nil
    }

    // MARK: Gradle

    /// `"group:name:1.0"`, also with a classifier behind.
    private static func coordinates(_ line: [UInt8], _ package: Package, _ version: String) -> [UInt8]? {
        let old = Array("\(package.name):\(package.version)".utf8)
        guard let place = position(of: old, in: line, from: 0), place > 0, isQuote(line[place - 1]) else { return nil }
        let end = place + old.count
        guard end < line.count, isQuote(line[end]) || line[end] == UInt8(ascii: ":") || line[end] == UInt8(ascii: "@")
        else { return nil }
        return line[..<place] + Array("\(package.name):\(version)".utf8) + line[end...]
    }

    /// A line of a catalogue about the package: `module = "group:name"`, or `group` and `name`.
    private static func names(_ line: [UInt8], _ package: Package) -> Bool {
        let parts = package.name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        return holds(line, "\"\(package.name)\"") || holds(line, "\"\(parts[0])\"") && holds(line, "\"\(parts[1])\"")
    }

    /// The catalogue's named version of the package, where no other package has it.
    private static func shared(_ lines: [[UInt8]], _ package: Package, _ version: String) -> [(Int, [UInt8])] {
        guard let line = lines.first(where: { names($0, package) && holds($0, "version.ref") }),
            let mark = position(of: Array("version.ref".utf8), in: line, from: 0),
            let open = line[mark...].firstIndex(of: UInt8(ascii: "\"")),
            let close = line[(open + 1)...].firstIndex(of: UInt8(ascii: "\""))
        else { return [] }
        let name = String(decoding: line[(open + 1)..<close], as: UTF8.self)
        let users = lines.count { holds($0, "version.ref") && holds($0, "\"\(name)\"") }
        guard users == 1 else { return [] }
        return lines.indices.compactMap { number in
            guard lines[number].starts(with: name.utf8), !holds(lines[number], "version.ref") else { return nil }
            return value(lines[number], behind: name, package.version, version).map { (number, $0) }
        }
    }

    /// `key = "old"`, with the new version.
    private static func value(_ line: [UInt8], behind key: String, _ old: String, _ new: String) -> [UInt8]? {
        guard let mark = position(of: Array(key.utf8), in: line, from: 0) else { return nil }
        let start = mark + key.utf8.count
        guard let place = position(of: Array("\"\(old)\"".utf8), in: line, from: start),
            line[start..<place].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: "=") })
        else { return nil }
        return line[..<(place + 1)] + Array(new.utf8) + line[(place + 1 + old.utf8.count)...]
    }

    // MARK: pyproject.toml

    /// `name = "^1.0"`, `name = {version = "1.0"}`, `"name[extra]>=1.0"`: the version as the lockfile has it.
    private static func requirement(_ line: [UInt8], _ package: Package, _ version: String) -> [UInt8]? {
        var start = 0
        while start < line.count, line[start] == 0x20 || line[start] == 0x09 || isQuote(line[start]) { start += 1 }
        var end = start
        while end < line.count, isName(line[end]) { end += 1 }
        let name = String(decoding: line[start..<end], as: UTF8.self)
        guard Ecosystem.pypi.normalized(name) == Ecosystem.pypi.normalized(package.name) else { return nil }
        let old = Array(package.version.utf8)
        guard let place = position(of: old, in: line, from: end), place > end else { return nil }
        let after = place + old.count
        if after < line.count, isName(line[after]) || line[after] == UInt8(ascii: "+") { return nil }
        // What is excluded, or bounds from above, is no wish for this version.
        switch (line[place - 1], place > 1 ? line[place - 2] : 0) {
        case (let sign, _) where isQuote(sign) || sign == UInt8(ascii: "^") || sign == UInt8(ascii: "~"): break
        case (UInt8(ascii: "="), let sign) where "=>~".utf8.contains(sign): break
        case (0x20, let sign) where "=".utf8.contains(sign): break
        default: return nil
        }
        return line[..<place] + Array(version.utf8) + line[after...]
    }

    // MARK: bytes

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private static func isName(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "._-".utf8.contains(byte)
    }

    private static func holds(_ line: [UInt8], _ word: String) -> Bool {
        position(of: Array(word.utf8), in: line, from: 0) != nil
    }

    private static func position(of word: [UInt8], in line: [UInt8], from start: Int) -> Int? {
        guard !word.isEmpty, start >= 0, start + word.count <= line.count else { return nil }
        return (start...(line.count - word.count)).first { line[$0...].starts(with: word) }
    }
}

import OCI

/// Debian's copyright files: the licences of a package, which its database does not name.
enum DpkgCopyright {
    /// `usr/share/doc/bash/copyright`; nil for other paths.
    static func package(of path: String) -> String? {
        guard path.hasPrefix("usr/share/doc/"), path.hasSuffix("/copyright") else { return nil }
        let parts = path.split(separator: "/")
        return parts.count == 5 ? String(parts[3]) : nil
    }

    /// The package whose folder, or whose copyright file, is a link to another package's, and that package.
    static func link(_ entry: FileEntry) -> (name: String, target: String)? {
        guard entry.kind == .symbolicLink, entry.path.hasPrefix("usr/share/doc/"), let target = entry.linkTarget else {
            return nil
        }
        let parts = entry.path.split(separator: "/")
        guard parts.count == 4 || parts.count == 5 && parts[4] == "copyright" else { return nil }
        var folder = target.hasPrefix("/") ? [] : Array(parts.dropLast())
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = folder.popLast() } else { folder.append(part) }
        }
        guard folder.count == parts.count, folder[..<3] == parts[..<3], folder.count == 4 || folder[4] == "copyright",
            folder[3] != parts[3]
        else { return nil }
        return (String(parts[3]), String(folder[3]))
    }

    /// In order, each once, by the names of the SPDX list where it has one: what the fields of the machine-readable form
    /// say, in older files the texts that are referred to.
    static func licences(_ bytes: [UInt8]) -> [String] {
        var named: Set<String> = [], referred: Set<String> = []
        for line in bytes.split(separator: 0x0A) {
            if let field = Text.after("License:", in: line) ?? Text.after("license:", in: line) {
                for name in Self.names(in: Text.trimmed(Text.string(field))) { named.insert(name) }
            }
            if let name = Self.referred(by: line) { referred.insert(name) }
        }
        return (named.isEmpty ? referred : named).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// `GPL-2+ or Artistic, and Expat`: each licence for itself.
    private static func names(in text: String) -> [String] {
        text.split { $0 == " " || $0 == "," || $0 == "|" || $0 == "/" }.split { joints.contains($0.lowercased()) }
            .compactMap { words in
                // Behind `with` stands an exception, which takes nothing away from the licence.
                guard let name = words.first, words.count == 1 || words.dropFirst().first?.lowercased() == "with" else {
                    return nil
                }
                return normal(String(name))
            }
    }

    private static let joints: Set<String> = ["and", "or", "and/or"]
    private static let folder = Array("/usr/share/common-licenses/".utf8)

    private static func referred(by line: ArraySlice<UInt8>) -> String? {
        guard line.count > folder.count,
            let start = (line.startIndex...(line.endIndex - folder.count)).first(where: {
                line[$0...].starts(with: folder)
            })
        else { return nil }
        let name = line[(start + folder.count)...].prefix { byte in
            byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
        let text = Text.string(name)
        let trimmed = text.hasSuffix(".") ? String(text.dropLast()) : text
        return trimmed.isEmpty ? nil : normal(trimmed)
    }

    /// Debian's short names that differ from those of the SPDX list.
    private static func normal(_ name: String) -> String {
        for (family, number) in [
            ("GPL", "1"), ("GPL", "2"), ("GPL", "3"), ("LGPL", "2"), ("LGPL", "2.1"), ("LGPL", "3"),
            ("AGPL", "3"), ("GFDL", "1.2"), ("GFDL", "1.3"),
        ] {
            let full = "\(family)-\(number)\(number.contains(".") ? "" : ".0")"
            for written in ["\(family)-\(number)", full] {
                if name.lowercased() == written.lowercased() { return "\(full)-only" }
                if name.lowercased() == written.lowercased() + "+" { return "\(full)-or-later" }
            }
        }
        return others[name.lowercased()] ?? LicenceNames.normal(name)
    }

    private static let others: [String: String] = [
        "gpl": "GPL-1.0-or-later", "lgpl": "LGPL-2.0-or-later", "artistic": "Artistic-1.0-Perl", "bsd": "BSD-3-Clause",
        "public-domain": "LicenseRef-public-domain", "apache-2": "Apache-2.0", "mpl-1.1": "MPL-1.1", "mpl-2": "MPL-2.0",
        "zlib/libpng": "Zlib", "bsd-3-clause": "BSD-3-Clause", "bsd-2-clause": "BSD-2-Clause", "cc0": "CC0-1.0",
    ]
}

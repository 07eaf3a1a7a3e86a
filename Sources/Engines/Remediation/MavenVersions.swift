import Packages

/// Which versions of a Maven package can follow another.
enum MavenVersions {
    /// From low to high, greater than the present one and of its kind.
    static func greater(than version: String, of name: String, _ universe: PackageUniverse) -> [String] {
        universe.versions(of: name).filter { candidate in
            isSameKind(candidate, as: version) && VersionOrdering.maven.compare(candidate, version) == .greater
        }
    }

    /// Guava has one line for the JRE and one for Android; old Apache Commons count by the date, which looks high.
    static func isSameKind(_ candidate: String, as version: String) -> Bool {
        flavour(candidate) == flavour(version) && (!isDate(candidate) || isDate(version))
    }

    private static func flavour(_ version: String) -> String { version.hasSuffix("-android") ? "android" : "jre" }

    private static func isDate(_ version: String) -> Bool {
        let digits = version.utf8.prefix { (48...57).contains($0) }
        return digits.count >= 8 && (digits.starts(with: "19".utf8) || digits.starts(with: "20".utf8))
    }

    /// Alpha, beta, milestones, candidates, snapshots.
    static func isPrerelease(_ version: String) -> Bool {
        let words = version.lowercased().split { !$0.isLetter }
        return words.contains {
            ["alpha", "beta", "a", "b", "m", "milestone", "rc", "cr", "snapshot", "pre", "ea"].contains($0)
        }
    }
}

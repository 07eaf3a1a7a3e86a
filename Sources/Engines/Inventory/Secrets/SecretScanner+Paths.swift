extension SecretScanner {
    /// Whether a file of this name is worth reading: pictures, fonts, archives and lockfiles hold no secrets but many
    /// strings that look like them.
    public static func wants(path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if lockfiles.contains(name) { return false }
        return !(name.split(separator: ".").last.map { skippedEndings.contains(String($0)) } ?? false)
    }

    /// Whether the file lies where a distribution or a package manager puts what others wrote: examples and tests there
    /// hold keys that open nothing.
    static func isVendored(_ path: String) -> Bool {
        vendoredRoots.contains { path.hasPrefix($0) }
            || path.utf8.split(separator: UInt8(ascii: "/")).dropLast().contains {
                let folder = Substring($0)
                return vendoredFolders.contains(folder) || folder.hasSuffix(".dist-info")
            }
    }

    private static let vendoredRoots = [
        "usr/share/", "usr/include/", "usr/lib/", "usr/lib64/", "lib/", "lib64/", "usr/libexec/", "usr/local/go/",
        "usr/local/lib/", "usr/local/share/", "var/lib/dpkg/", "var/lib/apt/", "lib/apk/", "etc/ssl/certs/",
        "opt/conda/",
        "etc/pki/", "usr/src/",
    ]
    private static let vendoredFolders: Set<Substring> = [
        "node_modules", "site-packages", "dist-packages", "bower_components", ".git", "gems",
    ]

    private static let lockfiles: Set<String> = [
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "go.sum", "cargo.lock",
        "poetry.lock",
        "uv.lock", "pdm.lock", "pipfile.lock", "composer.lock", "gemfile.lock", "packages.lock.json", "gradle.lockfile",
    ]
    private static let skippedEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "bmp", "ico", "webp", "tif", "tiff", "woff", "woff2", "ttf", "otf", "eot", "zip",
        "gz", "xz",
        "zst", "bz2", "jar", "war", "pdf", "mp3", "mp4", "so", "a", "o", "pyc", "class",
    ]
}

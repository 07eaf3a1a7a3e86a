import Documents

/// A kind of file that names packages.
enum InventoryFormat: String, CaseIterable {
    case dpkgStatus = "a dpkg status file"
    case apkInstalled = "an apk database"
    case npmLock = "an npm lockfile"
    case yarnLock = "a yarn lockfile"
    case pnpmLock = "a pnpm lockfile"
    case nodePackage = "an installed package.json"
    case requirements = "a pip requirements file"
    case pipfileLock = "a Pipfile.lock"
    case poetryLock = "a poetry.lock"
    case uvLock = "a uv.lock"
    case pdmLock = "a pdm.lock"
    case pylock = "a pylock.toml"
    case pythonMetadata = "Python package metadata"
    case goMod = "a go.mod"
    case cargoLock = "a Cargo.lock"
    case composerLock = "a composer.lock"
    case gemfileLock = "a Gemfile.lock"
    case nugetLock = "a packages.lock.json"
    case gradleLock = "a Gradle lockfile"

    var title: String { rawValue }

    /// The format of the file at a path, by its name; nil for a file that names no packages.
    init?(path: String) {
        let parts = path.split(separator: "/")
        guard let name = parts.last.map(String.init) else { return nil }
        switch name {
        case "status" where path.hasSuffix("var/lib/dpkg/status") || path.hasSuffix("usr/lib/opkg/status"): self = .dpkgStatus
        case _ where parts.count >= 5 && path.contains("var/lib/dpkg/status.d/"):
            if name.hasSuffix(".md5sums") { return nil }
            self = .dpkgStatus
        case "installed" where path.hasSuffix("lib/apk/db/installed"): self = .apkInstalled
        case _ where parts.dropLast().contains("node_modules"):
            // Inside an installed package only its own description counts.
            guard name == "package.json", Self.isPackageFolder(parts.dropLast()) else { return nil }
            self = .nodePackage
        case "package-lock.json", "npm-shrinkwrap.json", ".package-lock.json": self = .npmLock
        case "yarn.lock": self = .yarnLock
        case "pnpm-lock.yaml": self = .pnpmLock
        case _ where name.hasSuffix(".txt") && name.hasPrefix("requirements") || name.hasSuffix("requirements.txt"): self = .requirements
        case "Pipfile.lock": self = .pipfileLock
        case "poetry.lock": self = .poetryLock
        case "uv.lock": self = .uvLock
        case "pdm.lock": self = .pdmLock
        case _ where name == "pylock.toml" || name.hasPrefix("pylock.") && name.hasSuffix(".toml"): self = .pylock
        case "METADATA" where parts.dropLast().last?.hasSuffix(".dist-info") == true: self = .pythonMetadata
        case "PKG-INFO" where parts.dropLast().last?.hasSuffix(".egg-info") == true: self = .pythonMetadata
        case "go.mod": self = .goMod
        case "Cargo.lock": self = .cargoLock
        case "composer.lock": self = .composerLock
        case "Gemfile.lock", "gems.locked": self = .gemfileLock
        case "packages.lock.json": self = .nugetLock
        case "gradle.lockfile", "buildscript-gradle.lockfile": self = .gradleLock
        default: return nil
        }
    }

    /// `node_modules/name` or `node_modules/@scope/name`.
    private static func isPackageFolder(_ parts: ArraySlice<Substring>) -> Bool {
        guard let index = parts.lastIndex(of: "node_modules") else { return false }
        let rest = parts[(index + 1)...]
        return rest.count == 1 || rest.count == 2 && rest.first?.hasPrefix("@") == true
    }

    func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        switch self {
        case .dpkgStatus: try DpkgStatus.read(file)
        case .apkInstalled: try ApkInstalled.read(file)
        case .npmLock: try NpmLock.read(file)
        case .yarnLock: try YarnLock.read(file)
        case .pnpmLock: try PnpmLock.read(file)
        case .nodePackage: try NodePackage.read(file)
        case .requirements: try Requirements.read(file)
        case .pipfileLock: try PipfileLock.read(file)
        case .poetryLock: try PythonTOMLLock.read(file, .poetry)
        case .uvLock: try PythonTOMLLock.read(file, .uv)
        case .pdmLock: try PythonTOMLLock.read(file, .pdm)
        case .pylock: try PythonTOMLLock.read(file, .pylock)
        case .pythonMetadata: try PythonMetadata.read(file)
        case .goMod: try GoModule.read(file)
        case .cargoLock: try CargoLock.read(file)
        case .composerLock: try ComposerLock.read(file)
        case .gemfileLock: try GemfileLock.read(file)
        case .nugetLock: try NuGetLock.read(file)
        case .gradleLock: try GradleLock.read(file)
        }
    }
}

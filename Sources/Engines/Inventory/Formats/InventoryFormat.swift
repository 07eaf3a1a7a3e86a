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
    case pom = "a Maven project"
    case gradleVerification = "Gradle's verification metadata"
    case nugetXML = "a NuGet package list"
    case bunLock = "a bun.lock"
    case pubspecLock = "a pubspec.lock"
    case packageResolved = "a Package.resolved"
    case podfileLock = "a Podfile.lock"
    case mixLock = "a mix.lock"
    case conanLock = "a conan.lock"
    case renvLock = "an renv.lock"
    case dotnetDependencies = "a .NET dependency file"
    case juliaManifest = "a Julia manifest"
    case rpmDatabase = "an RPM database"
    case pacman = "a pacman description"
    case portage = "a Portage package"
    case javaArchive = "a Java archive"
    case composerInstalled = "Composer's installed.json"
    case gemSpecification = "a gem's specification"
    case condaPackage = "a conda package description"
    case condaLock = "a conda environment"
    case rDescription = "an R package description"
    case cabalFreeze = "a cabal.project.freeze"
    case stackLock = "a stack.yaml.lock"
    case rebarLock = "a rebar.lock"
    case sbtLock = "an sbt lockfile"

    var title: String { rawValue }

    /// The format of the file at a path, by its name; nil for a file that names no packages.
    init?(path: String) {
        let parts = path.split(separator: "/")
        guard let name = parts.last.map(String.init) else { return nil }
        switch name {
        case "status" where path.hasSuffix("var/lib/dpkg/status") || path.hasSuffix("usr/lib/opkg/status"):
            self = .dpkgStatus
        case _ where parts.count >= 5 && path.contains("var/lib/dpkg/status.d/"):
            if name.hasSuffix(".md5sums") { return nil }
            self = .dpkgStatus
        case "installed" where path.hasSuffix("lib/apk/db/installed"): self = .apkInstalled
        case "rpmdb.sqlite", "Packages", "Packages.db":
            let folder = parts.dropLast().joined(separator: "/")
            guard
                ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"].contains(where: {
                    folder == $0 || folder.hasSuffix("/" + $0)
                })
            else { return nil }
            self = .rpmDatabase
        case "desc" where path.hasPrefix("var/lib/pacman/local/") && parts.count == 6: self = .pacman
        case "PF" where path.hasPrefix("var/db/pkg/") && parts.count == 6: self = .portage
        case _ where parts.dropLast().contains("node_modules"):
            // Inside an installed package only its own description counts.
            guard name == "package.json", Self.isPackageFolder(parts.dropLast()) else { return nil }
            self = .nodePackage
        case _ where Self.isJavaArchive(name): self = .javaArchive
        case "installed.json" where parts.count == 1 || parts.dropLast().last == "composer": self = .composerInstalled
        case _ where name.hasSuffix(".gemspec") && parts.dropLast().contains("specifications"): self = .gemSpecification
        case _ where name.hasSuffix(".json") && parts.dropLast().last == "conda-meta": self = .condaPackage
        case "conda-lock.yml", "environment.yml", "environment.yaml": self = .condaLock
        case "DESCRIPTION" where parts.count >= 3 && Self.libraries.contains(parts[parts.count - 3]):
            self = .rDescription
        case "cabal.project.freeze": self = .cabalFreeze
        case "stack.yaml.lock": self = .stackLock
        case "rebar.lock": self = .rebarLock
        case _ where name.hasSuffix(".sbt.lock"): self = .sbtLock
        case "package-lock.json", "npm-shrinkwrap.json", ".package-lock.json": self = .npmLock
        case "yarn.lock": self = .yarnLock
        case "pnpm-lock.yaml": self = .pnpmLock
        case _ where name.hasSuffix(".txt") && name.hasPrefix("requirements") || name.hasSuffix("requirements.txt"):
            self = .requirements
        case "Pipfile.lock": self = .pipfileLock
        case "poetry.lock": self = .poetryLock
        case "uv.lock": self = .uvLock
        case "pdm.lock": self = .pdmLock
        case _ where name == "pylock.toml" || name.hasPrefix("pylock.") && name.hasSuffix(".toml"): self = .pylock
        case "METADATA" where parts.dropLast().last?.hasSuffix(".dist-info") == true: self = .pythonMetadata
        case "PKG-INFO"
        where parts.dropLast().last?.hasSuffix(".egg-info") == true || parts.dropLast().last == "EGG-INFO":
            self = .pythonMetadata
        case _ where name.hasSuffix(".egg-info"): self = .pythonMetadata
        case "go.mod": self = .goMod
        case "Cargo.lock": self = .cargoLock
        case "composer.lock": self = .composerLock
        case "Gemfile.lock", "gems.locked": self = .gemfileLock
        case "packages.lock.json": self = .nugetLock
        case "gradle.lockfile", "buildscript-gradle.lockfile": self = .gradleLock
        case "pom.xml": self = .pom
        case "verification-metadata.xml": self = .gradleVerification
        case "packages.config", "Directory.Packages.props": self = .nugetXML
        case "bun.lock": self = .bunLock
        case "pubspec.lock": self = .pubspecLock
        case "Package.resolved": self = .packageResolved
        case "Podfile.lock": self = .podfileLock
        case "mix.lock": self = .mixLock
        case "conan.lock": self = .conanLock
        case "renv.lock": self = .renvLock
        case _ where name.hasSuffix(".deps.json"): self = .dotnetDependencies
        case "Manifest.toml": self = .juliaManifest
        default: return nil
        }
    }

    /// Folders that R keeps its packages in.
    private static let libraries: Set<Substring> = ["library", "site-library", "R"]

    private static func isJavaArchive(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return JavaArchive.endings.contains(name[name.index(after: dot)...].lowercased())
    }

    /// How the file's packages are weighed against those of others.
    var role: InventoriedFile.Role {
        switch self {
        case .dpkgStatus, .apkInstalled, .rpmDatabase, .pacman, .portage: .database
        case .nodePackage, .pythonMetadata, .dotnetDependencies, .javaArchive, .composerInstalled, .gemSpecification,
            .condaPackage, .rDescription:
            .installed
        default: .lockfile
        }
    }

    /// People write in files of this kind, secrets too.
    var isText: Bool {
        switch self {
        case .pom, .requirements, .nodePackage, .goMod, .nugetXML, .condaLock: true
        default: false
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
        case .pom: try MavenProject.read(file)
        case .gradleVerification: try GradleVerification.read(file)
        case .nugetXML: try NuGetXML.read(file)
        case .bunLock: try BunLock.read(file)
        case .pubspecLock: try PubspecLock.read(file)
        case .packageResolved: try PackageResolved.read(file)
        case .podfileLock: try PodfileLock.read(file)
        case .mixLock: try MixLock.read(file)
        case .conanLock: try ConanLock.read(file)
        case .renvLock: try RenvLock.read(file)
        case .dotnetDependencies: try DotnetDependencies.read(file)
        case .juliaManifest: try JuliaManifest.read(file)
        case .rpmDatabase: try RPMDatabase.read(file)
        case .pacman: try PacmanDescription.read(file)
        case .portage: try PortagePackage.read(file)
        case .javaArchive: JavaArchive.read(file)
        case .composerInstalled: try ComposerLock.readInstalled(file)
        case .gemSpecification: try GemSpecification.read(file)
        case .condaPackage: try CondaPackage.read(file)
        case .condaLock: try CondaLock.read(file)
        case .rDescription: try RDescription.read(file)
        case .cabalFreeze: try CabalFreeze.read(file)
        case .stackLock: try StackLock.read(file)
        case .rebarLock: try RebarLock.read(file)
        case .sbtLock: try SbtLock.read(file)
        }
    }
}

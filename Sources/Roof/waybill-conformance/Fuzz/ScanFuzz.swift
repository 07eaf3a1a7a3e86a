import Inventory
import OCI
import WaybillCore

/// Everything that the scanner reads: each kind of file by the name that it would have, layers and their framing,
/// bills of materials, secret rules.
enum ScanFuzz {
    static let targets =
        files.map { name, path in
            FuzzTarget("scan-\(name)") { bytes in try scan(path, bytes) }
        } + [
            FuzzTarget("scan-layer") { try layer($0) }, FuzzTarget("scan-archive", archive),
            FuzzTarget("scan-sbom", sbom), FuzzTarget("scan-secret-rules", rules), FuzzTarget("scan-secrets", secrets),
            FuzzTarget("scan-record", record),
        ]

    private static let files: [(String, String)] = [
        ("dpkg", "var/lib/dpkg/status"), ("apk", "lib/apk/db/installed"), ("rpm", "var/lib/rpm/rpmdb.sqlite"),
        ("jar", "lib/a-1.0.jar"), ("program", "usr/bin/a"), ("npm", "package-lock.json"), ("yarn", "yarn.lock"),
        ("pnpm", "pnpm-lock.yaml"), ("bun", "bun.lock"), ("pip", "requirements.txt"), ("pipenv", "Pipfile.lock"),
        ("poetry", "poetry.lock"), ("uv", "uv.lock"), ("pdm", "pdm.lock"), ("pylock", "pylock.toml"),
        ("python", "a.dist-info/METADATA"), ("go-mod", "go.mod"), ("cargo", "Cargo.lock"),
        ("composer", "composer.lock"),
        ("gems", "Gemfile.lock"), ("gemspec", "specifications/a.gemspec"), ("nuget", "packages.lock.json"),
        ("gradle", "gradle.lockfile"), ("sbt", "build.sbt.lock"), ("maven", "pom.xml"),
        ("nuget-xml", "packages.config"),
        ("pub", "pubspec.lock"), ("swift", "Package.resolved"), ("pods", "Podfile.lock"), ("mix", "mix.lock"),
        ("rebar", "rebar.lock"), ("conan", "conan.lock"), ("renv", "renv.lock"), ("dotnet", "a.deps.json"),
        ("julia", "Manifest.toml"), ("cabal", "cabal.project.freeze"), ("stack", "stack.yaml.lock"),
        ("conda", "environment.yml"), ("copyright", "usr/share/doc/bash/copyright"),
    ]

    /// What was recognised and gives nothing must say why, and name the file.
    private static func scan(_ path: String, _ bytes: [UInt8]) throws {
        let result = InventoryScanner.scan([FileEntry(path: path, kind: .file, size: bytes.count, contents: bytes)])
        for problem in result.problems where problem.rule == "WB-SCAN-001" && problem.place.location?.file != path {
            throw FuzzTarget.Finding(message: "a problem does not name the file: \(problem.message)")
        }
    }

    private static func layer(_ bytes: [UInt8]) throws {
        let digest = Digest.sha256(of: bytes)
        let limits = LayerLimits(unpackedBytesMax: 64 << 20)
        let stream = LayerStream(digest: digest, limits: limits), builder = InventoryBuilder(layer: digest)
        do throws(WaybillError) {
            try stream.feed(bytes) { (event) throws(WaybillError) in try builder.handle(event) }
            let facts = try stream.finish { (event) throws(WaybillError) in try builder.handle(event) }
            _ = try ImageInventory.result(of: [builder.finish(facts)])
        } catch {
            guard error.subject.contains(digest.short) || error.code == .invalidInput else {
                throw FuzzTarget.Finding(message: "the error does not name the layer: \(error)")
            }
        }
    }

    private static func archive(_ bytes: [UInt8]) throws {
        _ = try? TarIndex(size: bytes.count, subject: "fuzz") { (offset, count) throws(WaybillError) in
            Array(bytes.dropFirst(offset).prefix(count))
        }
    }

    private static func sbom(_ bytes: [UInt8]) throws { _ = try? SBOM.inventory(from: bytes, file: "fuzz") }

    private static func rules(_ bytes: [UInt8]) throws {
        for set in [
            try? GitleaksConfiguration.rules(from: bytes, file: "fuzz"),
            try? TrivySecretConfiguration.rules(from: bytes, file: "fuzz"),
        ] {
            guard let set, set.rules.count < 200 else { continue }
            _ = try? SecretScanner(set).scan(path: "a.txt", bytes: bytes)
        }
    }

    private static func secrets(_ bytes: [UInt8]) throws { _ = SecretScanner.scan(path: "a.txt", bytes: bytes) }

    /// A record that is read gives the same bytes again.
    private static func record(_ bytes: [UInt8]) throws {
        guard let one = try? LayerInventory(bytes: bytes, file: "fuzz") else { return }
        guard let other = try? LayerInventory(bytes: one.bytes, file: "fuzz"), other == one else {
            throw FuzzTarget.Finding(message: "a record changes when it is written and read")
        }
    }
}

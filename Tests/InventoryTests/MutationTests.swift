import Inventory
import OCI
import Packages
import Testing
import WaybillCore

/// Bytes from outside, broken in every way that is cheap to think of: whatever comes out, nothing traps, and what was
/// recognised and cannot be read is a problem that names the file.
struct MutationTests {
    /// A whole file of each kind that names packages, as small as it can be.
    static let samples: [(path: String, bytes: [UInt8])] =
        texts.map { ($0.0, Array($0.1.utf8)) } + [
            ("var/lib/rpm/rpmdb.sqlite", RPMDatabaseTests.sqlite),
            (
                "lib/a-1.0.jar",
                Programs.zip([("META-INF/maven/a/b/pom.properties", Array("groupId=a\nartifactId=b\nversion=1\n".utf8))]
                )
            ),
            ("bin/go", Programs.go(version: "go1.21.0", modules: "dep\ta/b\tv1.0.0\th\n")),
            ("bin/oldgo", Programs.oldGo(version: "go1.13", modules: "dep\ta/b\tv1.0.0\th\n")),
            (
                "bin/rust",
                (try? Programs.zlib(Array(#"{"packages":[{"name":"a","version":"1.0.0"}]}"#.utf8))).map {
                    Programs.elf(section: ".dep-v0", $0)
                } ?? []
            ),
        ]

    static let texts: [(String, String)] = [
        ("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\nSource: b (2)\n"),
        ("lib/apk/db/installed", "P:a\nV:1-r0\nF:usr/bin\nR:a\n"),
        (
            "package-lock.json",
            #"{"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0","dependencies":{"b":"2"}}}}"#
        ),
        (
            "old/package-lock.json",
            #"{"dependencies":{"a":{"version":"1.0.0","requires":{"b":"2"},"dependencies":{"b":{"version":"2.0.0"}}}}}"#
        ),
        (
            "yarn.lock",
            "\"a@^1\", a@1:\n  version \"1.0.0\"\n  dependencies:\n    b \"^2\"\n\nb@^2:\n  version: 2.0.0\n"
        ),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: ^1, version: 1.0.0(b@2.0.0)}\npackages:\n  a@1.0.0: {}\nsnapshots:\n  a@1.0.0(b@2.0.0): {dependencies: {b: 2.0.0}}\n"
        ),
        (
            "bun.lock",
            "{\"workspaces\": {\"\": {\"dependencies\": {\"a\": \"1\"}}}, \"packages\": {\"a\": [\"a@1.0.0\", \"\", {\"dependencies\": {\"b\": \"2\"}}, \"x\"],},}"
        ),
        ("requirements.txt", "a==1.0 # x\nb>=2,<3 ; python_version<'3'\n"),
        ("Pipfile.lock", #"{"default":{"a":{"version":"==1.0"}},"develop":{}}"#),
        ("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\n[package.dependencies]\nb = \">=2\"\n"),
        (
            "uv.lock",
            "[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"b\" }]\n"
        ),
        ("pdm.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\ndependencies = [\"b>=2\"]\n"),
        ("pylock.toml", "[[packages]]\nname = \"a\"\nversion = \"1.0\"\n"),
        ("x.dist-info/METADATA", "Name: a\nVersion: 1.0\nLicense: MIT\n\ntext\n"),
        ("go.mod", "module x\ngo 1.16\nrequire (\n a/b v1.0.0 // indirect\n)\nreplace a/b => c/d v1.1.0\n"),
        ("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b 2.0.0\"]\n"),
        ("composer.lock", #"{"packages":[{"name":"a/b","version":"1.0.0","require":{"php":"8"},"license":["MIT"]}]}"#),
        ("vendor/composer/installed.json", #"{"packages":[{"name":"a/b","version":"1.0.0"}],"dev-package-names":[]}"#),
        ("Gemfile.lock", "GEM\n  specs:\n    a (1.0)\n      b (~> 2)\nDEPENDENCIES\n  a\n"),
        (
            "specifications/a-1.0.gemspec",
            "Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  s.version = \"1.0\"\nend\n"
        ),
        (
            "packages.lock.json",
            #"{"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"1.0","dependencies":{"B":"2"}}}}}"#
        ),
        ("gradle.lockfile", "a:b:1.0=compileClasspath\nempty=\n"),
        ("build.sbt.lock", #"{"dependencies":[{"org":"a","name":"b","version":"1","configurations":["test"]}]}"#),
        (
            "pom.xml",
            "<project><properties><v>1</v></properties><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>${v}</version></dependency></dependencies></project>"
        ),
        (
            "verification-metadata.xml",
            "<verification-metadata><components><component group=\"a\" name=\"b\" version=\"1\"/></components></verification-metadata>"
        ),
        ("packages.config", "<packages><package id=\"a\" version=\"1\"/></packages>"),
        ("pubspec.lock", "packages:\n  a:\n    dependency: transitive\n    version: \"1.0.0\"\n"),
        ("Package.resolved", #"{"pins":[{"location":"https://github.com/a/b.git","state":{"version":"1.0.0"}}]}"#),
        ("Podfile.lock", "PODS:\n  - A (1.0):\n    - B (= 2.0)\nDEPENDENCIES:\n  - A (= 1.0)\n"),
        ("mix.lock", "%{\n  \"a\": {:hex, :a, \"1.0.0\", \"abc\", [:mix], []},\n}\n"),
        ("rebar.lock", "{\"1.2.0\",\n[{<<\"a\">>,{pkg,<<\"a\">>,<<\"1.0.0\">>},0}]}.\n"),
        (
            "conan.lock",
            #"{"graph_lock":{"nodes":{"0":{"path":"x","requires":["1"]},"1":{"ref":"a/1.0#r","requires":["1"]}}}}"#
        ),
        ("renv.lock", #"{"Packages":{"a":{"Package":"a","Version":"1.0","Requirements":["a"]}}}"#),
        (
            "app.deps.json",
            #"{"targets":{"x":{"a/1.0":{"dependencies":{"b":"2"}}}},"libraries":{"a/1.0":{"type":"package"}}}"#
        ),
        ("Manifest.toml", "julia_version = \"1.9.0\"\n[[deps.A]]\ndeps = [\"B\"]\nversion = \"1.0.0\"\n"),
        ("cabal.project.freeze", "constraints: any.a ==1.0,\n             any.b ==2.0\n"),
        ("stack.yaml.lock", "packages:\n- completed:\n    hackage: a-1.0@sha256:00,1\n"),
        ("conda-meta/a.json", #"{"name":"a","version":"1.0"}"#),
        ("environment.yml", "dependencies:\n  - a=1.0=py\n  - pip:\n    - b==2\n"),
        ("usr/lib/R/library/a/DESCRIPTION", "Package: a\nVersion: 1.0\nBuilt: R 4\n"),
        ("var/lib/pacman/local/a-1/desc", "%NAME%\na\n\n%VERSION%\n1-1\n"),
        ("var/db/pkg/app/a-1.0-r1/PF", "a-1.0-r1\n"),
        ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
        ("var/lib/dpkg/info/a.list", "/.\n/usr/bin/a\n"),
    ]

    private static func scan(_ path: String, _ bytes: [UInt8]) -> InventoryResult {
        InventoryScanner.scan([FileEntry(path: path, kind: .file, contents: bytes)])
    }

    @Test func `the whole files are read`() {
        for (path, bytes) in Self.samples where !path.hasPrefix("etc/") && !path.hasSuffix(".list") {
            let result = Self.scan(path, bytes)
            #expect(!result.isIncomplete && result.recognised, "\(path): \(result.problems.map(\.message))")
            #expect(!result.packages.isEmpty || !result.projects.isEmpty, "\(path)")
        }
    }

    @Test func `files that end anywhere, and files with any byte changed, are read or named, and never trap`() {
        var random = Numbers(seed: 20)
        for (path, bytes) in Self.samples {
            let step = max(1, bytes.count / 60)
            for end in stride(from: 0, to: bytes.count, by: step) { Self.check(path, Array(bytes[..<end])) }
            for _ in 0..<80 where !bytes.isEmpty {
                var changed = bytes
                for _ in 0...random.below(3) {
                    let position = random.below(changed.count)
                    switch random.below(4) {
                    case 0: changed[position] = UInt8(truncatingIfNeeded: random.next())
                    case 1: changed[position] = [0, 0xFF, 0x7F, 0x80, 0x22, 0x7B, 0x5B][random.below(7)]
                    case 2: changed.insert(contentsOf: changed[position...].prefix(random.below(40)), at: position)
                    default: changed.removeSubrange(position..<min(changed.count, position + 1 + random.below(8)))
                    }
                    if changed.isEmpty { break }
                }
                Self.check(path, changed)
            }
        }
    }

    private static func check(_ path: String, _ bytes: [UInt8]) {
        for problem in scan(path, bytes).problems where problem.rule == "WB-SCAN-001" {
            #expect(problem.place.location?.file == path)
        }
    }

    @Test(arguments: [
        ("package-lock.json", "{\"packages\":", "{\"a\":", "1", "}"), ("pnpm-lock.yaml", "packages: ", "[", "1", "]"),
        ("Cargo.lock", "a = ", "[", "1", "]"), ("pom.xml", "<project>", "<a>", "", "</a>"),
        ("old/package-lock.json", "{\"dependencies\":", "{\"a\":{\"version\":\"1\",\"dependencies\":", "{}", "}}"),
    ])
    func `nesting without end is refused by name`(
        _ path: String, _ start: String, _ open: String, _ core: String, _ close: String
    ) {
        let depth = 20_000
        let text = start + String(repeating: open, count: depth) + core + String(repeating: close, count: depth)
        let result = Self.scan(path, Array(text.utf8))
        #expect(result.problems.contains { $0.rule == "WB-SCAN-001" && $0.place.location?.file == path })
    }

    @Test func `dependencies that run in a circle are a graph like any other`() {
        let text =
            #"{"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0","dependencies":{"b":"1"}},"node_modules/b":{"version":"1.0.0","dependencies":{"a":"1"}}}}"#
        let result = Self.scan("package-lock.json", Array(text.utf8))
        #expect(result.packages.map(\.dependencies) == [["b@1.0.0"], ["a@1.0.0"]])
    }

    @Test func `bills of materials that end anywhere are refused or read`() {
        let documents = [
            #"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a","purl":"pkg:npm/a@1"}]}"#,
            #"<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component type="library"><name>a</name><purl>pkg:npm/a@1</purl></component></components></bom>"#,
            #"{"spdxVersion":"SPDX-2.3","packages":[{"name":"a","SPDXID":"x","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}]}"#,
            "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n",
        ]
        for document in documents {
            let bytes = Array(document.utf8)
            #expect((try? SBOM.inventory(from: bytes, file: "x"))?.packages.map(\.name) == ["a"])
            for end in 0..<bytes.count {
                // A text that is cut off may be a shorter list, but then it is a whole document of its kind.
                if let found = try? SBOM.inventory(from: Array(bytes[..<end]), file: "x") { #expect(found.recognised) }
            }
        }
    }

    @Test func `layers with damaged framing are refused, packed or not`() throws {
        var writer = TarWriter()
        writer.add(TarEntry(name: "lib/apk/db/installed"), contents: Array("P:a\nV:1-r0\n".utf8))
        writer.add(TarEntry(name: String(repeating: "long/", count: 40) + "x", kind: .symbolicLink, linkName: "y"))
        let plain = writer.finish(), packed = try Gzip.compress(plain)
        var random = Numbers(seed: 7), refused = 0
        for original in [plain, packed] {
            for round in 0..<200 {
                var bytes = original
                if round.isMultiple(of: 2) {
                    bytes.removeLast(1 + random.below(bytes.count - 1))
                } else {
                    bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
                }
                // The digest is that of the damaged bytes: only the framing can tell.
                let digest = Digest.sha256(of: bytes)
                let stream = LayerStream(digest: digest), builder = InventoryBuilder(layer: digest)
                do throws(WaybillError) {
                    try stream.feed(bytes) { (event) throws(WaybillError) in try builder.handle(event) }
                    _ = builder.finish(try stream.finish { (event) throws(WaybillError) in try builder.handle(event) })
                } catch {
                    refused += 1
                    #expect(error.subject.contains(digest.short))
                }
            }
        }
        #expect(refused > 100)
    }
}

/// Numbers that are the same in every run.
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}

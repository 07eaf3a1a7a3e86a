import Documents
import Inventory
import OCI
import Packages
import Testing
import WaybillCore

func file(_ path: String, _ text: String) -> FileEntry {
    FileEntry(path: path, kind: .file, contents: Array(text.utf8))
}

struct InventoryScannerTests {
    @Test func `packages of a Debian image know their release, source and line`() throws {
        let result = InventoryScanner.scan([
            file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
            file(
                "var/lib/dpkg/status",
                """
                Package: libc6
                Status: install ok installed
                Architecture: amd64
                Source: glibc (2.36-9)
                Version: 2.36-9+b1
                Description: C library
                 long text

                Package: gone
                Status: deinstall ok config-files
                Version: 1.0
                """),
        ])
        #expect(result.recognised && result.problems.isEmpty)
        let package = try #require(result.packages.first)
        #expect(result.packages.count == 1)
        #expect(package.ecosystem == .debian("12"))
        #expect(package.source == Package.Source(name: "glibc", version: "2.36-9"))
        #expect(package.place.location == SourceLocation(file: "var/lib/dpkg/status", line: 1))
        #expect(package.place.package == "pkg:deb/debian/libc6@2.36-9%2Bb1?arch=amd64&distro=debian-12")
    }

    @Test func `an Alpine image without release says that nothing can be matched`() {
        let result = InventoryScanner.scan([file("lib/apk/db/installed", "P:musl\nV:1.2.5-r0\no:musl\n")])
        #expect(result.packages.map(\.name) == ["musl"])
        #expect(result.problems.map(\.rule) == ["WB-SCAN-003"])
    }

    @Test(arguments: [
        ("package-lock.json", "{"), ("package-lock.json", "[]"), ("go.mod", "nonsense here"),
        ("Cargo.lock", "[[package"),
        ("var/lib/dpkg/status", "no field"), ("lib/apk/db/installed", "x"), ("yarn.lock", "what is this"),
        ("packages.lock.json", "{}"), ("composer.lock", "null"), ("uv.lock", "a = \"x"),
    ])
    func `a file that cannot be read is a problem at its place, never calm`(_ path: String, _ text: String) {
        let result = InventoryScanner.scan([file(path, text)])
        #expect(result.recognised)
        #expect(result.isIncomplete)
        #expect(result.problems.contains { $0.rule == "WB-SCAN-001" && $0.place.location?.file == path })
    }

    @Test func `an RPM database that cannot be read is reported, not passed over`() {
        let result = InventoryScanner.scan([file("var/lib/rpm/rpmdb.sqlite", "SQLite")])
        #expect(result.isIncomplete)
        #expect(InventoryScanner.wants(path: "/var/lib/rpm/rpmdb.sqlite"))
    }

    @Test func `a lockfile's packages stand at their lines`() throws {
        let text = """
            {"lockfileVersion": 3, "packages": {
              "": {"dependencies": {"lodash": "^4.17.0"}},
              "node_modules/lodash": {"version": "4.17.20", "license": "MIT"},
              "node_modules/a/node_modules/@s/b": {"version": "1.0.0", "dev": true}
            }}
            """
        let result = InventoryScanner.scan([file("app/package-lock.json", text)])
        #expect(result.packages.map(\.name) == ["@s/b", "lodash"])
        let lodash = try #require(result.packages.last)
        #expect(lodash.isDirect == true && !lodash.isDevelopment && lodash.licences == ["MIT"])
        #expect(lodash.place.location?.description == "app/package-lock.json:3:3")
        #expect(result.packages[0].isDevelopment)
    }

    @Test func `a shrinkwrap counts instead of the lockfile beside it`() {
        let lock = #"{"packages": {"node_modules/a": {"version": "1.0.0"}}}"#
        let shrinkwrap = #"{"packages": {"node_modules/b": {"version": "1.0.0"}}}"#
        let result = InventoryScanner.scan([file("package-lock.json", lock), file("npm-shrinkwrap.json", shrinkwrap)])
        #expect(result.packages.map(\.name) == ["b"])
    }

    @Test func `a requirement without version is listed and reported`() {
        let result = InventoryScanner.scan([
            file("requirements.txt", "flask==2.0.1\nrequests>=2.0,<3 # any\n-r other.txt\n")
        ])
        #expect(result.packages.map { "\($0.name) \($0.version)" } == ["flask 2.0.1", "requests "])
        #expect(result.problems.map(\.rule) == ["WB-SCAN-005"])
    }

    @Test func `nothing recognised is said`() {
        let result = InventoryScanner.scan([file("bin/sh", "")])
        #expect(!result.recognised)
        #expect(result.problems.map(\.rule) == ["WB-SCAN-006"])
        #expect(!InventoryScanner.wants(path: "usr/share/doc/readme.txt"))
    }
}

struct CycloneDXTests {
    private let inventory = InventoryScanner.scan([
        file("etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n"),
        file("lib/apk/db/installed", "P:ssl\nV:3.0-r0\no:openssl\nA:x86_64\nL:Apache-2.0\n"),
        file("app/go.mod", "module x\n\nrequire github.com/a/b v1.2.3\n"),
    ])
    private let subject = InventorySubject(kind: .container, name: "shop/cart", version: "sha256:00")

    @Test func `equal contents give equal documents and other contents another serial number`() {
        let one = CycloneDX.document(for: inventory, subject: subject)
        #expect(JSONWriter.bytes(one) == JSONWriter.bytes(CycloneDX.document(for: inventory, subject: subject)))
        var other = inventory
        other.packages.removeLast()
        #expect(one["serialNumber"] != CycloneDX.document(for: other, subject: subject)["serialNumber"])
    }

    @Test func `a bill of materials gives the packages back`() throws {
        let document = CycloneDX.document(for: inventory, subject: subject)
        let again = try CycloneDX.inventory(from: document, file: "sbom.json")
        #expect(again.packages == inventory.packages)
        #expect(again.operatingSystem?.id == "alpine")
    }

    @Test func `another document is refused`() {
        #expect(throws: WaybillError.self) { try CycloneDX.inventory(from: ["spdxVersion": "SPDX-2.3"], file: "x") }
        #expect(throws: WaybillError.self) {
            try CycloneDX.inventory(from: ["bomFormat": "CycloneDX", "specVersion": "9"], file: "x")
        }
    }

    struct Release: Sendable {
        var path: String
        var text: String
        var ecosystem: String?
    }

    @Test(arguments: [
        Release(path: "etc/centos-release", text: "CentOS release 6.10 (Final)\n", ecosystem: "CentOS:6"),
        Release(
            path: "etc/redhat-release", text: "Red Hat Enterprise Linux Server release 6.9 (Santiago)\n",
            ecosystem: "Red Hat:6"),
        Release(
            path: "etc/oracle-release", text: "Oracle Linux Server release 6.9\n", ecosystem: "Oracle Linux:6"),
        Release(path: "etc/debian_version", text: "8.11\n", ecosystem: "Debian:8"),
        Release(path: "etc/debian_version", text: "trixie/sid\n", ecosystem: "Debian"),
        Release(path: "etc/redhat-release", text: "Something else\n", ecosystem: nil),
        Release(path: "etc/redhat-release", text: "", ecosystem: nil),
    ])
    func `a release without os-release is known by its other files`(_ release: Release) {
        let entry = FileEntry(
            path: release.path, kind: .file, size: release.text.utf8.count, contents: Array(release.text.utf8))
        #expect(OperatingSystem(in: FileTree([entry]))?.ecosystem.description == release.ecosystem)
    }
}

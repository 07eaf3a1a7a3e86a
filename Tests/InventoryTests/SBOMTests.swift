import Documents
import Inventory
import OCI
import Packages
import Testing
import WaybillCore

struct SBOMTests {
    private func packages(_ text: String) throws -> InventoryResult {
        try SBOM.inventory(from: Array(text.utf8), file: "sbom")
    }

    private func names(_ result: InventoryResult) -> [String] { result.packages.map { "\($0.name) \($0.version)" } }

    @Test func `CycloneDX in XML gives packages, licences and edges`() throws {
        let result = try packages(
            """
            <?xml version="1.0"?>
            <bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1">
              <metadata><component type="application" bom-ref="app"><name>shop</name></component></metadata>
              <components>
                <component type="library" bom-ref="a"><name>a</name><version>1.0.0</version>
                  <licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/a@1.0.0</purl></component>
                <component type="library" bom-ref="b"><name>b</name><purl>pkg:npm/b@2.0.0</purl></component>
                <component type="operating-system"><name>debian</name><version>12</version></component>
              </components>
              <dependencies><dependency ref="app"><dependency ref="a"/></dependency>
                <dependency ref="a"><dependency ref="b"/></dependency></dependencies>
            </bom>
            """)
        #expect(names(result) == ["a 1.0.0", "b 2.0.0"])
        #expect(result.packages[0].licences == ["MIT"] && result.packages[0].dependencies == ["b@2.0.0"])
        #expect(result.packages[0].isDirect == true)
        #expect(result.operatingSystem?.id == "debian")
    }

    @Test func `SPDX gives the same in JSON and in tags and values`() throws {
        let json = try packages(
            #"""
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": [
              {"name": "bash", "SPDXID": "SPDXRef-1", "versionInfo": "5.1", "licenseDeclared": "GPL-3.0-or-later",
               "sourceInfo": "built package from: bash 5.1-2",
               "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                 "referenceLocator": "pkg:deb/debian/bash@5.1-2?distro=debian-11.5"}]},
              {"name": "image", "SPDXID": "SPDXRef-2", "primaryPackagePurpose": "CONTAINER"},
              {"name": "nameless", "SPDXID": "SPDXRef-3"}],
             "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
               "relatedSpdxElement": "SPDXRef-2"}]}
            """#)
        let tags = try packages(
            """
            SPDXVersion: SPDX-2.3
            PackageName: bash
            SPDXID: SPDXRef-1
            PackageVersion: 5.1
            PackageComment: <text>several
            lines</text>
            PackageLicenseDeclared: GPL-3.0-or-later
            PackageSourceInfo: <text>built package from: bash 5.1-2</text>
            ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/bash@5.1-2?distro=debian-11.5
            PackageName: image
            SPDXID: SPDXRef-2
            PrimaryPackagePurpose: CONTAINER
            PackageName: nameless
            SPDXID: SPDXRef-3
            Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-2
            """)
        #expect(json.packages == tags.packages)
        #expect(names(json) == ["bash 5.1-2"])
        #expect(json.packages[0].ecosystem == .debian("11"))
        #expect(json.packages[0].source == Package.Source(name: "bash", version: "5.1-2"))
        #expect(json.problems.map(\.rule) == ["WB-SCAN-007"] && json.problems == tags.problems)
    }

    @Test func `SPDX 3 is read as a graph`() throws {
        let result = try packages(
            #"""
            {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
              {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"},
              {"type": "software_Package", "spdxId": "urn:a", "name": "a", "software_packageUrl": "pkg:pypi/a@1.0"},
              {"type": "software_Package", "spdxId": "urn:b", "name": "b", "software_packageVersion": "2.0",
               "externalIdentifier": [{"externalIdentifierType": "packageUrl", "identifier": "pkg:pypi/b"}]},
              {"type": "Relationship", "spdxId": "urn:r", "from": "urn:a", "to": ["urn:b"], "relationshipType": "dependsOn"}]}
            """#)
        #expect(names(result) == ["a 1.0", "b 2.0"])
        #expect(result.packages[0].dependencies == ["b@2.0"])
    }

    /// Of the library, the name and version of the source that advisories are about.
    @Test(arguments: [
        #"""
        {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "libssl3",
          "purl": "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl%403.0.11-2"}]}
        """#,
        #"""
        {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "libssl3",
          "purl": "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12", "properties": [
            {"name": "syft:metadata:source", "value": "openssl"},
            {"name": "syft:metadata:sourceVersion", "value": "3.0.11-2"}]}]}
        """#,
        #"""
        {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
          {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"},
          {"type": "software_Package", "spdxId": "urn:1", "name": "libssl3",
            "software_packageUrl": "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12",
            "software_sourceInfo": "built package from: openssl 3.0.11-2"}]}
        """#,
        """
        SPDXVersion: SPDX-2.3
        PackageName: libssl3
        SPDXID: SPDXRef-1
        ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl%403.0.11-2
        """,
    ])
    func `what a distribution's package was built from is kept in every form`(_ text: String) throws {
        let result = try packages(text)
        #expect(result.packages.map(\.source) == [Package.Source(name: "openssl", version: "3.0.11-2")])
        #expect(!result.problems.contains { $0.rule == "WB-SCAN-018" })
    }

    @Test(arguments: [
        ("1.3", "container", #", "version": "1""#, true), ("1.3", "library", "", false), ("1.4", "library", "", true),
        ("1.4", "data", "", false), ("1.5", "data", "", true), ("1.5", "cryptographic-asset", "", false),
        ("1.6", "cryptographic-asset", "", true), ("1.6", "spaceship", "", false),
    ])
    func `each version of CycloneDX has its own types`(
        _ version: String, _ type: String, _ more: String, _ isSound: Bool
    ) throws {
        let result = try packages(
            #"{"bomFormat": "CycloneDX", "specVersion": "\#(version)", "version": 1, "components": "#
                + #"[{"type": "\#(type)", "name": "a"\#(more)}]}"#)
        #expect(result.problems.contains { $0.rule == "WB-SCAN-016" } != isSound)
    }

    @Test func `a list in which no package names its source says so`() throws {
        let result = try packages(
            #"""
            {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "libssl3",
              "purl": "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12"}]}
            """#)
        #expect(result.problems.map(\.rule) == ["WB-SCAN-018"])
    }

    @Test func `a statement and an envelope around a document are taken off`() throws {
        let bom =
            #"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "a", "purl": "pkg:npm/a@1.0.0"}]}"#
        let statement =
            #"{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://cyclonedx.org/bom", "predicate": \#(bom)}"#
        let envelope =
            #"{"payloadType": "application/vnd.in-toto+json", "payload": "\#(Base64.encode(Array(statement.utf8)))", "signatures": []}"#
        for text in [bom, statement, envelope, envelope + "\n" + envelope] {
            #expect(try names(packages(text)) == ["a 1.0.0"])
        }
    }

    @Test(arguments: [
        "{}", "[]", "", "hello", "<html/>", #"{"bomFormat": "X"}"#, #"{"spdxVersion": "SPDX-1.2"}"#,
        #"{"bomFormat": "CycloneDX", "specVersion": "9.9"}"#, #"{"payload": "!!"}"#,
        #"{"@context": "x", "@graph": [{"type": "CreationInfo", "specVersion": "4.0.0"}]}"#,
    ])
    func `what is no bill of materials is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try packages(text) }
    }

    @Test func `a document that names no package says that this means nothing`() throws {
        let result = try packages(#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}"#)
        #expect(result.problems.map(\.rule) == ["WB-SCAN-006"])
    }

    @Test func `what is written in either form gives the same list back, and the same bytes every time`() throws {
        var inventory = InventoryScanner.scan([
            file("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
            file(
                "var/lib/dpkg/status", "Package: libc6\nVersion: 2.36-9\nSource: glibc\nMaintainer: M <m@debian.org>\n"),
            file(
                "package-lock.json",
                #"{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0", "license": "MIT OR ISC", "dependencies": {"b": "1"}}, "node_modules/b": {"version": "1.0.0", "license": "My own", "dev": true}}}"#
            ),
        ])
        // Groups of a lockfile and columns of a line have no place in either form.
        for index in inventory.packages.indices {
            inventory.packages[index].groups = []
            if let location = inventory.packages[index].place.location, let line = location.line {
                inventory.packages[index].place.location = SourceLocation(file: location.file, line: line)
            }
        }
        let subject = InventorySubject(kind: .container, name: "shop/cart", version: "1.5")
        let one = CycloneDX.document(for: inventory, subject: subject),
            other = SPDX.document(for: inventory, subject: subject)
        let again = try SBOM.inventory(from: JSONWriter.bytes(one), file: "x")
        #expect(again.packages == inventory.packages && again.problems.isEmpty)
        let spdx = try SBOM.inventory(from: JSONWriter.bytes(other), file: "x")
        #expect(spdx.packages.map(\.identifier) == inventory.packages.map(\.identifier))
        #expect(spdx.packages.map(\.dependencies) == inventory.packages.map(\.dependencies))
        #expect(spdx.packages.map(\.source) == inventory.packages.map(\.source))
        #expect(spdx.packages.map(\.place.location) == inventory.packages.map(\.place.location))
        #expect(spdx.problems.isEmpty && spdx.operatingSystem?.id == "debian")
        #expect(JSONWriter.bytes(other) == JSONWriter.bytes(SPDX.document(for: inventory, subject: subject)))
    }
}

struct LicencePolicyTests {
    private func package(_ licences: [String]) -> Package {
        Package(ecosystem: .npm, name: "a", version: "1", licences: licences)
    }

    @Test(arguments: [
        (["MIT"], true), (["Apache License 2.0"], true), (["MIT OR GPL-3.0-only"], true),
        (["MIT AND GPL-3.0-only"], false),
        (["GPL-3.0-only"], false), ([], false), (["(MIT OR ISC) AND BSD-3-Clause"], true), (["My own"], false),
        (["GPL-2.0-only WITH Classpath-exception-2.0"], false), (["MIT", "AGPL-3.0-only"], false), (["mit"], true),
    ])
    func `only what is allowed passes`(_ licences: [String], _ passes: Bool) {
        let policy = LicencePolicy(allowed: ["MIT", "ISC", "Apache-2.0", "BSD-*"])
        #expect(policy.findings(about: [package(licences)]).isEmpty == passes)
    }

    @Test func `what is denied is named, and without an allow list silence passes`() {
        let policy = LicencePolicy(denied: ["AGPL-*", "GPL-3.0-only"])
        #expect(policy.findings(about: [package(["AGPL-3.0-or-later"])]).map(\.rule) == ["WB-LIC-001"])
        #expect(policy.findings(about: [package(["MIT OR AGPL-3.0-only"])]).isEmpty)
        #expect(policy.findings(about: [package([])]).isEmpty)
        #expect(LicencePolicy().findings(about: [package(["AGPL-3.0-only"])]).isEmpty)
    }
}

import Documents
import Testing

@testable import ConfigurationFiles

@Suite struct BillTests {
    @Test(arguments: [
        Example(
            "SPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: hello\nCreator: Person: A\nCreator: Tool: b\nCreated: 2021-08-26T01:46:00Z\n",
            #"{"spdxVersion":"SPDX-2.2","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"hello","creationInfo":{"creators":["Person: A","Tool: b"],"created":"2021-08-26T01:46:00Z"}}"#
        ),
        Example(
            "SPDXVersion: SPDX-2.3\nPackageName: go\nSPDXID: SPDXRef-go\nPackageVersion: 1.16\nFilesAnalyzed: false\nPackageChecksum: SHA256: abc\nExternalRef: PACKAGE-MANAGER purl pkg:golang/x@1\nPackageLicenseDeclared: MIT\nPackageDescription: <text>two\nlines</text>\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-go\n",
            #"{"spdxVersion":"SPDX-2.3","packages":[{"name":"go","SPDXID":"SPDXRef-go","versionInfo":"1.16","filesAnalyzed":false,"licenseDeclared":"MIT","description":"two\nlines","checksums":[{"algorithm":"SHA256","checksumValue":"abc"}],"externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:golang/x@1"}]}],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-go"}]}"#
        ),
        Example(#"{"spdxVersion":"SPDX-2.3","name":"x"}"#, #"{"spdxVersion":"SPDX-2.3","name":"x"}"#),
    ])
    func `SPDX has the shape of its JSON form`(_ example: Example) throws { try example.check(SPDXReader.node) }

    @Test(arguments: [
        Refusal("{:foo :bar}", "1:2", "expected a key"),
        Refusal("DataLicense: x", "1:1", "must begin with SPDXVersion"),
        Refusal("SPDXVersion: SPDX-2.3\nno tag", "2:1", "expected “Tag: value”"), Refusal("", "1:1", "empty"),
        Refusal("SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>x", "3:17", "no end"),
        Refusal("SPDXVersion: SPDX-2.3\nRelationship: a b", "2:15", "three words"),
        Refusal(#"{"a":1}"#, "1:1", "spdxVersion"),
    ])
    func `what is no SPDX is refused with its place`(_ refusal: Refusal) { refusal.check(SPDXReader.node) }

    @Test(arguments: [
        Example(#"{"bomFormat":"CycloneDX","components":[]}"#, #"{"bomFormat":"CycloneDX","components":[]}"#),
        Example(
            """
            <bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:x" version="1">
              <metadata><timestamp>2024</timestamp><tools><tool><name>t</name></tool></tools></metadata>
              <components><component type="library" bom-ref="a"><name>n</name><version>1.0</version>
                <hashes><hash alg="SHA-1">ab</hash></hashes>
                <licenses><license><id>MIT</id></license></licenses>
                <properties><property name="k">v</property></properties></component></components>
              <dependencies><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
            </bom>
            """,
            #"{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:x","version":1,"metadata":{"timestamp":"2024","tools":[{"name":"t"}]},"components":[{"type":"library","bom-ref":"a","name":"n","version":"1.0","hashes":[{"alg":"SHA-1","content":"ab"}],"licenses":[{"license":{"id":"MIT"}}],"properties":[{"name":"k","value":"v"}]}],"dependencies":[{"ref":"a","dependsOn":["b"]}]}"#
        ),
    ])
    func `CycloneDX in XML has the shape of its JSON form`(_ example: Example) throws {
        try example.check(CycloneDXReader.node)
    }

    @Test(arguments: [
        Refusal("{}", "1:1", "bomFormat"), Refusal("<x/>", "1:1", "no <bom>"), Refusal("<bom>", "1:1", "no end"),
    ])
    func `what is no CycloneDX is refused with its place`(_ refusal: Refusal) { refusal.check(CycloneDXReader.node) }
}

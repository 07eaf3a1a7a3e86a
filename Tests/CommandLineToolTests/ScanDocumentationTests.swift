import Testing

/// What docs/scanning.md shows is what the program prints.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct ScanDocumentationTests {
    @Test func `every example of scanning prints what stands below it`() async throws {
        #expect(try await DocumentationBlock.runTranscripts(of: "docs/scanning.md") >= 3)
    }
}

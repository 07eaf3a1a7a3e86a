import Testing

/// What docs/policy-files.md shows is what the program prints.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct PolicyFilesDocumentationTests {
    static let path = "docs/policy-files.md"

    @Test func `every example prints what stands below it`() async throws {
        #expect(try await DocumentationBlock.runTranscripts(of: Self.path) >= 5)
    }
}

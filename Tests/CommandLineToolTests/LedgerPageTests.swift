import Attestations
import Documents
import Foundation
import HTTPServing
import Ledger
import LedgerService
import MetadataFilters
import MetadataRules
import Processes
import Synchronization
import Testing
import WaybillCore

/// What docs/ledger.md shows is what the API does.
@Suite struct LedgerPageTests {
    static let path = "docs/ledger.md"

    private struct Refusals: RefusalRecord {
        func record(_ event: Event) async throws(WaybillError) {}
    }

    @Test func `the page's calls answer what stands below them`() async throws {
        let number = Mutex(0)
        let service = MetadataService(
            store: try SQLiteMetadataStore(path: nil), access: .everybodyKnown, refusals: Refusals(),
            now: { Instant(milliseconds: 1_795_262_400_000) },
            newID: {
                number.withLock {
                    $0 += 1
                    return "o\($0)"
                }
            })
        let identities = CallerIdentities(
            tokens: TokenTable([("secret", Identity("anna"))]), now: { Timestamp(seconds: 1_795_262_400) })
        let server = try await LedgerServer.start(service, identities: identities)
        let blocks = try DocumentationBlock.blocks(of: Self.path)
        #expect(blocks.count { $0.language == "sh" } >= 6)
        for (index, block) in blocks.enumerated() where block.language == "sh" {
            let outcome = try await ProcessRunner.run(
                Command(
                    "/bin/sh", ["-e", "-c", block.text],
                    environment: ["LEDGER": "http://127.0.0.1:\(server.rest.port)", "TOKEN": "secret"],
                    timeout: .seconds(30)))
            #expect(outcome.isSuccess, "line \(block.line): \(outcome.errorText)")
            guard index + 1 < blocks.count, blocks[index + 1].language == "json" else { continue }
            let wanted = try JSONReader.value(from: blocks[index + 1].text)
            #expect(try JSONReader.value(from: outcome.output) == wanted, "line \(block.line): \(outcome.text)")
        }
        await server.stop()
    }

    @Test func `the page's access file is read and means what the page says`() throws {
        let block = try #require(try DocumentationBlock.blocks(of: Self.path).first { $0.file == "ledger.yaml" })
        let access = try LedgerAccess(parsing: Array(block.text.utf8))
        #expect(access.bindings.count == 3 && access.authorities.count == 1 && access.issuers.count == 1)
        let scanner = Identity("scanner@shop.example")
        #expect(
            access.allows(
                scanner, .init(.notesAttachOccurrence, project: "shop", note: "projects/shop/notes/CVE-1")))
        #expect(
            !access.allows(scanner, .init(.notesAttachOccurrence, project: "shop", note: "projects/shop/notes/built")))
    }

    @Test func `every filter of the page is read`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let lines = try String(contentsOf: root.appending(path: Self.path), encoding: .utf8).split(separator: "\n")
        var count = 0
        for line in lines where line.hasPrefix("| `") {
            let cell = line.split(separator: "|")[0]
            for filter in cell.split(separator: "`").enumerated().filter({ $0.offset % 2 == 1 }).map(\.element) {
                _ = try MetadataFilter(String(filter)) { $0 }
                count += 1
            }
        }
        #expect(count >= 9)
    }
}

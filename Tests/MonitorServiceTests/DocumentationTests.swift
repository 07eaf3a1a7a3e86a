import Advisories
import Foundation
import MonitorService
import Testing
import WaybillCore

struct DocumentationTests {
    /// The example in the page that begins with this line.
    private func example(_ head: String) throws -> [UInt8] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/advisories.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let block = text.components(separatedBy: "```").first { $0.contains(head) }
        let body = try #require(block, "the page has an example \(head)")
        return Array(body.drop { $0 != "\n" }.utf8)
    }

    @Test func `the page's channels are channels`() throws {
        let channels = try NotificationChannel.channels(from: try example("# notifications.yaml"), file: "example")
        #expect(channels.map(\.name) == ["pager", "chat", "mail"])
    }

    @Test func `the page's ignore file is an ignore file`() throws {
        let list = try IgnoreFiles.suppressions(from: try example("# .trivyignore.yaml"), file: "example.yaml")
        #expect(list.flatMap(\.rules) == ["CVE-2021-23337", "CVE-2020-8203"] || list.count == 2)
    }
}

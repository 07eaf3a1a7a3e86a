import Files
import Foundation
import LocalCluster
import Processes
import Testing
import WaybillCore

/// What docs/local-cluster.md shows is what kubectl says.
@Suite struct LocalClusterPageTests {
    private static let hasKubectl = FileManager.default.isExecutableFile(atPath: "/usr/bin/kubectl")

    private struct Block {
        var words: [String]
        var lines: [String] = []
    }

    private static func blocks() throws -> [Block] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/local-cluster.md")
        var blocks: [Block] = []
        var open: Block?
        for line in try String(contentsOf: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if !line.hasPrefix("```") {
                open?.lines.append(String(line))
            } else if let block = open {
                blocks.append(block)
                open = nil
            } else {
                open = Block(words: line.dropFirst(3).split(separator: " ").map(String.init))
            }
        }
        return blocks
    }

    @Test(.enabled(if: hasKubectl, "needs kubectl"))
    func `the page's commands answer what stands below them`() async throws {
        let blocks = try Self.blocks()
        try await withCluster { cluster, _ in
            let folder = URL(filePath: cluster.kubeconfigPath).deletingLastPathComponent().path + "/page"
            try Files.makeFolder(folder, mode: 0o700)
            var commands = 0
            for block in blocks {
                if block.words.first == "yaml", block.words.count == 2 {
                    try Files.write(
                        Array((block.lines.joined(separator: "\n") + "\n").utf8), to: "\(folder)/\(block.words[1])")
                }
                guard block.words == ["console"] else { continue }
                for section in block.lines.joined(separator: "\n").split(separator: "$ kubectl ") {
                    let lines = section.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                    let wanted = lines.count > 1 ? String(lines[1]) : ""
                    commands += 1
                    let command = "kubectl \(lines[0])"
                    func run() async throws -> String {
                        let outcome = try await ProcessRunner.run(
                            Command(
                                "/bin/sh", ["-c", command],
                                environment: [
                                    "KUBECONFIG": cluster.kubeconfigPath, "HOME": folder, "PATH": "/usr/bin:/bin",
                                ],
                                in: folder, timeout: .seconds(60)))
                        return outcome.text + outcome.errorText
                    }
                    var said = try await run()
                    // What controllers do takes a moment.
                    if command.hasPrefix("kubectl get") {
                        for _ in 0..<50 where !Self.fits(said, wanted) {
                            try await Task.sleep(for: .milliseconds(200))
                            said = try await run()
                        }
                    }
                    #expect(Self.fits(said, wanted), "\(command)\n\(said)")
                }
            }
            #expect(commands >= 20)
        }
    }

    /// “…” stands for the rest of a line.
    private static func fits(_ said: String, _ wanted: String) -> Bool {
        func lines(_ text: String) -> [Substring] {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
            return lines
        }
        let said = lines(said)
        let wanted = lines(wanted)
        guard said.count == wanted.count else { return false }
        return zip(said, wanted).allSatisfy { line, pattern in
            guard let dots = pattern.firstIndex(of: "…") else { return line == pattern }
            return line.hasPrefix(pattern[..<dots])
        }
    }
}

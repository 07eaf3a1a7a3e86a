import Documents
import Foundation
import Rego
import Testing

/// What docs/rego.md shows is what the program does.
@Suite struct RegoDocumentationTests {
    struct Block {
        var words: String
        var text: String
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var module: String
        var kind: String
        var input: String?
        var question: String
        var answer: String
        var testDescription: String { "\(kind) \(question)" }
    }

    static func blocks() throws -> [Block] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: "docs/rego.md"), encoding: .utf8)
        var blocks: [Block] = []
        var open: Block?
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open { blocks.append(block) }
                open = open == nil ? Block(words: String(line.dropFirst(3)), text: "") : nil
            } else {
                open?.text += line + "\n"
            }
        }
        return blocks
    }

    static func examples() throws -> [Example] {
        var result: [Example] = []
        var current: Example?
        for block in try blocks() {
            let words = block.words.split(separator: " ").map(String.init)
            switch words.first {
            case "rego":
                let kind = words.dropFirst().first ?? ""
                if kind == "formatted", var example = current {
                    example.answer = block.text
                    result.append(example)
                } else {
                    current = Example(module: block.text, kind: kind, question: "", answer: "")
                }
            case "json": current?.input = block.text
            case "text":
                guard var example = current else { continue }
                example.question = words[1]
                example.answer = block.text
                result.append(example)
            default: continue
            }
        }
        return result
    }

    @Test func `every example has its answer`() throws {
        let modules = try Self.blocks().filter { $0.words.hasPrefix("rego") && !$0.words.contains(" formatted") }
        #expect(try Self.examples().count == modules.count && modules.count > 6)
    }

    @Test(arguments: try RegoDocumentationTests.examples())
    func `the document's examples do what it says`(_ example: Example) throws {
        if example.kind == "unformatted" {
            #expect(try RegoFormatter.format(example.module, file: "policy.rego") == example.answer)
            return
        }
        let answer = String(example.answer.dropLast())
        let policy: CompiledPolicy
        do throws(RegoErrors) {
            let module = try PolicyModule.read(
                example.module, file: "policy.rego", version: example.kind == "v0" ? .v0 : .v1,
                extensions: example.kind == "logic" ? .logicalKeywords : [])
            policy = try CompiledPolicy(modules: [module], checks: CheckOptions(isStrict: example.kind == "strict"))
        } catch {
            #expect(error.errors.first?.text == answer)
            return
        }
        let input = try example.input.map { try JSONReader.value(from: $0) }
        let value = try policy.evaluate(rule: example.question, input: input)
        #expect(value?.description == answer)
    }
}

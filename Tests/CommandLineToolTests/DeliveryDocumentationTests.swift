import ArgumentParser
import Testing

@testable import CommandLineTool

/// What docs/delivery.md shows is what the program understands.
@Suite struct DeliveryDocumentationTests {
    static func commands() throws -> [String] {
        try DocumentationBlock.blocks(of: "docs/delivery.md").filter { $0.language == "console" }
            .flatMap { $0.text.split(separator: "\n") }.filter { $0.hasPrefix("$ waybill ") }
            .map { String($0.dropFirst("$ waybill ".count)) }
    }

    @Test func `the page shows every command about applications and releases`() throws {
        let shown = try Self.commands()
        for (noun, command) in [("app", AppCommand.configuration), ("release", ReleaseCommand.configuration)] {
            for verb in command.subcommands {
                let name = verb._commandName
                #expect(
                    shown.contains { $0.hasPrefix("\(noun) \(name) ") || $0 == "\(noun) \(name)" }, "\(noun) \(name)")
            }
        }
    }

    @Test(arguments: try commands())
    func `every command of the page is understood`(_ line: String) throws {
        _ = try Waybill.parseAsRoot(Self.words(line))
    }

    /// Words as a shell splits them, as far as the page needs it.
    private static func words(_ line: String) -> [String] {
        var words: [String] = [], word = "", isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case " " where !isQuoted:
                if !word.isEmpty { words.append(word) }
                word = ""
            default: word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}

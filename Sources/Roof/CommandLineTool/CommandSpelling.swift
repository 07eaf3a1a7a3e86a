import ArgumentParser
import WaybillCore

/// Finds the word that should have been a command, before the parser calls it an argument too many.
enum CommandSpelling {
    static func mistake(in arguments: some Sequence<String>) -> WaybillError? {
        var command: any ParsableCommand.Type = Waybill.self
        var path = Waybill._commandName
        for word in arguments {
            let configuration = command.configuration
            // A command that takes words of its own, or an option, is the parser's to judge.
            guard !word.hasPrefix("-"), word != "help", !configuration.subcommands.isEmpty,
                configuration.defaultSubcommand == nil
            else { return nil }
            if let next = configuration.subcommands.first(where: { answers($0, to: word) }) {
                command = next
                path += " " + word
                continue
            }
            let names = configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
            let nearest = Spelling.nearest(to: word, among: names)
            return WaybillError(
                .invalidInput,
                "\(path) has no command \(Redaction.excerpt(word))"
                    + (nearest.map { ", did you mean \($0)?" } ?? ""),
                subject: "", remedy: nearest.map { "\(path) \($0) --help" } ?? "\(path) --help")
        }
        return nil
    }

    private static func answers(_ command: any ParsableCommand.Type, to word: String) -> Bool {
        command._commandName == word || command.configuration.aliases.contains(word)
    }
}

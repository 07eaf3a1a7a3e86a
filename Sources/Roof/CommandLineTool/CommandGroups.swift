import ArgumentParser

/// The commands by what people want to do, for `waybill --help`.
enum CommandGroups {
    private static let names: [(title: String, commands: [String])] = [
        ("ASK", ["check", "why", "exposure", "doctor"]),
        ("CHANGE AND BUILD", ["change", "repository", "render", "policy"]),
        ("SCAN AND MEND", ["scan", "fix", "advisories"]),
        ("SIGN AND VERIFY", ["sign", "attest", "verify", "key", "layout", "admit", "breakglass", "evidence"]),
        ("DELIVER", ["promote", "rollback", "release", "env", "app", "cluster"]),
        ("RUN", ["up", "demo", "ledger", "signer"]),
    ]

    /// Commands that only the program itself calls.
    static func hidden(_ commands: [any ParsableCommand.Type]) -> [any ParsableCommand.Type] {
        commands.filter { !$0.configuration.shouldDisplay }
    }

    /// Every other command in its group; one that has none yet comes last.
    static func shown(_ commands: [any ParsableCommand.Type]) -> [CommandGroup] {
        var rest = commands.filter { $0.configuration.shouldDisplay }
        var groups: [CommandGroup] = []
        for (title, names) in names {
            let members = names.compactMap { name in
                rest.firstIndex { $0._commandName == name }.map { rest.remove(at: $0) }
            }
            if !members.isEmpty { groups.append(CommandGroup(name: title, subcommands: members)) }
        }
        if !rest.isEmpty { groups.append(CommandGroup(name: "MORE", subcommands: rest)) }
        return groups
    }
}

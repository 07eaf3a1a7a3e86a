import Advisories
import Documents
import Packages
import Remediation
import WaybillCore

extension FixPlan {
    /// What is done and what is left, for people.
    var lines: [String] {
        var lines: [String] = []
        for change in changes {
            for upgrade in change.upgrades {
                lines.append("\(change.file): \(upgrade.sentence)")
            }
        }
        if !advice.isEmpty { lines.append("to be done by hand:") }
        for entry in advice {
            let file = entry.upgrade.package.place.location?.file ?? ""
            lines.append("  \(file): \(entry.upgrade.sentence)")
            lines.append("    " + (entry.command ?? entry.reason))
        }
        if !unfixable.isEmpty { lines.append("no version is known that removes:") }
        for match in unfixable {
            lines.append("  \(match.advisory.rule) in \(match.package.name) \(match.package.version)")
        }
        if lines.isEmpty { lines.append("nothing to do: no known weakness") }
        return lines
    }

    func value(isApplied: Bool) -> Value {
        [
            "applied": .bool(isApplied), "patch": .string(patch),
            "changes": .array(
                changes.map { change in
                    ["file": .string(change.file), "upgrades": .array(change.upgrades.map(\.value))]
                }),
            "advice": .array(
                advice.map { entry in
                    var value = entry.upgrade.value
                    value["command"] = Value(entry.command)
                    value["reason"] = .string(entry.reason)
                    return value
                }),
            "unfixable": .array(
                unfixable.map { match in
                    [
                        "advisory": .string(match.advisory.rule), "package": .string(match.package.name),
                        "version": .string(match.package.version),
                        "file": Value(match.package.place.location?.file),
                    ]
                }),
        ]
    }
}

extension FixPlan.Upgrade {
    fileprivate var sentence: String {
        "\(package.name) \(package.version) -> \(version) removes \(removes.joined(separator: ", "))"
            + (keeps.isEmpty ? "" : ", leaves \(keeps.joined(separator: ", "))")
    }

    fileprivate var value: Value {
        [
            "package": .string(package.name), "ecosystem": .string(package.ecosystem.description),
            "from": .string(package.version), "to": .string(version), "file": Value(package.place.location?.file),
            "removes": .array(removes.map(Value.string)), "keeps": .array(keeps.map(Value.string)),
        ]
    }
}

extension BaseAdvice {
    /// One line for each base, the best first.
    var table: String {
        let rows = options.map { option in
            [
                option.base.name + (option.isPresent ? " (present)" : ""), "\(option.remaining.count)",
                "\(option.removes.count)", "\(option.adds.count)", option.base.digest ?? "",
            ]
        }
        return "\(present.count) known weaknesses now\n"
            + Terminal.table([["BASE", "LEFT", "REMOVED", "NEW", "DIGEST"]] + rows)
    }

    var value: Value {
        func list(_ weaknesses: [Weakness]) -> Value {
            .array(weaknesses.map { ["advisory": .string($0.rule), "package": .string($0.package)] })
        }
        return [
            "present": .integer(present.count),
            "bases": .array(
                options.map { option in
                    [
                        "name": .string(option.base.name), "digest": Value(option.base.digest),
                        "isPresent": .bool(option.isPresent), "remaining": .integer(option.remaining.count),
                        "removes": list(option.removes), "adds": list(option.adds),
                    ]
                }),
        ]
    }
}

import Documents

/// Rego about Rego.
enum ModuleBuiltins {
    static let all = [
        Builtin("rego.parse_module", 2) { (a) throws(BuiltinFailure) in
            let (file, text) = (try a.string(0), try a.string(1))
            do throws(RegoErrors) {
                return outline(try Parser.module(text, file: file, version: .v1))
            } catch {
                throw BuiltinFailure(error.errors.map { "\($0.code.rawValue): \($0.message)" }.joined(separator: "; "))
            }
        }
    ]

    /// Package and imports; rules by name.
    private static func outline(_ module: Module) -> RegoValue {
        func path(_ names: [String]) -> RegoValue {
            .array(
                names.enumerated().map { index, name in
                    ["type": .string(index == 0 ? "var" : "string"), "value": .string(name)]
                })
        }
        var members: [RegoObject.Member] = [
            .init(key: "package", value: ["path": path(["data"] + module.package)]),
            .init(
                key: "rules",
                value: .array(
                    module.rules.map { rule in
                        ["head": ["name": rule.head.reference[0].value ?? ""]]
                    })),
        ]
        if !module.imports.isEmpty {
            members.append(
                .init(
                    key: "imports",
                    value: .array(
                        module.imports.map { item in
                            ["path": ["type": "ref", "value": path(item.path)]]
                        })))
        }
        return .object(RegoObject(members))
    }
}

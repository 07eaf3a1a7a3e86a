/// The variables of a body, inside those of the bodies around it.
final class Scope {
    let parent: Scope?
    private(set) var slots: [String: Int] = [:]
    /// Names around it that are not seen from here.
    private let hidden: Set<String>

    init(parent: Scope?, hiding hidden: Set<String> = []) {
        self.parent = parent
        self.hidden = hidden
    }

    func declare(_ name: String, slot: Int) { slots[name] = slot }
    func isDeclaredHere(_ name: String) -> Bool { slots[name] != nil }
    func slot(_ name: String) -> Int? { slots[name] ?? (hidden.contains(name) ? nil : parent?.slot(name)) }
}

/// Names of a module: what stands for documents rather than variables.
struct Names {
    /// Behind `data`; nil for a query, which has no package.
    var package: [String]?
    /// Rules of the package, in any module.
    var rules: Set<String> = []
    var imports: [String: [String]] = [:]

    /// The path, from `data` or `input`, that a name stands for.
    func path(_ name: String) -> [String]? {
        if name == "data" || name == "input" { return [name] }
        if let path = imports[name] { return path }
        if rules.contains(name), let package { return ["data"] + package + [name] }
        return nil
    }
}

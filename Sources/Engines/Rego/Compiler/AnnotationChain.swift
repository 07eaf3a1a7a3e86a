/// The annotations that hold for a rule, from the rule outward.
struct AnnotationChain {
    let modules: [Module]
    let module: Module
    let rule: Rule

    private func own(_ scope: String) -> RegoValue? {
        module.annotations.first { $0.scope == scope && $0.row == rule.location.row }?.value
    }

    /// What `rego.metadata.rule()` gives.
    var ownRule: RegoValue { own("rule") ?? .object(RegoObject([])) }

    func chain(path: [String]) -> RegoValue {
        var result: [RegoValue] = []
        let rulePath = RegoValue.array(path.map { .string($0) })
        func entry(_ annotations: RegoValue, _ path: RegoValue) -> RegoValue {
            ["annotations": annotations, "path": path]
        }
        result.append(own("rule").map { entry($0, rulePath) } ?? ["path": rulePath])
        let name = rule.head.reference[0].value?.string
        for other in modules
        where other.package == module.package && other.annotations.contains(where: { $0.scope == "document" }) {
            let rows = Set(other.rules.filter { $0.head.reference[0].value?.string == name }.map(\.location.row))
            for annotation in other.annotations where annotation.scope == "document" && rows.contains(annotation.row) {
                result.append(entry(annotation.value, rulePath))
            }
        }
        let packagePath = RegoValue.array(module.package.map { .string($0) })
        for other in modules where other.package == module.package {
            for annotation in other.annotations where annotation.scope == "package" {
                result.append(entry(annotation.value, packagePath))
            }
        }
        for count in (0...module.package.count).reversed() {
            let prefix = Array(module.package.prefix(count))
            for other in modules where other.package == prefix {
                for annotation in other.annotations where annotation.scope == "subpackages" {
                    result.append(entry(annotation.value, .array(prefix.map { .string($0) })))
                }
            }
        }
        return .array(result)
    }
}

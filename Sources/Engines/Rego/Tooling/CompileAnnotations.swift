public import Documents

extension CompiledPolicy {
    /// What annotations say of turning a rule into a filter, the rule's own first: `unknowns` and `mask_rule`, below
    /// `compile` or `custom`.
    public func annotated(_ path: [String]) -> Documents.Value {
        var found: [(depth: Int, annotation: AnnotationOutline)] = []
        for module in modules {
            for annotation in module.annotations where path.starts(with: annotation.path) {
                let isWhole = annotation.path.count == path.count
                guard
                    isWhole || annotation.scope == "subpackages"
                        || annotation.scope == "package" && annotation.path.count == path.count - 1
                else { continue }
                found.append((annotation.path.count, annotation))
            }
        }
        var result: Object = [:]
        for (_, annotation) in found.sorted(by: { $0.depth > $1.depth }) {
            for holder in [annotation.compile, annotation.value["custom"]] {
                for name in ["unknowns", "mask_rule"] where result[name] == nil {
                    if let stated = holder?[name] { result[name] = stated.document }
                }
            }
        }
        return .object(result)
    }
}

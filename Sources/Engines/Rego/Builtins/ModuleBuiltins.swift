/// Rego about Rego.
enum ModuleBuiltins {
    static let all = [
        Builtin("rego.parse_module", 2) { (a) throws(BuiltinFailure) in
            let (file, text) = (try a.string(0), try a.string(1))
            do throws(RegoErrors) {
                // Annotations are comments here, as they are for OPA.
                let module = try Parser.module(text, file: file, version: .v1, readsAnnotations: false)
                return RegoValue(TreeWriter(hasLocations: false, hasComments: true).module(module))
            } catch {
                throw BuiltinFailure(error.errors.map { "\($0.code.rawValue): \($0.message)" }.joined(separator: "; "))
            }
        }
    ]
}

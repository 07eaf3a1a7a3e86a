/// `strings.render_template`, and what the compiler makes of interpolated texts.
enum TemplateBuiltins {
    static let all = [
        Builtin("strings.render_template", 2) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            _ = try a.object(1)
            guard let data = TemplateFunctions.data(a[1]) else {
                throw BuiltinFailure("the template's variables hold what JSON has not: a set or a key that is no text")
            }
            return .string(try TextTemplate(text).render(data))
        },
        // Made by the compiler only: they have no meaning when a policy names them.
        Builtin("internal.print", 1, isIrreplaceable: true) { _ in true },
        Builtin("internal.test_case", 1, isIrreplaceable: true) { _ in true },
        Builtin("internal.template_string", 1, isIrreplaceable: true) { (a) throws(BuiltinFailure) in
            var text = ""
            for part in try a.array(0) {
                guard let set = part.set else {
                    text += part.display
                    continue
                }
                guard set.count <= 1 else {
                    var failure = BuiltinFailure("template-strings must not produce multiple outputs")
                    failure.kind = .conflict
                    throw failure
                }
                text += set.elements.first?.display ?? "<undefined>"
            }
            return .string(text)
        },
    ]
}

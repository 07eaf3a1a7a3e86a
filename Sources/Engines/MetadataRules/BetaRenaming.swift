import Documents

/// Moves members of documents from where one version of the API has them to where the other does.
struct BetaRenaming {
    var object: Object

    init(_ document: Value) { object = document.object ?? Object() }

    var document: Value { .object(object) }

    /// The member under another name, in its place.
    mutating func rename(_ name: String, to other: String) {
        guard name != other, let value = object[name] else { return }
        object[name] = nil
        object[other] = value
    }

    /// `{a: {b: x, …}}` becomes `{c: x}`; what else lies in `a` stays there.
    mutating func lift(_ path: (String, String), to name: String) {
        guard var outer = object[path.0]?.object else { return }
        let inner = outer[path.1]
        outer[path.1] = nil
        object[path.0] = outer.isEmpty ? nil : .object(outer)
        object[name] = inner ?? (outer.isEmpty ? [:] : nil)
    }

    /// The opposite of `lift`.
    mutating func sink(_ name: String, to path: (String, String)) {
        guard let value = object[name] else { return }
        object[name] = nil
        var outer = object[path.0]?.object ?? Object()
        outer[path.1] = value
        object[path.0] = .object(outer)
    }

    mutating func change(_ name: String, _ body: (inout BetaRenaming) -> Void) {
        guard let inner = object[name], inner.object != nil else { return }
        var renaming = BetaRenaming(inner)
        body(&renaming)
        object[name] = renaming.document
    }

    mutating func changeEach(_ name: String, _ body: (inout BetaRenaming) -> Void) {
        guard let list = object[name]?.array else { return }
        object[name] = .array(
            list.map { element in
                guard element.object != nil else { return element }
                var renaming = BetaRenaming(element)
                body(&renaming)
                return renaming.document
            })
    }
}

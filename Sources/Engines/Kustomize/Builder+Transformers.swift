import Documents
import WaybillCore

/// The built-in transformers, as documents name them.
extension Builder {
    func apply(_ document: PluginDocument, in folder: String, _ state: inout BuildState) throws(WaybillError) {
        var reader = try document.reader
        switch document.kind {
        case "PrefixSuffixTransformer", "PrefixTransformer", "SuffixTransformer":
            let prefix = try reader.text("prefix") ?? "", suffix = try reader.text("suffix") ?? ""
            let fields = try reader.list("fieldSpecs", FieldSpec.init)
            if !prefix.isEmpty { try state.addAffix(prefix: prefix, fields: fields) }
            if !suffix.isEmpty { try state.addAffix(suffix: suffix, fields: fields) }
        case "LabelTransformer":
            try state.setEntries(reader.map("labels"), in: reader.list("fieldSpecs", FieldSpec.init))
        case "AnnotationsTransformer":
            try state.setEntries(reader.map("annotations"), in: reader.list("fieldSpecs", FieldSpec.init))
        case "NamespaceTransformer": try setNamespace(document, &reader, &state)
        case "ImageTagTransformer":
            guard let node = reader.node("imageTag") else { throw document.missing("imageTag") }
            try state.setImage(
                ImageRule(node, document.place.file), fields: reader.list("fieldSpecs", FieldSpec.init))
        case "ReplicaCountTransformer":
            guard let node = reader.node("replica") else { throw document.missing("replica") }
            try state.setReplicas(
                ReplicaRule(node, document.place.file), fields: reader.list("fieldSpecs", FieldSpec.init))
        case "PatchTransformer", "PatchJson6902Transformer", "PatchStrategicMergeTransformer":
            return try patch(document, in: folder, &state)
        case "ReplacementTransformer":
            let entries = try reader.list("replacements") { node, file throws(WaybillError) in
                Located(try ReplacementEntry(node, file), SourceLocation(file: file, position: node.position))
            }
            for entry in entries { for rule in try replacements(entry, in: folder) { try state.replace(rule) } }
        case "ValueAddTransformer": try addValue(document, &reader, &state)
        case "HashTransformer": try state.addHashes()
        case "LegacyOrderTransformer": state.list.items = LegacyOrder.sorted(state.list.items)
        default: throw document.refusal
        }
        try reader.finish()
    }

    private func setNamespace(
        _ document: PluginDocument, _ reader: inout Reader, _ state: inout BuildState
    ) throws(WaybillError) {
        let word = try reader.text("setRoleBindingSubjects") ?? "defaultOnly"
        guard let subjects = BuildState.MovedSubjects(rawValue: word) else {
            throw WaybillError(
                .invalidInput, "setRoleBindingSubjects: expected none, defaultOnly or allServiceAccounts",
                subject: document.place.description)
        }
        let namespace = document.value["metadata"]?["namespace"]?.string ?? ""
        let fields = try reader.list("fieldSpecs", FieldSpec.init), onlyUnset = try reader.bool("unsetOnly")
        guard !namespace.isEmpty else { return }
        try state.setNamespace(namespace, fields: fields, onlyUnset: onlyUnset, subjects: subjects)
    }

    private func patch(
        _ document: PluginDocument, in folder: String, _ state: inout BuildState
    ) throws(WaybillError) {
        guard document.kind == "PatchStrategicMergeTransformer" else {
            var value = document.settings.value
            if document.kind == "PatchJson6902Transformer", let operations = value["jsonOp"] {
                value["jsonOp"] = nil
                value["patch"] = operations
            }
            let rule = try PatchRule(Node(value, at: document.place.position ?? .start), document.place.file)
            guard rule.path != nil || rule.text != nil else { throw document.missing("patch") }
            return try state.patch(rule, loader, in: folder)
        }
        var reader = try document.reader
        for path in try reader.texts("paths") { try state.patch(inlineOrFile: path, loader, in: folder) }
        if let text = try reader.text("patches") {
            // A line break says that it stands here.
            try state.patch(inlineOrFile: Located(text + "\n", document.place), loader, in: folder)
        }
        try reader.finish()
    }

    private func addValue(
        _ document: PluginDocument, _ reader: inout Reader, _ state: inout BuildState
    ) throws(WaybillError) {
        let value = try reader.requiredText("value")
        for node in try reader.elements("targets") {
            var target = try Reader(node, of: "target", file: document.place.file)
            let file = document.place.file
            let selector = try target.node("selector").map { node throws(WaybillError) in
                try ResourceSelector(node, file)
            }
            let field = FieldSpec(try target.requiredText("fieldPath"), creates: true)
            try target.finish()
            for index in state.list.items.indices where selector?.matches(state.list.items[index]) ?? true {
                try field.update(&state.list.items[index].value) { place throws(WaybillError) in
                    place = .string(value)
                }
            }
        }
    }
}

extension PluginDocument {
    fileprivate func missing(_ key: String) -> WaybillError {
        WaybillError(.invalidInput, "\(kind): the key “\(key)” is missing", subject: place.description)
    }
}

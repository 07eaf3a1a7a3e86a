import Documents

extension BuildState {
    /// Writes where resources come from into their annotations, as `buildMetadata` asks.
    mutating func writeRecords(_ wanted: Set<KustomizationFile.BuildMetadata>) {
        for index in list.items.indices {
            list.items[index].writeAnnotationsAsTexts()
            let record = list.items[index].record
            if wanted.contains(.originAnnotations), let origin = record.origin {
                list.items[index].value[Pointer(["metadata", "annotations", "config.kubernetes.io/origin"])] =
                    .string(YAMLWriter.string(origin))
            }
            if wanted.contains(.transformerAnnotations), !record.transformations.isEmpty {
                list.items[index].value[
                    Pointer(["metadata", "annotations", "alpha.config.kubernetes.io/transformations"])] =
                    .string(YAMLWriter.string(.array(record.transformations)))
            }
            // What kubectl writes, whatever version of kustomize is in it.
            if wanted.contains(.managedByLabel) {
                list.items[index].value[Pointer(["metadata", "labels", "app.kubernetes.io/managed-by"])] = .string(
                    "kustomize-(devel)")
            }
        }
    }
}

extension Item {
    /// Annotations are texts, however they were written; none at all are left out.
    fileprivate mutating func writeAnnotationsAsTexts() {
        guard let annotations = value["metadata"]?["annotations"] else { return }
        let members = annotations.object?.members ?? []
        guard !members.isEmpty else {
            if annotations.isNull || annotations.object != nil { value[Pointer(["metadata", "annotations"])] = nil }
            return
        }
        guard members.contains(where: { $0.value.string == nil }) else { return }
        for member in members where member.value.string == nil {
            let text = member.value.isNull ? "" : FieldPath.text(member.value)
            guard let text else { continue }
            value[Pointer(["metadata", "annotations", member.key])] = .string(text)
        }
    }
}

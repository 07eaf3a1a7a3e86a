import Documents

extension BuildState {
    /// Writes where resources come from into their annotations, as `buildMetadata` asks.
    mutating func writeRecords(_ wanted: Set<KustomizationFile.BuildMetadata>) {
        for index in list.items.indices {
            if list.items[index].value["metadata"]?["annotations"]?.object?.isEmpty == true {
                list.items[index].value[Pointer(["metadata", "annotations"])] = nil
            }
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
            if wanted.contains(.managedByLabel) {
                list.items[index].value[Pointer(["metadata", "labels", "app.kubernetes.io/managed-by"])] = .string(
                    "kustomize-v5.5.0")
            }
        }
    }
}

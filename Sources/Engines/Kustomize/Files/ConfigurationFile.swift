import Documents
import WaybillCore

extension TransformerConfiguration {
    /// Reads a file of `configurations`.
    init(parsing bytes: [UInt8], file: String) throws(WaybillError) {
        self.init()
        let node: Node
        do { node = try YAMLReader.node(from: bytes, schema: .kustomize) } catch { throw error.inFile(file) }
        guard node.scalar != .null else { return }
        var reader = try Reader(node, of: "configuration", file: file)
        namePrefix = try reader.list("namePrefix", FieldSpec.init)
        nameSuffix = try reader.list("nameSuffix", FieldSpec.init)
        namespace = try reader.list("namespace", FieldSpec.init)
        commonLabels = try reader.list("commonLabels", FieldSpec.init) + reader.list("labels", FieldSpec.init)
        templateLabels = try reader.list("templateLabels", FieldSpec.init)
        commonAnnotations = try reader.list("commonAnnotations", FieldSpec.init)
        variables = try reader.list("varReference", FieldSpec.init)
        images = try reader.list("images", FieldSpec.init)
        replicas = try reader.list("replicas", FieldSpec.init)
        nameReferences = try reader.list("nameReference") { node, file throws(WaybillError) in
            var inner = try Reader(node, of: "nameReference", file: file)
            let target = KindPattern(
                group: try inner.text("group") ?? "", version: try inner.text("version") ?? "",
                kind: try inner.text("kind") ?? "")
            let referrers = try inner.list("fieldSpecs", FieldSpec.init)
            try inner.finish()
            return NameReference(target: target, referrers: referrers)
        }
        try reader.finish()
    }
}

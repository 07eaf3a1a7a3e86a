import Documents
import Rego
import WaybillCore

/// `inspect`: what a bundle, a folder or a module holds.
public struct InspectTool: Sendable {
    public enum Format: String, Sendable, CaseIterable { case pretty, json }

    public var format: Format
    public var listsAnnotations: Bool

    public init(format: Format = .pretty, listsAnnotations: Bool = false) {
        self.format = format
        self.listsAnnotations = listsAnnotations
    }

    /// `prefix` stands in front of file names: the folder, or a slash inside an archive.
    public func run(_ bundle: PolicyBundle, prefix: String) -> ToolOutput {
        let namespaces = namespaces(bundle, prefix)
        switch format {
        case .json:
            var object: Object = [
                "manifest": bundle.manifest.value, "signatures_config": signatures(bundle),
                "namespaces": .object(
                    Object(namespaces.map { (key: $0.name, value: .array($0.files.map(Value.string))) })),
            ]
            if listsAnnotations { object["annotations"] = .array(annotations(bundle).map(value)) }
            object["capabilities"] = ["features": ["rego_v1"]]
            return ToolOutput(output: JSONWriter.string(.object(object), style: .pretty) + "\n")
        case .pretty:
            var text = manifestText(bundle.manifest)
            if !namespaces.isEmpty {
                var table = TextTable(["NAMESPACE", "FILE"], mergesFirstColumn: true)
                for namespace in namespaces { for file in namespace.files { table.add([namespace.name, file]) } }
                text += "NAMESPACES:\n" + table.text
            }
            let found = annotations(bundle)
            if listsAnnotations, !found.isEmpty { text += "ANNOTATIONS:\n" + found.map(annotationText).joined() }
            return ToolOutput(output: text)
        }
    }

    private func namespaces(_ bundle: PolicyBundle, _ prefix: String) -> [(name: String, files: [String])] {
        var files: [String: [String]] = [:]
        for module in bundle.modules {
            let path = module.file.dropFirst(bundle.name.count + 1)
            files[(["data"] + module.module.packagePath).joined(separator: "."), default: []].append(prefix + path)
        }
        for file in bundle.dataFiles {
            files[(["data"] + file.folders).joined(separator: "."), default: []].append(prefix + file.path)
        }
        return files.sorted { $0.key.precedesByBytes($1.key) }.map { ($0.key, $0.value) }
    }

    private func signatures(_ bundle: PolicyBundle) -> Value {
        guard let file = bundle.files.first(where: { $0.path == BundleSigner.path }),
            let value = try? JSONReader.value(from: file.bytes)
        else { return [:] }
        return value
    }

    private func manifestText(_ manifest: BundleManifest) -> String {
        var table = TextTable(["FIELD", "VALUE"], mergesFirstColumn: true)
        if let version = manifest.regoVersion { table.add(["Rego Version", version == .v0 ? "0" : "1"]) }
        if !manifest.revision.isEmpty { table.add(["Revision", manifest.revision]) }
        for root in manifest.roots.sorted() where manifest.roots.count > 1 || !root.isEmpty {
            table.add(["Roots", root])
        }
        if !manifest.metadata.isEmpty { table.add(["Metadata", JSONWriter.string(.object(manifest.metadata))]) }
        return table.isEmpty ? "" : "MANIFEST:\n" + table.text
    }

    // MARK: Annotations

    private func annotations(_ bundle: PolicyBundle) -> [(annotation: AnnotationOutline, file: String)] {
        bundle.modules.flatMap { module in module.module.annotations.map { ($0, module.file) } }
    }

    private func value(_ found: (annotation: AnnotationOutline, file: String)) -> Value {
        [
            "annotations": found.annotation.tree,
            "location": [
                "file": .string(found.file), "row": .integer(found.annotation.row),
                "col": .integer(found.annotation.column),
            ],
            "path": .array(
                (["data"] + found.annotation.path).enumerated().map { index, name in
                    ["type": .string(index == 0 ? "var" : "string"), "value": .string(name)]
                }),
        ]
    }

    private func annotationText(_ found: (annotation: AnnotationOutline, file: String)) -> String {
        let annotation = found.annotation, fields = annotation.value.document
        let title = fields["title"]?.string ?? annotation.path.joined(separator: ".")
        var text = title + "\n" + String(repeating: "=", count: min(title.count, 80)) + "\n\n"
        if let description = fields["description"]?.string { text += description.trimmed + "\n\n" }
        let package = annotation.rule.map { rule in
            annotation.path.dropLast(rule.split(separator: ".").count).joined(separator: ".")
        }
        text += "Package:  \(package ?? annotation.path.joined(separator: "."))\n"
        if let rule = annotation.rule { text += "Rule:     \(rule)\n" }
        text += "Location: \(found.file):\(annotation.row):\(annotation.column)\nScope: \(annotation.scope)\n"
        if fields["entrypoint"]?.bool == true { text += "Entrypoint: true\n" }
        text += "\n"
        text += list("Organizations", (fields["organizations"]?.array ?? []).map { $0.string ?? "" })
        text += list("Authors", (fields["authors"]?.array ?? []).map(author))
        text += list(
            "Schemas",
            (fields["schemas"]?.array ?? []).map { schema in
                "\(reference(schema["path"])): "
                    + (schema["definition"].map { JSONWriter.string($0) } ?? reference(schema["schema"]))
            })
        text += list(
            "Related Resources",
            (fields["related_resources"]?.array ?? []).map {
                ($0["ref"]?.string ?? "") + ($0["description"]?.string.map { " \($0)" } ?? "")
            })
        text += list(
            "Custom", (fields["custom"]?.object?.members ?? []).map { "\($0.key): \(JSONWriter.string($0.value))" })
        return text
    }

    private func reference(_ value: Value?) -> String {
        (value?.array ?? []).compactMap(\.string).joined(separator: ".")
    }

    private func author(_ value: Value) -> String {
        [value["name"]?.string, value["email"]?.string.map { "<\($0)>" }].compactMap { $0 }.joined(separator: " ")
    }

    private func list(_ title: String, _ lines: [String]) -> String {
        lines.isEmpty ? "" : "\(title):\n" + lines.map { " \($0)\n" }.joined() + "\n"
    }
}

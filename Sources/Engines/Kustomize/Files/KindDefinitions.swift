import Documents
import WaybillCore

extension TransformerConfiguration {
    /// The deepest chain of definitions that refer to each other.
    private static let definitionDepthMax = 32
    /// The most properties that are followed: what refers to two things that refer to two things doubles each time.
    private static let propertiesMax = 100_000

    /// Reads a file of `crds`: definitions by the name of their type, whose properties say what they refer to.
    init(definitions bytes: [UInt8], file: String) throws(WaybillError) {
        self.init()
        let document: Value
        do { document = try YAMLReader.node(from: bytes, schema: .kustomize).value } catch { throw error.inFile(file) }
        guard let types = document.object else {
            throw WaybillError(.invalidInput, "expected definitions by the name of their type", subject: file)
        }
        var left = Self.propertiesMax
        for type in types {
            let properties = type.value["Schema"]?["properties"]
            guard ["kind", "apiVersion", "metadata"].allSatisfy({ properties?[$0] != nil }) else { continue }
            let kind = type.key.split(separator: ".").last.map(String.init) ?? type.key
            try read(type.key, of: kind, types, [], &left, file)
        }
    }

    private mutating func read(
        _ type: String, of kind: String, _ types: Object, _ path: [String], _ left: inout Int, _ file: String
    ) throws(WaybillError) {
        guard path.count < Self.definitionDepthMax else {
            throw WaybillError(.limitExceeded, "definitions refer to each other in a circle", subject: file)
        }
        for property in types[type]?["Schema"]?["properties"]?.object ?? Object() {
            left -= 1
            guard left > 0 else { throw WaybillError(.limitExceeded, "too many definitions", subject: file) }
            let place = path + [property.key]
            let field = FieldSpec(place.joined(separator: "/"), kind: kind)
            if property.value["x-kubernetes-annotation"] != nil {
                commonAnnotations = commonAnnotations.merging([field])
            }
            if property.value["x-kubernetes-label-selector"] != nil { commonLabels = commonLabels.merging([field]) }
            if property.value["x-kubernetes-identity"] != nil { namePrefix = namePrefix.merging([field]) }
            if let version = property.value["x-kubernetes-object-ref-api-version"]?.string,
                let target = property.value["x-kubernetes-object-ref-kind"]?.string
            {
                let key = property.value["x-kubernetes-object-ref-name-key"]?.string ?? "name"
                let referrer = FieldSpec((place + [key]).joined(separator: "/"), kind: kind)
                nameReferences.append(
                    NameReference(target: KindPattern(version: version, kind: target), referrers: [referrer]))
            }
            if let reference = property.value["$ref"]?.string {
                try read(reference, of: kind, types, place, &left, file)
            }
        }
    }
}

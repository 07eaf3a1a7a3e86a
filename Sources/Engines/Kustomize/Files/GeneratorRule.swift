import Documents
import WaybillCore

/// `generatorOptions`, and `options` of one generator.
struct GeneratorOptions {
    var labels: [(key: String, value: String)] = []
    var annotations: [(key: String, value: String)] = []
    var disablesHash = false
    var isImmutable = false

    init() {}

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "generatorOptions", file: file)
        labels = try reader.map("labels")
        annotations = try reader.map("annotations")
        disablesHash = try reader.bool("disableNameSuffixHash")
        isImmutable = try reader.bool("immutable")
        try reader.finish()
    }

    /// What one generator says wins over what is said for all.
    func over(_ defaults: GeneratorOptions?) -> GeneratorOptions {
        guard let defaults else { return self }
        var result = self
        result.labels = defaults.labels + labels
        result.annotations = defaults.annotations + annotations
        result.disablesHash = disablesHash || defaults.disablesHash
        result.isImmutable = isImmutable || defaults.isImmutable
        return result
    }
}

/// One entry of `configMapGenerator` or `secretGenerator`.
struct GeneratorRule {
    enum Product: String { case configMap = "ConfigMap", secret = "Secret" }

    var product: Product
    var name: String
    var namespace: String?
    var type: String?
    var behavior: Item.Behavior
    var literals: [Located<String>]
    var files: [Located<String>]
    var environmentFiles: [Located<String>]
    var options: GeneratorOptions
    var place: SourceLocation

    init(_ node: Node, _ file: String, _ product: Product, defaults: GeneratorOptions?) throws(WaybillError) {
        var reader = try Reader(node, of: product == .configMap ? "configMapGenerator" : "secretGenerator", file: file)
        try self.init(&reader, product, name: try reader.requiredText("name"), defaults: defaults)
        try reader.finish()
    }

    init(
        _ reader: inout Reader, _ product: Product, name: String, defaults: GeneratorOptions?
    ) throws(WaybillError) {
        let place = reader.place
        self.product = product
        self.place = place
        self.name = name
        namespace = try reader.text("namespace")
        type = product == .secret ? try reader.text("type") : nil
        let word = try reader.text("behavior")
        guard let behavior = word.map({ Item.Behavior(rawValue: $0) }) ?? .unspecified else {
            throw WaybillError(.invalidInput, "behavior: expected create, replace or merge", subject: place.description)
        }
        self.behavior = behavior
        literals = try reader.texts("literals")
        files = try reader.texts("files")
        environmentFiles = try reader.texts("envs")
        if let one = try reader.text("env") { environmentFiles.append(Located(one, place)) }
        let file = reader.file
        let own = try reader.node("options").map { node throws(WaybillError) in try GeneratorOptions(node, file) }
        options = (own ?? GeneratorOptions()).over(defaults)
    }
}

/// Which fields of which kinds the transformations work on: the built-in table and what `configurations` add.
struct TransformerConfiguration {
    /// A kind whose name other objects hold, with the fields that hold it.
    struct NameReference {
        var target: KindPattern
        var referrers: [FieldSpec]
    }

    var namePrefix: [FieldSpec]
    var nameSuffix: [FieldSpec]
    var namespace: [FieldSpec]
    var commonLabels: [FieldSpec]
    var templateLabels: [FieldSpec]
    var commonAnnotations: [FieldSpec]
    var nameReferences: [NameReference]
    var variables: [FieldSpec]
    var images: [FieldSpec]
    var replicas: [FieldSpec]

    mutating func merge(_ other: TransformerConfiguration) {
        namePrefix = namePrefix.merging(other.namePrefix)
        nameSuffix = nameSuffix.merging(other.nameSuffix)
        namespace = namespace.merging(other.namespace)
        commonLabels = commonLabels.merging(other.commonLabels)
        templateLabels = templateLabels.merging(other.templateLabels)
        commonAnnotations = commonAnnotations.merging(other.commonAnnotations)
        variables = variables.merging(other.variables)
        images = images.merging(other.images)
        replicas = replicas.merging(other.replicas)
        for reference in other.nameReferences {
            if let index = nameReferences.firstIndex(where: { $0.target == reference.target }) {
                nameReferences[index].referrers = nameReferences[index].referrers.merging(reference.referrers)
            } else {
                nameReferences.append(reference)
            }
        }
    }

    static let empty = TransformerConfiguration(
        namePrefix: [], nameSuffix: [], namespace: [], commonLabels: [], templateLabels: [], commonAnnotations: [],
        nameReferences: [], variables: [], images: [], replicas: [])
}

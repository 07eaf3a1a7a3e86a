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
    /// How much of the built-in table is in it.
    private var origin = Origin.added

    private enum Origin {
        /// Nothing yet, or the built-in table alone.
        case empty, builtIn
        /// Other things, with or without the built-in table beneath them.
        case added, addedToBuiltIn
    }

    /// Takes in the built-in table, which every kustomization does.
    mutating func mergeBuiltIn() {
        switch origin {
        case .empty:
            self = .builtIn
            origin = .builtIn
        case .builtIn, .addedToBuiltIn: break
        case .added:
            merge(.builtIn)
            origin = .addedToBuiltIn
        }
    }

    mutating func merge(_ other: TransformerConfiguration) {
        switch (origin, other.origin) {
        case (_, .empty): return
        case (.empty, .builtIn), (.empty, .addedToBuiltIn):
            // Merged already.
            self = other
            return
        case (.empty, .added): origin = .added
        case (.builtIn, .builtIn), (.addedToBuiltIn, .builtIn): return
        case (.added, .added): break
        default: origin = .addedToBuiltIn
        }
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

    init(
        namePrefix: [FieldSpec] = [], nameSuffix: [FieldSpec] = [], namespace: [FieldSpec] = [],
        commonLabels: [FieldSpec] = [], templateLabels: [FieldSpec] = [], commonAnnotations: [FieldSpec] = [],
        nameReferences: [NameReference] = [], variables: [FieldSpec] = [], images: [FieldSpec] = [],
        replicas: [FieldSpec] = []
    ) {
        self.namePrefix = namePrefix
        self.nameSuffix = nameSuffix
        self.namespace = namespace
        self.commonLabels = commonLabels
        self.templateLabels = templateLabels
        self.commonAnnotations = commonAnnotations
        self.nameReferences = nameReferences
        self.variables = variables
        self.images = images
        self.replicas = replicas
    }

    static let empty: TransformerConfiguration = {
        var configuration = TransformerConfiguration()
        configuration.origin = .empty
        return configuration
    }()
}

public import Documents

/// The type of a field, as far as merging, checking and explaining need it.
public indirect enum SchemaType: Hashable, Sendable {
    public enum Scalar: String, Sendable, CaseIterable {
        case string, bool, int32, int64, number, double, quantity, intOrString, time, microTime, bytes
    }

    /// How a list is merged and owned.
    public enum ListKind: Hashable, Sendable {
        /// One value, replaced as a whole.
        case atomic
        /// Scalars, each its own key.
        case set
        /// Objects, found by these fields.
        case map([String])
    }

    case scalar(Scalar)
    /// Anything at all: not looked into.
    case any
    case list(SchemaType, ListKind)
    /// An object with free keys.
    case map(SchemaType, isAtomic: Bool)
    /// A definition of the catalog by its short name, `core.Container`.
    case reference(String, isAtomic: Bool)
}

/// One field of a definition.
public struct SchemaField: Hashable, Sendable {
    public var name: String
    public var type: SchemaType
    public var isRequired = false
    /// Strategic merge: list elements are merged, objects by this key, scalars (empty key) as a set.
    public var patchMergeKey: String?
    /// Strategic merge: `$retainKeys` is how clients replace this union.
    public var retainsKeys = false
    /// The default of a scalar field.
    public var defaultText: String?
    /// What a typed server writes where the field is left out; null where it writes that.
    public var zero: Value?

    public init(name: String, type: SchemaType, isRequired: Bool = false) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
    }
}

/// A named object type.
public struct SchemaDefinition: Sendable {
    /// `core.Container`.
    public var name: String
    /// `io.k8s.api.core.v1.Container`.
    public var fullName: String
    /// Owned and replaced as a whole.
    public var isAtomic: Bool
    /// A kind of its own, with `apiVersion` and `kind`.
    public var isKind: Bool
    public var fields: [SchemaField]
    /// Members that are not listed are kept as they are.
    public var allowsUnknown = false

    public init(
        name: String, fullName: String, isAtomic: Bool, isKind: Bool, fields: [SchemaField], allowsUnknown: Bool = false
    ) {
        self.name = name
        self.fullName = fullName
        self.isAtomic = isAtomic
        self.isKind = isKind
        self.fields = fields
        self.allowsUnknown = allowsUnknown
    }

    public func field(_ name: String) -> SchemaField? { fields.first { $0.name.hasSameBytes(as: name) } }
}

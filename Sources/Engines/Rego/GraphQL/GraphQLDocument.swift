/// Parts of GraphQL documents, as far as operations and type systems need them.
enum GraphQL {
    indirect enum TypeReference: Equatable {
        case named(String, nonNull: Bool)
        case list(TypeReference, nonNull: Bool)

        var name: String {
            switch self {
            case .named(let name, _): name
            case .list(let element, _): element.name
            }
        }

        var isNonNull: Bool {
            switch self {
            case .named(_, let nonNull), .list(_, let nonNull): nonNull
            }
        }

        var nullable: TypeReference {
            switch self {
            case .named(let name, _): .named(name, nonNull: false)
            case .list(let element, _): .list(element, nonNull: false)
            }
        }
    }

    /// The numbers are those of the syntax tree that OPA shows.
    enum ValueKind: Int {
        case variable, int, float, string, block, boolean, null, enumeration, list, object
    }

    struct Value {
        var kind: ValueKind
        var raw = ""
        var children: [(name: String, value: Value)] = []
    }

    struct Argument {
        var name: String
        var value: Value
    }

    struct Directive {
        var name: String
        var arguments: [Argument] = []
    }

    struct Field {
        var alias: String
        var name: String
        var arguments: [Argument] = []
        var directives: [Directive] = []
        var selections: [Selection] = []
    }

    enum Selection {
        case field(Field)
        case spread(name: String, [Directive])
        case inline(condition: String, [Directive], [Selection])
    }

    struct Variable {
        var name: String
        var type: TypeReference
        var defaultValue: Value?
        var directives: [Directive] = []
    }

    struct Operation {
        var kind: String
        var name = ""
        var variables: [Variable] = []
        var directives: [Directive] = []
        var selections: [Selection] = []
    }

    struct Fragment {
        var name: String
        var variables: [Variable] = []
        var condition = ""
        var directives: [Directive] = []
        var selections: [Selection] = []
    }

    struct Query {
        var operations: [Operation] = []
        var fragments: [Fragment] = []
    }

    /// A field of a type, or an argument.
    struct Member {
        var description = ""
        var name: String
        var arguments: [Member] = []
        var type: TypeReference = .named("", nonNull: false)
        var defaultValue: Value?
        var directives: [Directive] = []
    }

    struct Definition {
        /// `SCALAR`, `OBJECT`, `INTERFACE`, `UNION`, `ENUM` or `INPUT_OBJECT`.
        var kind: String
        var description = ""
        var name: String
        var directives: [Directive] = []
        var interfaces: [String] = []
        var fields: [Member] = []
        var types: [String] = []
        var values: [Member] = []
        var isBuiltIn = false
    }

    struct DirectiveDefinition {
        var description = ""
        var name: String
        var arguments: [Member] = []
        var locations: [String] = []
        var isRepeatable = false
    }

    struct SchemaDefinition {
        var description = ""
        var directives: [Directive] = []
        var operations: [(operation: String, type: String)] = []
    }

    struct TypeSystem {
        var schemas: [SchemaDefinition] = []
        var schemaExtensions: [SchemaDefinition] = []
        var directives: [DirectiveDefinition] = []
        var definitions: [Definition] = []
        var extensions: [Definition] = []
    }
}

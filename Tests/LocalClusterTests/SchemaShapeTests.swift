import Documents
import KubernetesAPI
import Testing

@testable import LocalCluster

/// What a definition's schema may not say.
@Suite struct SchemaShapeTests {
    struct Case: Sendable {
        var json: String
        var causes: [String]
    }

    @Test(arguments: [
        Case(json: #"{"type":"object","properties":{"a":{"type":"string"}}}"#, causes: []),
        Case(
            json: #"{"type":"foo"}"#,
            causes: [
                #"s.type: Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string""#
            ]),
        Case(
            json: #"{"type":"object","$ref":"x","properties":{"a":{}},"additionalProperties":{"type":"string"}}"#,
            causes: [
                "s.$ref: Forbidden: $ref is not supported",
                "s.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
            ]),
        Case(
            json: #"{"type":"string","x-kubernetes-list-type":"bag"}"#,
            causes: [
                #"s.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified"#,
                #"s.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map""#,
            ]),
        Case(
            json: #"{"type":"array","x-kubernetes-list-type":"set","items":{"type":"object"}}"#,
            causes: [
                "s.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set"
            ]),
        Case(
            json:
                #"{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k","z"],"items":{"type":"object","properties":{"k":{"type":"string"}}}}"#,
            causes: [
                #"s.x-kubernetes-list-map-keys: Invalid value: ["k","z"]: entries must all be names of item properties"#,
                "s.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
            ]),
        Case(
            json: #"{"type":"array","x-kubernetes-list-map-keys":["k"]}"#,
            causes: [
                "s.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"
            ]),
    ]) func `A place that cannot be is told`(_ one: Case) throws {
        let schema = try JSONReader.value(from: one.json)
        let causes = SchemaShapeRules.before(schema, "s") + SchemaShapeRules.after(schema, "s")
        #expect(causes.map { "\($0.field): \($0.message)" } == one.causes)
    }
}

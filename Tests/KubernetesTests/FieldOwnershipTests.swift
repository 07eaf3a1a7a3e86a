import Documents
import Kubernetes
import Testing
import WaybillCore

private let deployment = ObjectKind(group: "apps", version: "v1", kind: "Deployment")
private let configMap = ObjectKind(group: "", version: "v1", kind: "ConfigMap")

private func json(_ text: String) throws -> Value { try JSONReader.value(from: text) }

private func manager(_ name: String, _ kind: ObjectKind = configMap) -> ManagedFields.Manager {
    .init(name, .apply, apiVersion: kind.apiVersion)
}

@Suite struct FieldOwnershipTests {
    let ownership = FieldOwnership(kind: configMap)

    @Test func `an apply owns what it sets and nothing else`() throws {
        let result = try ownership.apply(
            try json(
                #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"l":"1"}},"data":{"x":"1"}}"#),
            to: [:], managers: ManagedFields(), as: manager("one"), force: false, time: "t")
        #expect(
            result.managers.entries[manager("one")]?.fields.fieldsV1
                == (try json(#"{"f:data":{"f:x":{}},"f:metadata":{"f:labels":{"f:l":{}}}}"#)))
    }

    @Test func `a value that another manager set is a conflict until it is forced`() throws {
        let first = try ownership.apply(
            ["data": ["x": "1", "y": "2"]], to: [:], managers: ManagedFields(), as: manager("one"), force: false,
            time: "t")
        let other: Value = ["data": ["x": "9"]]
        let error = #expect(throws: ApplyConflict.self) {
            try ownership.apply(
                other, to: first.object, managers: first.managers, as: manager("two"), force: false, time: "t")
        }
        #expect(error?.fields.map(\.path) == [".data.x"])
        let forced = try ownership.apply(
            other, to: first.object, managers: first.managers, as: manager("two"), force: true, time: "t")
        #expect(forced.object == ["data": ["x": "9", "y": "2"]])
        #expect(forced.managers.entries[manager("one")]?.fields.fieldsV1 == ["f:data": ["f:y": [:]]])
    }

    @Test func `the same value is shared, and goes when its last owner lets go`() throws {
        var state = try ownership.apply(
            ["data": ["x": "1", "y": "1"]], to: [:], managers: ManagedFields(), as: manager("one"), force: false,
            time: "t")
        state = try ownership.apply(
            ["data": ["x": "1"]], to: state.object, managers: state.managers, as: manager("two"), force: false,
            time: "t")
        state = try ownership.apply(
            ["data": ["y": "1"]], to: state.object, managers: state.managers, as: manager("one"), force: false,
            time: "t")
        #expect(state.object == ["data": ["x": "1", "y": "1"]])
        state = try ownership.apply(
            ["data": ["z": "1"]], to: state.object, managers: state.managers, as: manager("two"), force: false,
            time: "t")
        #expect(state.object == ["data": ["y": "1", "z": "1"]])
    }

    @Test func `an update takes the fields that it changes`() throws {
        let applied = try ownership.apply(
            ["data": ["x": "1", "y": "1"]], to: [:], managers: ManagedFields(), as: manager("one"), force: false,
            time: "t")
        let editor = ManagedFields.Manager("editor", .update, apiVersion: "v1")
        let managers = ownership.update(
            from: applied.object, to: ["data": ["x": "2", "y": "1"]], managers: applied.managers, as: editor, time: "t")
        #expect(managers.entries[editor]?.fields.fieldsV1 == ["f:data": ["f:x": [:]]])
        #expect(managers.entries[manager("one")]?.fields.fieldsV1 == ["f:data": ["f:y": [:]]])
    }

    @Test func `containers of a pod are owned one by one, found by their name`() throws {
        let ownership = FieldOwnership(kind: deployment)
        func spec(_ containers: String) throws -> Value {
            try json(#"{"spec":{"template":{"spec":{"containers":[\#(containers)]}}}}"#)
        }
        let first = try ownership.apply(
            try spec(#"{"name":"a","image":"i:1"}"#), to: [:], managers: ManagedFields(),
            as: manager("one", deployment), force: false,
            time: "t")
        let second = try ownership.apply(
            try spec(#"{"name":"b","image":"i:2"}"#), to: first.object, managers: first.managers,
            as: manager("two", deployment),
            force: false, time: "t")
        #expect(second.object == (try spec(#"{"name":"a","image":"i:1"},{"name":"b","image":"i:2"}"#)))
        let removed = try ownership.apply(
            try json(#"{"spec":{"replicas":1}}"#), to: second.object, managers: second.managers,
            as: manager("two", deployment),
            force: false, time: "t")
        #expect(removed.object[Pointer(["spec", "template", "spec", "containers"])]?.array?.count == 1)
    }

    @Test func `fieldsV1 is read as it is written`() throws {
        let text =
            #"{"f:spec":{".":{},"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{}}},"f:set":{"v:1":{}}}}"#
        let value = try json(text)
        #expect(try FieldSet(fieldsV1: value).fieldsV1 == value)
        #expect(throws: WaybillError.self) { try FieldSet(fieldsV1: ["x:spec": [:]]) }
        #expect(throws: WaybillError.self) { try FieldSet(fieldsV1: "f:spec") }
    }
}

@Suite struct StrategicMergeTests {
    let patch = StrategicMergePatch(kind: deployment)

    private func spec(_ text: String) throws -> Value { try json(#"{"spec":{"template":{"spec":\#(text)}}}"#) }

    @Test func `lists with a merge key are merged element by element`() throws {
        let result = try patch.apply(
            try spec(#"{"containers":[{"name":"a","image":"i:2"},{"name":"c"}]}"#),
            to: try spec(#"{"containers":[{"name":"a","image":"i:1","command":["x"]},{"name":"b"}]}"#))
        #expect(
            result
                == (try spec(#"{"containers":[{"name":"a","image":"i:2","command":["x"]},{"name":"c"},{"name":"b"}]}"#))
        )
    }

    @Test func `directives delete, replace and order`() throws {
        let live = try spec(#"{"containers":[{"name":"a"},{"name":"b"}],"nodeSelector":{"x":"1","y":"2"}}"#)
        #expect(
            try patch.apply(try spec(#"{"containers":[{"name":"a","$patch":"delete"}]}"#), to: live)
                == (try spec(#"{"containers":[{"name":"b"}],"nodeSelector":{"x":"1","y":"2"}}"#)))
        #expect(
            try patch.apply(try spec(#"{"nodeSelector":{"$patch":"replace","z":"3"}}"#), to: live)
                == (try spec(#"{"containers":[{"name":"a"},{"name":"b"}],"nodeSelector":{"z":"3"}}"#)))
        #expect(
            try patch.apply(try spec(#"{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}"#), to: live)
                == (try spec(#"{"containers":[{"name":"b"},{"name":"a"}],"nodeSelector":{"x":"1","y":"2"}}"#)))
        #expect(throws: WaybillError.self) { try patch.apply(try spec(#"{"containers":[{"image":"x"}]}"#), to: live) }
        #expect(throws: WaybillError.self) { try patch.apply(try spec(#"{"$patch":"frob"}"#), to: live) }
    }

    @Test func `a list of an unknown kind is replaced`() throws {
        let patch = StrategicMergePatch(kind: ObjectKind(group: "x.example", version: "v1", kind: "Thing"))
        #expect(try patch.apply(["list": [2]], to: ["list": [1], "a": 1]) == ["list": [2], "a": 1])
    }
}

@Suite struct SchemaTests {
    @Test func `every reference of the schema table leads somewhere`() {
        func check(_ type: SchemaType, _ from: String) {
            switch type {
            case .list(let element, _), .map(let element, _): check(element, from)
            case .reference(let name, _):
                #expect(SchemaCatalog.builtIn.definition(named: name) != nil, "\(from) refers to \(name)")
            default: break
            }
        }
        #expect(SchemaCatalog.builtIn.definitions.count > 400)
        for definition in SchemaCatalog.builtIn.definitions.values {
            for field in definition.fields { check(field.type, "\(definition.name).\(field.name)") }
        }
    }

    @Test func `unknown fields and wrong types are told with their path`() throws {
        let problems = SchemaChecker().problems(
            in: try json(#"{"spec":{"replicas":"2","template":{"spec":{"containers":[{"imagee":"x"}]}}}}"#),
            kind: deployment)
        #expect(problems.contains(.unknownField("spec.template.spec.containers[0].imagee")))
        #expect(problems.contains { if case .wrongType("spec.replicas", _, _) = $0 { true } else { false } })
    }
}

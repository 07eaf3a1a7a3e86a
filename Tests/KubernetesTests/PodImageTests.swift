import Documents
import Kubernetes
import Testing
import WaybillCore

@Suite struct PodImageTests {
    private static let pinned = "r/a@sha256:" + String(repeating: "0", count: 64)

    private func template(_ kind: String, _ apiVersion: String, _ path: [String], _ pods: Value) throws -> Resource {
        var value: Value = ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": "x"]]
        value[Pointer(path)] = pods
        return try Resource(value)
    }

    @Test(arguments: [
        ("Pod", "v1", ["spec"]), ("PodTemplate", "v1", ["template", "spec"]),
        ("ReplicationController", "v1", ["spec", "template", "spec"]),
        ("Deployment", "apps/v1", ["spec", "template", "spec"]), ("Job", "batch/v1", ["spec", "template", "spec"]),
        ("CronJob", "batch/v1", ["spec", "jobTemplate", "spec", "template", "spec"]),
    ])
    func `every place that names an image is found`(_ kind: String, _ apiVersion: String, _ path: [String]) throws {
        let resource = try template(
            kind, apiVersion, path,
            [
                "containers": [["name": "c", "image": .string(Self.pinned)]],
                "initContainers": [["name": "i", "image": "i:1"]],
                "ephemeralContainers": [["name": "e", "image": "e:1"]],
                "volumes": [["name": "n", "emptyDir": [:]], ["name": "v", "image": ["reference": "v:1"]]],
            ])
        let field = path.joined(separator: ".")
        let images = try resource.namedImages()
        #expect(images.map(\.reference) == ["i:1", Self.pinned, "e:1", "v:1"])
        #expect(images.map(\.name) == ["i", "c", "e", "volume/v"])
        #expect(
            images.map(\.place) == ["initContainers[0]", "containers[0]", "ephemeralContainers[0]", "volumes[1]"])
        #expect(images[1].field == "\(field).containers[0].image")
        #expect(images[3].field == "\(field).volumes[1].image.reference")
        #expect(images.map { $0.digest == nil } == [true, false, true, true])
    }

    @Test(arguments: [["name": "c"], ["name": "c", "image": ""], ["name": "c", "image": 7], "text"] as [Value])
    func `a container that names no image is an error with its field`(_ container: Value) throws {
        let resource = try template("Pod", "v1", ["spec"], ["containers": [container]])
        #expect(resource.images.map(\.digest) == [nil])
        let error = #expect(throws: WaybillError.self) { try resource.namedImages() }
        #expect(error?.subject == "spec.containers[0].image")
    }

    @Test func `an object that runs no pods has no images`() throws {
        let value: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "x"], "data": ["image": "a"]]
        #expect(try Resource(value).namedImages().isEmpty)
    }
}

import Documents
import Kubernetes
import Testing

@testable import LocalCluster

/// A small generator whose numbers are the same in every run.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) ^ (state << 31)
    }
}

@Suite struct MutationTests {
    private static let deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w","labels":{"a":"b"}},"spec":{"replicas":1,\
        "selector":{"matchLabels":{"app":"w"}},"template":{"metadata":{"labels":{"app":"w"}},"spec":{"containers":\
        [{"name":"a","image":"a:1","env":[{"name":"A","value":"1"}],"ports":[{"containerPort":80}],"resources":\
        {"limits":{"cpu":"1500m","memory":"1Gi"}}}],"volumes":[{"name":"v","emptyDir":{}}]}}}}
        """
    private static let yaml = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: w}
        spec:
          template:
            spec:
              containers:
              - {name: a, image: "a:2"}
        """
    private static let patches = [
        (
            "application/json-patch+json",
            #"[{"op":"add","path":"/spec/replicas","value":2},{"op":"test","path":"/kind","value":"Deployment"}]"#
        ),
        ("application/merge-patch+json", #"{"spec":{"replicas":null,"template":{"metadata":{"labels":{"x":"y"}}}}}"#),
        (
            "application/strategic-merge-patch+json",
            #"{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","image":"b"},{"name":"a","$patch":"delete"}],"$retainKeys":["containers"]}}}}"#
        ),
        (
            "application/strategic-merge-patch+json",
            #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["b"]}}"#
        ),
    ]

    private func mutated(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &numbers)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &numbers)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("{}[]\",:-0null$\\".utf8).randomElement(using: &numbers) ?? 0, at: place)
            case 3: bytes = Array(bytes.prefix(place))
            default:
                let end = min(bytes.count, place + Int.random(in: 1...24, using: &numbers))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &numbers))
            }
        }
        return bytes
    }

    @Test(arguments: ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])
    func `a damaged body is an object or a refusal`(_ media: String) throws {
        var numbers = Numbers(state: 11)
        let type = try #require(ResourceTable.type(named: "deployments.apps"))
        let seed: [UInt8] =
            media.hasSuffix("protobuf")
            ? Array("k8s\0".utf8) + [0x0A, 0x0E, 0x0A, 0x02, 0x76, 0x31, 0x12, 0x08] + Array("ConfigMa".utf8)
                + [0x12, 0x05, 0x0A, 0x03, 0x0A, 0x01, 0x61]
            : Array((media.hasSuffix("json") ? Self.deployment : Self.yaml).utf8)
        var read = 0
        for _ in 0..<1500 {
            let request = APIRequest(
                method: "POST", path: [], contentType: media, body: mutated(seed, &numbers))
            do throws(APIError) {
                let body = try BodyReader.body(request, kind: "Deployment")
                let (object, _) = try BodyReader.decoded(body.document, type)
                _ = Validation.specific(Defaults.apply(to: object, type), type, old: nil)
                read += 1
            } catch {
                #expect((400..<500).contains(error.code), "\(error.message)")
            }
        }
        if !media.hasSuffix("protobuf") { #expect(read > 50) }
    }

    @Test(arguments: 0..<4) func `a damaged patch changes the object or is refused`(_ index: Int) throws {
        var numbers = Numbers(state: 23)
        let type = try #require(ResourceTable.type(named: "deployments.apps"))
        let object = try JSONReader.value(from: Array(Self.deployment.utf8))
        let (media, patch) = Self.patches[index]
        var applied = 0
        for _ in 0..<1500 {
            let request = APIRequest(
                method: "PATCH", path: [], contentType: media, body: mutated(Array(patch.utf8), &numbers))
            do throws(APIError) {
                let body = try BodyReader.body(request, kind: "Deployment")
                _ = try ObjectAPI.patched(object, by: body.document, media: media, type: type)
                applied += 1
            } catch {
                #expect(error.code >= 400)
            }
        }
        #expect(applied > 5)
    }
}

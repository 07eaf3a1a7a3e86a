import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Delivery

/// What must not be applied, whoever signed it.
@Suite struct DesiredStateTests {
    private func violations(_ value: Value) throws -> [String] {
        let file = "version: 1\nenvironments:\n  - name: production\n    path: production\n    namespace: shop\n"
        let environment = try #require(try EnvironmentsFile(parsing: file.utf8).environments.first)
        return DesiredState(rendered: [try Resource(value)], environment: environment).violations.map(\.rule)
    }

    private let secret: Value = [
        "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "database"],
        "data": ["password": "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"],
    ]

    @Test func `a file that SOPS sealed is not applied as it stands`() throws {
        var sealed = secret
        sealed["sops"] = ["mac": "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]", "version": "3.9.0"]
        #expect(try violations(sealed) == ["WB-AGT-008"])
    }

    @Test func `a member of that name without a seal is somebody else's`() throws {
        var other = secret
        other["sops"] = ["team": "operators"]
        #expect(try violations(secret).isEmpty)
        #expect(try violations(other).isEmpty)
    }

    @Test func `an image by tag is not applied`() throws {
        let pod: Value = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web"],
            "spec": ["containers": [["name": "web", "image": "shop/web:1.0"]]],
        ]
        #expect(try violations(pod) == ["WB-AGT-002"])
    }

    @Test func `an image that a volume mounts by tag is not applied either`() throws {
        let pinned = "shop/web@sha256:" + String(repeating: "a", count: 64)
        let pod: Value = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web"],
            "spec": [
                "containers": [["name": "web", "image": .string(pinned)]],
                "volumes": [["name": "data", "image": ["reference": "shop/data:1.0"]]],
            ],
        ]
        #expect(try violations(pod) == ["WB-AGT-002"])
    }
}

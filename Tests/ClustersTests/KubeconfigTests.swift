import Clusters
import Foundation
import Testing
import WaybillCore

private func access(_ user: String, cluster: String = "server: https://127.0.0.1:6443/") throws -> ClusterAccess {
    let path = NSTemporaryDirectory() + "/kubeconfig-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u, namespace: shop}}]
        clusters: [{name: k, cluster: {\(cluster)}}]
        users: [{name: u, user: {\(user)}}]
        """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try ClusterAccess.kubeconfig(path)
}

@Test func `a kubeconfig gives the server, the token and the namespace`() throws {
    let found = try access("token: secret")
    #expect(found.server == "https://127.0.0.1:6443")
    #expect(found.namespace == "shop")
    guard case .token("secret") = found.credentials else {
        Issue.record("expected a token")
        return
    }
}

@Test(arguments: [
    ("exec: {command: sh}", "server: https://x"), ("auth-provider: {name: x}", "server: https://x"),
    ("username: a, password: b", "server: https://x"), ("token: a", "server: http://cluster.example"),
    ("token: a", "server: https://x, insecure-skip-tls-verify: true"),
    ("client-certificate-data: YQ==", "server: https://x"),
    ("token: a", "server: https://x, certificate-authority-data: '*'"),
])
func `what a kubeconfig may not ask for is refused`(_ user: String, _ cluster: String) {
    #expect(throws: WaybillError.self) { try access(user, cluster: cluster) }
}

@Test func `a kubeconfig that is not there is refused`() {
    #expect(throws: WaybillError.self) { try ClusterAccess.kubeconfig("/nowhere/kubeconfig") }
}

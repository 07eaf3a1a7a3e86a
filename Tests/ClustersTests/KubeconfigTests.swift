import Clusters
import Foundation
import Testing
import WaybillCore

private func access(
    _ user: String, cluster: String = "server: https://127.0.0.1:6443/", allowsPrograms: Bool = false
) throws -> ClusterAccess {
    let path = NSTemporaryDirectory() + "/kubeconfig-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u, namespace: shop}}]
        clusters: [{name: k, cluster: {\(cluster)}}]
        users: [{name: u, user: {\(user)}}]
        """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try ClusterAccess.kubeconfig(path, allowsPrograms: allowsPrograms)
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
    ("token: a, as-groups: [x]", "server: https://x"),
    ("token: a", "server: https://x, proxy-url: 'ftp://proxy'"),
    ("token: a", "server: https://x, proxy-url: 'socks5://a:b@proxy'"),
    ("token: a", "server: https://x, proxy-url: ' '"),
])
func `what a kubeconfig may not ask for is refused`(_ user: String, _ cluster: String) {
    #expect(throws: WaybillError.self) { try access(user, cluster: cluster) }
}

@Test func `a kubeconfig that is not there is refused`() {
    #expect(throws: WaybillError.self) { try ClusterAccess.kubeconfig("/nowhere/kubeconfig") }
}

@Test(arguments: [
    "{apiVersion: client.authentication.k8s.io/v1}", "{apiVersion: v1, command: sh}",
    "{apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Always}",
    "{apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Often}",
    "{apiVersion: client.authentication.k8s.io/v1, command: sh, env: [{name: A}]}",
])
func `a program for credentials that cannot be asked is refused`(_ program: String) {
    #expect(throws: WaybillError.self) { try access("exec: \(program)", allowsPrograms: true) }
}

@Test func `a program for credentials is taken where it is allowed`() throws {
    let found = try access(
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}", allowsPrograms: true)
    guard case .program = found.credentials else {
        Issue.record("expected a program")
        return
    }
}

@Test func `impersonation, the server's name and a proxy are taken over`() throws {
    let found = try access(
        "token: a, as: ann, as-groups: [g, h], as-uid: '7', as-user-extra: {scope: [x]}",
        cluster: "server: https://x, tls-server-name: y, proxy-url: 'http://me:secret@proxy.example'")
    #expect(
        found.impersonation == Impersonation(user: "ann", groups: ["g", "h"], uid: "7", extra: ["scope": ["x"]]))
    #expect(found.serverName == "y")
    #expect(found.proxy?.host == "proxy.example")
    #expect(found.proxy?.port == 80)
    #expect(!"\(String(describing: found.server))".contains("secret"))
}

@Test func `of several files the first that names a thing has the say`() throws {
    let folder = NSTemporaryDirectory() + "/kubeconfigs-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder + "/b", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("contexts: [{name: c, context: {cluster: k, user: u}}]".utf8).write(
        to: URL(fileURLWithPath: folder + "/a"))
    try Data(
        """
        current-context: c
        contexts: [{name: c, context: {cluster: other}}]
        clusters: [{name: k, cluster: {server: 'https://k'}}]
        users: [{name: u, user: {tokenFile: token}}]
        """.utf8
    ).write(to: URL(fileURLWithPath: folder + "/b/config"))
    let found = try ClusterAccess.kubeconfig([folder + "/a", folder + "/b/config"], environment: [:])
    #expect(found.server == "https://k")
    guard case .tokenFile(let path) = found.credentials else {
        Issue.record("expected a token file")
        return
    }
    #expect(path == folder + "/b/token")
}

@Test(arguments: [
    ("https://k.example", "", "http://p:3128", true), ("https://k.example", "k.example", "http://p", false),
    ("https://k.example", ".example", "http://p", false), ("https://k.example", "example", "http://p", false),
    ("https://kexample", "example", "http://p", true), ("https://k.example:6443", "k.example:443", "http://p", true),
    ("https://k.example:6443", "k.example:6443", "http://p", false),
    ("https://10.1.2.3", "10.0.0.0/8", "http://p", false),
    ("https://11.1.2.3", "10.0.0.0/8", "http://p", true), ("https://k", "*", "http://p", false),
    ("https://127.0.0.1:6443", "", "http://p", false), ("https://localhost", "", "http://p", false),
    ("https://[::1]:6443", "", "http://p", false), ("http://127.0.0.1", "", "http://p", false),
    ("https://k", "", "p:3128", true), ("https://k", "", "", false),
])
func `the environment's proxy is used as its exceptions say`(
    _ server: String, _ exceptions: String, _ proxy: String, _ isUsed: Bool
) throws {
    let folder = NSTemporaryDirectory() + "/kubeconfig-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(
        """
        current-context: c
        contexts: [{name: c, context: {cluster: k}}]
        clusters: [{name: k, cluster: {server: '\(server)'}}]
        """.utf8
    ).write(to: URL(fileURLWithPath: folder))
    let found = try ClusterAccess.kubeconfig(
        [folder], environment: ["https_proxy": proxy, "NO_PROXY": exceptions])
    #expect((found.proxy != nil) == isUsed)
}

import Clusters
import Documents
import Files
import Foundation
import HTTPServing
import Kubernetes
import LocalCluster
import Processes
import Testing
import WaybillCore

/// How a client may come to a cluster: a program for credentials, another name on the certificate, another's name.
@Suite struct ClientAccessTests {
    /// A kubeconfig beside the cluster's own, with another user and more of the cluster.
    private func access(
        _ cluster: LocalCluster, user: String, more: String = "", program: String? = nil
    ) throws -> ClusterAccess {
        let folder = (cluster.kubeconfigPath as NSString).deletingLastPathComponent
        let own = try ClusterAccess.kubeconfig(cluster.kubeconfigPath)
        if let program { try Files.write(Array(program.utf8), to: folder + "/plugin", mode: 0o700) }
        let authority = Base64.encode((own.authorityPEM ?? "").utf8)
        let text = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: "\(own.server)", certificate-authority-data: \(authority)\(more)}}]
            users: [{name: u, user: {\(user)}}]
            """
        try Files.write(Array(text.utf8), to: folder + "/other", mode: 0o600)
        return try ClusterAccess.kubeconfig(folder + "/other", allowsPrograms: true)
    }

    private func token(_ cluster: LocalCluster) throws -> String {
        guard case .token(let token) = try ClusterAccess.kubeconfig(cluster.kubeconfigPath).credentials else {
            throw WaybillError(.failed, "the cluster's kubeconfig has no token", subject: "test")
        }
        return token
    }

    private func withClient(_ access: ClusterAccess, _ body: (KubernetesClient) async throws -> Void) async throws {
        let client = try KubernetesClient(access)
        do {
            try await body(client)
        } catch {
            await client.stop()
            throw error
        }
        await client.stop()
    }

    private func expectAnswer(_ client: KubernetesClient) async throws {
        let found = try await client.get(key("Namespace", "default", namespace: ""))
        #expect(found != nil)
    }

    private static let exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin}"

    @Test func `a program's token is used until the cluster refuses it, and then asked for anew`() async throws {
        try await withCluster { cluster, _ in
            let folder = (cluster.kubeconfigPath as NSString).deletingLastPathComponent
            let script = """
                #!/bin/sh
                echo run >> \(folder)/runs
                case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*) ;; *) exit 3 ;; esac
                if [ "$(wc -l < \(folder)/runs)" = 1 ]; then token=stale; else token=\(try token(cluster)); fi
                echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$token'"}}'
                """
            try await withClient(try access(cluster, user: Self.exec, program: script)) { client in
                for _ in 0..<3 { try await expectAnswer(client) }
            }
            #expect(try Files.read(folder + "/runs").split(separator: 0x0A).count == 2)
        }
    }

    @Test(arguments: [
        ("exit 1", WaybillError.Code.unauthenticated), ("echo secret-answer", .invalidInput),
        ("echo '{}'", .invalidInput), ("rm -f $0.gone; exec $0.gone", .unauthenticated),
        (
            "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'",
            .invalidInput
        ),
    ])
    func `a program that gives no credentials is an error that repeats nothing of its answer`(
        _ script: String, _ code: WaybillError.Code
    ) async throws {
        try await withCluster { cluster, _ in
            let access = try access(cluster, user: Self.exec, program: "#!/bin/sh\n\(script)\n")
            try await withClient(access) { client in
                let error = await #expect(throws: WaybillError.self) {
                    try await client.get(key("Namespace", "default", namespace: ""))
                }
                #expect(error?.code == code)
                #expect(!"\(String(describing: error))".contains("secret-answer"))
            }
        }
    }

    @Test func `a program that is not there is named with its hint`() async throws {
        try await withCluster { cluster, _ in
            let exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./gone, installHint: get it}"
            try await withClient(try access(cluster, user: exec)) { client in
                let error = await #expect(throws: WaybillError.self) {
                    try await client.get(key("Namespace", "default", namespace: ""))
                }
                #expect(error?.remedy == "get it")
            }
        }
    }

    @Test func `the server may show another name, and must show that one`() async throws {
        let folder = "/var/tmp/waybill-test-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func start() async throws -> LocalCluster {
            try await LocalCluster.start(
                LocalClusterConfiguration(folder: folder, programPath: "/bin/false", runsContainers: false))
        }
        await (try start()).stop()
        // From now on its certificate shows one name, and no address.
        let tls = try TLSIdentity.selfSigned(hosts: ["only.example"])
        var identity = try JSONReader.value(from: Files.read(folder + "/identity.json"))
        identity["certificate"] = .string(tls.certificatePEM)
        identity["key"] = .string(tls.privateKeyPEM)
        identity["authority"] = .string(tls.authorityPEM)
        try Files.write(JSONWriter.bytes(identity), to: folder + "/identity.json", mode: 0o600)
        let cluster = try await start()
        let user = "token: \(try token(cluster))"
        try await withClient(try access(cluster, user: user, more: ", tls-server-name: only.example")) { client in
            try await expectAnswer(client)
        }
        for more in ["", ", tls-server-name: other.example"] {
            try await withClient(try access(cluster, user: user, more: more)) { client in
                let error = await #expect(throws: WaybillError.self) {
                    try await client.get(key("Namespace", "default", namespace: ""))
                }
                #expect(error?.code == .unavailable)
            }
        }
        await cluster.stop()
    }

    @Test func `who acts in another's name may do what the other may`() async throws {
        try await withCluster { cluster, client in
            let nobody = client.acting(as: .serviceAccount("nobody", namespace: "default"))
            let error = await #expect(throws: WaybillError.self) {
                try await nobody.list(
                    ObjectKind(group: "", version: "v1", kind: "Secret"), namespace: "default", labels: nil)
            }
            #expect(error?.code == .forbidden)
            let user = "token: \(try token(cluster)), as: ann, as-groups: ['system:masters']"
            try await withClient(try access(cluster, user: user)) { client in
                _ = try await client.list(
                    ObjectKind(group: "", version: "v1", kind: "Secret"), namespace: "default", labels: nil)
            }
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "python3 plays the proxy"))
    func `a proxy is asked for the way to the server`() async throws {
        try await withCluster { cluster, _ in
            let folder = (cluster.kubeconfigPath as NSString).deletingLastPathComponent
            let program = """
                import socket, sys, threading
                def pump(a, b):
                    try:
                        while data := a.recv(65536): b.sendall(data)
                        b.shutdown(socket.SHUT_WR)
                    except OSError: pass
                def serve(c):
                    head = b""
                    while b"\\r\\n\\r\\n" not in head: head += c.recv(4096)
                    words = head.split(b" ")
                    assert words[0] == b"CONNECT"
                    host, port = words[1].decode().rsplit(":", 1)
                    s = socket.create_connection((host, int(port)))
                    c.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
                    threading.Thread(target=pump, args=(c, s), daemon=True).start()
                    pump(s, c)
                l = socket.create_server(("127.0.0.1", 0))
                open(sys.argv[1] + ".new", "w").write(str(l.getsockname()[1]))
                import os; os.rename(sys.argv[1] + ".new", sys.argv[1])
                while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
                """
            let proxy = Task {
                try await ProcessRunner.run(
                    Command("/usr/bin/python3", ["-c", program, folder + "/port"], timeout: .seconds(30)))
            }
            defer { proxy.cancel() }
            #expect(try await eventually { Files.exists(folder + "/port") })
            let port = String(decoding: try Files.read(folder + "/port"), as: UTF8.self)
            let user = "token: \(try token(cluster))"
            try await withClient(try access(cluster, user: user, more: ", proxy-url: 'http://127.0.0.1:\(port)'")) {
                client in
                try await expectAnswer(client)
            }
            // Through nothing there is no way.
            try await withClient(try access(cluster, user: user, more: ", proxy-url: 'http://127.0.0.1:1'")) { client in
                let error = await #expect(throws: WaybillError.self) {
                    try await client.get(key("Namespace", "default", namespace: ""))
                }
                #expect(error?.code == .unavailable)
            }
        }
    }
}

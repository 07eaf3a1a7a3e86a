import Clusters
import Documents
import Foundation
import Health
import Kubernetes
import LocalCluster
import Processes
import Testing
import WaybillCore

/// An image of one program, busybox, made on the spot.
private struct BusyboxPuller: ImagePuller {
    let folder: String
    static let program = "/bin/busybox"

    func image(_ reference: String) async throws(WaybillError) -> ContainerImage {
        guard reference != "example.com/absent:1" else {
            throw WaybillError(.notFound, "is not there", subject: reference)
        }
        let script = """
            set -e
            mkdir -p "$0/bin" "$0/www" "$0/etc" "$0/proc" "$0/dev" "$0/tmp"
            cp -n \(Self.program) "$0/bin/busybox" || true
            for name in sh httpd id cat sleep tar; do ln -sf busybox "$0/bin/$name"; done
            echo hello > "$0/www/index.html"
            chown -R \(ContainerImage.firstUser):\(ContainerImage.firstUser) "$0"
            """
        try await ProcessRunner.output(of: Command("sh", ["-c", script, folder]))
        return ContainerImage(
            rootFolder: folder, digest: .sha256(of: reference.utf8), environment: ["PATH=/bin"],
            command: ["httpd", "-f", "-p", "8080", "-h", "/www"])
    }
}

@Suite(.serialized) struct ContainerTests {
    /// The program with the hidden subcommand: the one that was built beside these tests, or the one that is named.
    private static let program: String? = {
        let named = ProcessInfo.processInfo.environment["WAYBILL_POD_PROXY"]
        let beside =
            (CommandLine.arguments.first.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? "")
            + "/waybill"
        guard let path = named ?? (FileManager.default.isExecutableFile(atPath: beside) ? beside : nil) else {
            return nil
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["pod-proxy"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 64 ? path : nil
    }()

    private static var canRun: Bool {
        geteuid() == 0 && program != nil && FileManager.default.isExecutableFile(atPath: BusyboxPuller.program)
            && ["/usr/sbin/runc", "/usr/bin/runc"].contains { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @Test(.enabled(if: canRun, "needs root, runc, busybox and a waybill with the pod-proxy subcommand"))
    func `a pod runs as a real container and answers on a loopback port`() async throws {
        let image = "/var/tmp/waybill-test-image-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: image) }
        try await withCluster(runsContainers: true, puller: BusyboxPuller(folder: image), program: Self.program ?? "") {
            _, client in
            let pod = try resource(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default, labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: web
                    image: example.com/web:1
                    securityContext: {runAsUser: 1000, capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false}
                    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}
                """)
            let service = try resource(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
                """)
            try await client.create(pod, dryRun: false)
            try await client.create(service, dryRun: false)
            #expect(
                try await eventually {
                    try await client.get(pod.key).map { ObjectHealth.assess($0).state == .healthy } ?? false
                })
            let address = try await client.get(service.key)?.annotations[LocalCluster.addressAnnotation] ?? ""
            let answer = try await ProcessRunner.run(Command("curl", ["-sS", "--max-time", "5", "http://\(address)/"]))
            #expect(answer.line == "hello", "\(answer.errorText)")
            try await client.delete(pod.key)
            #expect(try await eventually { try await client.get(pod.key) == nil })
        }
    }

    @Test(.enabled(if: canRun, "needs root, runc, busybox and a waybill with the pod-proxy subcommand"))
    func `what cannot run says why`() async throws {
        let image = "/var/tmp/waybill-test-image-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: image) }
        try await withCluster(runsContainers: true, puller: BusyboxPuller(folder: image), program: Self.program ?? "") {
            _, client in
            for (name, spec, reason) in [
                ("absent", "containers: [{name: c, image: 'example.com/absent:1'}]", "ErrImagePull"),
                ("host", "hostNetwork: true, containers: [{name: c, image: x}]", "CreateContainerConfigError"),
                (
                    "root", "securityContext: {runAsNonRoot: true}, containers: [{name: c, image: x}]",
                    "CreateContainerConfigError"
                ),
            ] {
                let pod = try resource(
                    "{apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: default}, spec: {\(spec)}}")
                try await client.create(pod, dryRun: false)
                #expect(
                    try await eventually {
                        let status = try await client.get(pod.key)?["status", "containerStatuses"]?[0]
                        return status?["state"]?["waiting"]?["reason"]?.string == reason
                    }, "\(name)")
            }
        }
    }

    private static let kubectl = "/usr/bin/kubectl"
    private static var canReach: Bool { canRun && FileManager.default.isExecutableFile(atPath: kubectl) }

    /// One container that says something on both outputs and then serves a page.
    private static let talker = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: default}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - name: web
            image: example.com/web:1
            command: [sh, -c, "echo started; echo oops >&2; exec httpd -f -p 8080 -h /www"]
            readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}
        """

    @Test(.enabled(if: canReach, "needs kubectl, root, runc, busybox and a waybill with the pod-proxy subcommand"))
    func `kubectl reaches into a pod: exec, cp, attach, port-forward and logs`() async throws {
        let image = "/var/tmp/waybill-test-image-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: image) }
        try await withCluster(runsContainers: true, puller: BusyboxPuller(folder: image), program: Self.program ?? "") {
            cluster, client in
            let pod = try resource(Self.talker)
            try await client.create(pod, dryRun: false)
            #expect(
                try await eventually {
                    try await client.get(pod.key).map { ObjectHealth.assess($0).state == .healthy } ?? false
                })
            let folder = URL(filePath: cluster.kubeconfigPath).deletingLastPathComponent().path
            func kubectl(_ words: String..., input: String = "", sockets: Bool = true) async throws -> Outcome {
                try await ProcessRunner.run(
                    Command(
                        Self.kubectl, words,
                        environment: [
                            "KUBECONFIG": cluster.kubeconfigPath, "HOME": folder,
                            "KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "\(sockets)",
                            "KUBECTL_PORT_FORWARD_WEBSOCKETS": "\(sockets)",
                        ], input: Array(input.utf8), timeout: .seconds(30)))
            }
            for sockets in [true, false] {
                let read = try await kubectl("exec", "web", "--", "cat", "/www/index.html", sockets: sockets)
                #expect(read.text == "hello\n", "\(read.errorText)")
                let text = String(repeating: "0123456789abcdef\n", count: 20_000)
                let echo = try await kubectl("exec", "-i", "web", "--", "cat", input: text, sockets: sockets)
                #expect(echo.text == text, "\(echo.output.count) bytes, \(echo.errorText)")
                let failed = try await kubectl(
                    "exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 3", sockets: sockets)
                #expect(failed.exit == .exited(3) && failed.text == "out\n")
                #expect(failed.errorText == "err\ncommand terminated with exit code 3\n")
                // kubectl asks for a terminal only where it stands on one itself.
                let terminal = try await ProcessRunner.run(
                    Command(
                        "script",
                        ["-qec", "\(Self.kubectl) exec -it web -- sh -c 'test -t 1 && echo a terminal'", "/dev/null"],
                        environment: [
                            "KUBECONFIG": cluster.kubeconfigPath, "HOME": folder,
                            "KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "\(sockets)",
                        ], timeout: .seconds(30)))
                #expect(terminal.text.contains("a terminal"), "\(terminal.text)")
                try await Self.forward(cluster, folder, sockets: sockets)
            }
            let copied = try await kubectl("cp", "web:/www/index.html", "\(folder)/copy.html")
            #expect(copied.isSuccess, "\(copied.errorText)")
            #expect(try String(contentsOfFile: "\(folder)/copy.html", encoding: .utf8) == "hello\n")

            let all = try await kubectl("logs", "web")
            #expect(all.text.split(separator: "\n").sorted() == ["oops", "started"])
            #expect(try await kubectl("logs", "web", "--tail=1").text.split(separator: "\n").count == 1)
            let stamped = try await kubectl("logs", "web", "--timestamps")
            for line in stamped.text.split(separator: "\n") {
                #expect(line.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (started|oops)/) != nil, "\(line)")
            }
            #expect(try await kubectl("logs", "web", "--since=1h").text == all.text)
            #expect(try await kubectl("logs", "web", "--since-time=2999-01-01T00:00:00Z").text.isEmpty)
            let none = try await kubectl("logs", "web", "--previous")
            #expect(none.errorText.contains("previous terminated container \"web\" in pod \"web\" not found"))
            let other = try await kubectl("exec", "web", "-c", "other", "--", "id")
            #expect(other.errorText.contains("container other is not valid for pod web"), "\(other.errorText)")
            #expect(try await kubectl("top", "pod", "web").isSuccess == false)
        }
    }

    /// Forwards a free port, asks once through it, and once for a port where nothing listens.
    private static func forward(_ cluster: LocalCluster, _ folder: String, sockets: Bool) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: kubectl)
        process.arguments = ["port-forward", "pod/web", ":8080", ":9"]
        process.environment = [
            "KUBECONFIG": cluster.kubeconfigPath, "HOME": folder, "KUBECTL_PORT_FORWARD_WEBSOCKETS": "\(sockets)",
        ]
        let output = "\(folder)/forward-\(sockets).txt"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: output))
        process.standardOutput = file
        process.standardError = file
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        func ports() -> [String: Int] {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            var ports: [String: Int] = [:]
            for match in text.matches(of: /127\.0\.0\.1:(\d+) -> (\d+)/) {
                ports[String(match.output.2)] = Int(match.output.1)
            }
            return ports
        }
        #expect(try await eventually { ports().count == 2 })
        let found = ports()
        for _ in 0..<2 {
            let answer = try await ProcessRunner.run(
                Command("curl", ["-sS", "--max-time", "5", "http://127.0.0.1:\(found["8080"] ?? 0)/"]))
            #expect(answer.text == "hello\n", "\(answer.errorText)")
        }
        let refused = try await ProcessRunner.run(
            Command("curl", ["-sS", "--max-time", "5", "http://127.0.0.1:\(found["9"] ?? 0)/"]))
        #expect(!refused.isSuccess)
    }
}

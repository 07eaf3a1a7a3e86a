import Clusters
import Documents
import Foundation
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
            for name in sh httpd id cat; do ln -sf busybox "$0/bin/$name"; done
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
                    try await client.get(pod.key).map { ResourceHealth.assess($0).isHealthy } ?? false
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
}

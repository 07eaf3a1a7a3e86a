import Files
import Processes
import Sandboxes
import Signers
import Testing
import WaybillCore

/// The programs that a real build needs.
enum BuildPrograms {
    static let missing = ["buildah", "skopeo", "runc", "busybox"].filter { name in
        !["/usr/bin", "/usr/sbin", "/bin"].contains { Files.exists("\($0)/\(name)") }
    }
}

/// What a step of a real build can find of the installation that runs it. `SandboxesTests` asks the same about
/// network and users.
@Suite(
    .serialized,
    .enabled(if: BuildPrograms.missing.isEmpty, "needs the programs \(BuildPrograms.missing.joined(separator: ", "))"))
struct BuildStepTests {
    @Test func `a build step finds neither the signer's key nor its socket nor another process's environment`()
        async throws
    {
        let works = try Works()
        let key = works.folder + "/signer/key.pem", socket = works.folder + "/signer/socket"
        try Files.makeFolder(works.folder + "/signer", mode: 0o700)
        try Files.write(Array("-----BEGIN PRIVATE KEY-----\nsecret-of-the-signer\n".utf8), to: key, mode: 0o600)
        try Files.write([], to: socket)
        let marker = "environment-\(UInt64.random(in: .min ... .max))"
        let neighbour = Task {
            try await ProcessRunner.run(
                Command("sleep", ["300"], environment: ["MARKER": marker], timeout: .seconds(300)))
        }
        defer { neighbour.cancel() }

        let context = works.folder + "/context"
        try Files.makeFolder(context)
        try Files.write(
            Array(
                """
                FROM waybill.local/busybox:1
                ARG KEY
                ARG SOCKET
                RUN cat "$KEY" 2>/dev/null || echo "no key"
                RUN cat /proc/[0-9]*/root"$KEY" 2>/dev/null || echo "no key through proc"
                RUN test -e "$SOCKET" && echo "socket found" || echo "no socket"
                RUN cat /proc/net/unix | grep -c signer || true
                RUN cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep "^MARKER=" || echo "no environment"
                RUN ls /proc/[0-9]*/cwd /proc/[0-9]*/fd 2>/dev/null | grep signer || echo "no open folder"
                """.utf8), to: context + "/Containerfile")
        let base = try await BaseImage.makeBusybox(in: works.folder + "/base")
        let sandbox = try await BuildahSandbox(stateFolder: works.folder + "/state")
        let outcome = try await sandbox.build(
            BuildRequest(
                context: context, arguments: ["KEY": key, "SOCKET": socket],
                baseImages: [BaseImageSource(name: "waybill.local/busybox:1", image: base)],
                output: works.folder + "/image"))
        _ = try outcome.image()
        for line in ["no key", "no key through proc", "no socket", "no environment", "no open folder"] {
            #expect(outcome.log.contains("\n\(line)\n"), "\(line)")
        }
        #expect(!outcome.log.contains("secret-of-the-signer"))
        #expect(!outcome.log.contains(marker))
    }
}

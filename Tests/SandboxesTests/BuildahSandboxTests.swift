import Files
import Foundation
import Testing
import WaybillCore

@testable import Sandboxes

/// Real builds. Each takes a second or two; they run one after the other to leave the machine to others.
@Suite(
    .serialized,
    .enabled(if: SandboxFixture.missing.isEmpty, "needs the programs \(SandboxFixture.missing.joined(separator: ", "))")
)
struct BuildahSandboxTests {
    @Test func `the base image has the same digest every time`() async throws {
        let fixture = try await SandboxFixture()
        let again = try await BaseImage.makeBusybox(in: "\(fixture.folder)/again")
        #expect(again.digest == fixture.base.digest)
    }

    @Test func `two builds of the same files give the same digest and what the builder observed`() async throws {
        let fixture = try await SandboxFixture()
        let file = """
            FROM waybill.local/busybox:1
            ARG GREETING
            COPY hello /srv/hello
            RUN echo "$GREETING" > /srv/greeting && chown app /srv/greeting
            USER app
            """
        let first = try await fixture.build(file, files: ["hello": "hi"], arguments: ["GREETING": "good day"])
        let second = try await fixture.build(file, files: ["hello": "hi"], arguments: ["GREETING": "good day"])
        #expect(try first.image().digest == second.image().digest)
        #expect(first.baseImages.map(\.image.digest) == [fixture.base.digest])
        #expect(first.started == 1_000)
        #expect(first.isolation.networkNamespace)
        #expect(first.isolation.builder.hasPrefix("buildah "))
        let other = try await fixture.build(file, files: ["hello": "hi"], arguments: ["GREETING": "bye"])
        #expect(try other.image().digest != first.image().digest)
    }

    @Test func `a step sees no network, no file of the host and no user of the host`() async throws {
        let fixture = try await SandboxFixture()
        let key = "\(fixture.folder)/key.pem"
        try Files.write(Array("the key".utf8), to: key, mode: 0o600)
        let outcome = try await fixture.build(
            """
            FROM waybill.local/busybox:1
            RUN echo "interfaces $(grep : /proc/net/dev | cut -d: -f1 | tr -d '\\n ')"; echo "map $(cat /proc/self/uid_map)"
            RUN cat \(key) 2>/dev/null && echo readable || echo "key unreadable"
            RUN cat /proc/1/root\(key) 2>/dev/null && echo readable || echo "key unreadable through proc"
            RUN nc -w 1 127.0.0.1 22 </dev/null && echo connected || echo "no connection"
            """)
        _ = try outcome.image()
        #expect(outcome.log.contains("interfaces lo\n"))
        #expect(outcome.log.contains("\nkey unreadable\n"))
        #expect(outcome.log.contains("\nkey unreadable through proc\n"))
        #expect(outcome.log.contains("\nno connection\n"))
        if outcome.isolation.userNamespace {
            let map = try #require(outcome.log.split(separator: "\n").first { $0.hasPrefix("map ") })
            let numbers = map.split(separator: " ").dropFirst().compactMap { Int($0) }
            #expect(numbers.first == 0)
            #expect(numbers.dropFirst().first != 0)
        }
    }

    @Test func `nothing is fetched: other images and ADD of a URL fail`() async throws {
        let fixture = try await SandboxFixture()
        for file in [
            "FROM docker.io/library/alpine:3\n", "FROM waybill.local/busybox:1\nADD http://127.0.0.1:1/x /x\n",
        ] {
            let outcome = try await fixture.build(file)
            #expect(throws: WaybillError.self) { try outcome.image() }
        }
    }

    @Test func `a failing step is a result that quotes it, without the secrets`() async throws {
        let fixture = try await SandboxFixture()
        let outcome = try await fixture.build(
            "FROM waybill.local/busybox:1\nRUN echo token-1234; exit 7\n", secrets: ["token-1234"])
        guard case .failed(let reason) = outcome.result else {
            Issue.record("the build passed")
            return
        }
        #expect(reason.contains("exit status 7"))
        #expect(!outcome.log.contains("token-1234"))
        #expect(outcome.log.contains("[redacted]"))
    }

    @Test func `a step that takes too much memory is killed`() async throws {
        let fixture = try await SandboxFixture()
        let outcome = try await fixture.build(
            "FROM waybill.local/busybox:1\nRUN head -c 300000000 /dev/zero | tail -c 290000000 | wc -c\n",
            limits: ResourceLimits(memoryBytes: 128 << 20))
        #expect(outcome.log.contains("Killed") || outcome.log.contains("137") || outcome.log.contains("memory"))
        #expect(!outcome.log.contains("\n290000000\n"))
    }

    @Test func `a build that takes too long leaves nothing running and no files`() async throws {
        let fixture = try await SandboxFixture()
        let marker = "86399\(UInt16.random(in: .min ... .max))"
        let error = await #expect(throws: WaybillError.self) {
            try await fixture.build(
                "FROM waybill.local/busybox:1\nRUN sleep \(marker)\n", limits: ResourceLimits(timeout: .seconds(4)))
        }
        #expect(error?.code == .timeout)
        #expect(try fixture.leftovers(marker: "sleep\u{0}\(marker)") == [])
    }

    @Test func `a cancelled build leaves nothing running and no files`() async throws {
        let fixture = try await SandboxFixture()
        let marker = "86398\(UInt16.random(in: .min ... .max))"
        let sandbox = fixture.sandbox, folder = fixture.folder, base = fixture.base
        try Files.makeFolder("\(folder)/context")
        try Files.write(
            Array("FROM waybill.local/busybox:1\nRUN sleep \(marker)\n".utf8), to: "\(folder)/context/Containerfile")
        let task = Task {
            try await sandbox.build(
                BuildRequest(
                    context: "\(folder)/context",
                    baseImages: [BaseImageSource(name: "waybill.local/busybox:1", image: base)],
                    output: "\(folder)/out"))
        }
        var tries = 0
        while try fixture.leftovers(marker: "sleep\u{0}\(marker)").count < 2, tries < 200 {
            try await Task.sleep(for: .milliseconds(50))
            tries += 1
        }
        task.cancel()
        await #expect(throws: WaybillError.self) { try await task.value }
        #expect(try fixture.leftovers(marker: "sleep\u{0}\(marker)") == [])
    }

    @Test func `commands run in an image as its user, and what one writes the next one sees`() async throws {
        let fixture = try await SandboxFixture()
        let image = try await fixture.build("FROM waybill.local/busybox:1\nENV COLOUR=blue\nUSER app\n").image()
        let open = try await fixture.sandbox.open(image, limits: .standard)
        let first = try await open.run(
            ImageCommand(["sh", "-c", "id -u; echo $COLOUR; echo oops >&2; echo kept > /tmp/x; exit 3"]))
        #expect(first.exitStatus == 3)
        #expect(String(decoding: first.output, as: UTF8.self) == "1000\nblue\n")
        #expect(String(decoding: first.errorOutput, as: UTF8.self) == "oops\n")
        let second = try await open.run(ImageCommand(["cat", "/tmp/x"]))
        #expect(second.exitStatus == 0)
        #expect(String(decoding: second.output, as: UTF8.self) == "kept\n")
        #expect(String(decoding: second.errorOutput, as: UTF8.self) == "")
        #expect(try await open.run(ImageCommand(["no-such-program"])).exitStatus == 127)
        let error = await #expect(throws: WaybillError.self) {
            try await open.run(ImageCommand(["sleep", "86397"], timeout: .seconds(2)))
        }
        #expect(error?.code == .timeout)
        try await open.close()
        #expect(try fixture.leftovers(marker: "sleep\u{0}86397") == [])
    }

    @Test func `an output folder that exists and a build file outside the context are refused`() async throws {
        let fixture = try await SandboxFixture()
        let request = BuildRequest(context: fixture.folder, containerfile: "../x", output: "\(fixture.folder)/new")
        await #expect(throws: WaybillError.self) { try await fixture.sandbox.build(request) }
        var other = request
        other.output = fixture.folder
        await #expect(throws: WaybillError.self) { try await fixture.sandbox.build(other) }
    }
}

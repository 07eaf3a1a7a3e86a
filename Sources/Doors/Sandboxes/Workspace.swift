import Files
import Foundation
import Processes
import WaybillCore

/// The folder of one build: what the builder reads and writes, and nothing of anybody else's.
struct Workspace: Sendable {
    /// Ours; holds `work`, which becomes the builder's home.
    let folder: String
    let range: SubordinateRange?

    var work: String { "\(folder)/work" }

    init(in stateFolder: String, range: SubordinateRange?) async throws(WaybillError) {
        self.range = range
        folder = "\(stateFolder)/builds/\(Hex.encode((0..<8).map { _ in UInt8.random(in: .min ... .max) }))"
        try Files.makeFolder("\(stateFolder)/builds", mode: 0o700)
        try Files.makeFolder(folder, mode: 0o700)
        for name in ["", "/conf", "/tmp", "/xdg", "/bases"] { try Files.makeFolder(work + name, mode: 0o700) }
        if let range {
            try Files.write(Array("root:\(range.start):\(range.count)\n".utf8), to: "\(folder)/\(Jail.rangesFile)")
        }
        for (name, text) in Self.configuration { try Files.write(Array(text.utf8), to: "\(work)/conf/\(name)") }
        try await giveToBuilder()
    }

    /// Our own configuration alone: the host's registries, mirrors, policies and credentials play no part.
    private static let configuration = [
        // Images come from our layouts and from the build's own storage, never from elsewhere.
        "policy.json": """
        {"default":[{"type":"reject"}],"transports":{"containers-storage":{"":[{"type":"insecureAcceptAnything"}]},\
        "oci":{"":[{"type":"insecureAcceptAnything"}]}}}
        """,
        "registries.conf": "unqualified-search-registries = []\nshort-name-mode = \"disabled\"\n",
        // The limits are at most what every machine grants: raising a hard limit is refused in a sandbox.
        "containers.conf": """
        [containers]
        default_ulimits = ["nofile=1024:1024","nproc=4096:4096"]
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "file"

        """,
        "storage.conf": "[storage]\ndriver = \"vfs\"\n",
        "auth.json": "{}",
    ]

    /// What makes buildah and skopeo read that configuration.
    static let environment = [
        "CONTAINERS_CONF": "\(Jail.home)/conf/containers.conf",
        "CONTAINERS_REGISTRIES_CONF": "\(Jail.home)/conf/registries.conf",
        "CONTAINERS_STORAGE_CONF": "\(Jail.home)/conf/storage.conf",
        "REGISTRY_AUTH_FILE": "\(Jail.home)/conf/auth.json",
        // The user namespace is there already: buildah need not make one.
        "_CONTAINERS_USERNS_CONFIGURED": "done",
        "_CONTAINERS_ROOTLESS_UID": "0",
    ]

    /// Copies a folder into the work folder. Links stay links: what they point to outside is not followed.
    func bring(_ source: String, as name: String) async throws(WaybillError) {
        guard Files.isFolder(source) else {
            throw WaybillError(.notFound, "the folder does not exist", subject: source)
        }
        try await ProcessRunner.output(
            of: Command(
                "cp", ["-R", "-P", "--preserve=mode,timestamps,links", "--", "\(source)/.", "\(work)/\(name)"],
                timeout: .seconds(300)))
    }

    /// The mapped root user owns what the builder works on. Without a range we are that user already.
    func giveToBuilder() async throws(WaybillError) {
        guard let range else { return }
        try await own(range.start, work)
    }

    /// Takes a result out of the work folder.
    func take(_ name: String, to destination: String) async throws(WaybillError) {
        if range != nil { try await own(0, "\(work)/\(name)") }
        try await ProcessRunner.output(
            of: Command("mv", ["-T", "--", "\(work)/\(name)", destination], timeout: .seconds(300)))
    }

    private func own(_ number: Int, _ path: String) async throws(WaybillError) {
        try await ProcessRunner.output(
            of: Command("chown", ["-R", "-h", "--", "\(number):\(number)", path], timeout: .seconds(300)))
    }

    /// Removes the folder; what cannot be removed is garbage that no build reads again.
    func removeQuietly() { try? Files.remove(folder) }
}

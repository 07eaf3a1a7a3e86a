import Files
import OCI
import Processes
public import WaybillCore

/// A base image made from the machine's own busybox-static: no network, and the same digest every time.
public enum BaseImage {
    /// The name under which Waybill's examples use the image.
    public static let busyboxName = "waybill.local/busybox:1"
    /// An ordinary user that the image knows: `app`.
    public static let userID = 1000

    /// Where Debian's busybox-static puts its only program.
    private static let program = "/bin/busybox"

    /// Writes the image as an OCI layout into `folder`, which must not exist yet.
    public static func makeBusybox(in folder: String) async throws(WaybillError) -> LocalImage {
        guard Files.exists(program) else {
            throw WaybillError(
                .notFound, "the program is not installed", subject: program, remedy: "apt-get install busybox-static")
        }
        let applets = try await ProcessRunner.output(of: Command(program, ["--list"])).text
            .split(separator: "\n").map(String.init)
        let package = try await Self.package()
        let release = try Files.text("/etc/os-release")
        let entries = entries(
            program: try Files.read(program, bytesMax: 64 << 20), applets: applets, packageStatus: package.status,
            release: release)
        return try write(entries, architecture: package.architecture, to: folder)
    }

    /// The files of the image. Pure: the same arguments give the same files.
    static func entries(program: [UInt8], applets: [String], packageStatus: String, release: String) -> [FileEntry] {
        func folder(_ path: String, mode: UInt32 = 0o755, owner: Int = 0) -> FileEntry {
            FileEntry(path: path, kind: .folder, mode: mode, userID: owner, groupID: owner)
        }
        func file(_ path: String, _ contents: [UInt8], mode: UInt32 = 0o644) -> FileEntry {
            FileEntry(path: path, kind: .file, mode: mode, size: contents.count, contents: contents)
        }
        var entries = [
            "bin", "dev", "etc", "home", "proc", "run", "sys", "usr", "usr/bin", "var", "var/lib", "var/lib/dpkg",
            "var/lib/dpkg/status.d",
        ].map { folder($0) }
        entries += [folder("tmp", mode: 0o1777), folder("root", mode: 0o700), folder("home/app", owner: userID)]
        entries.append(file("bin/busybox", program, mode: 0o755))
        // A link named busybox would point to itself.
        for applet in Set(applets) where applet != "busybox" && !applet.contains("/") && !applet.isEmpty {
            entries.append(FileEntry(path: "bin/\(applet)", kind: .symbolicLink, mode: 0o777, linkTarget: "busybox"))
        }
        entries.append(FileEntry(path: "usr/bin/env", kind: .symbolicLink, mode: 0o777, linkTarget: "/bin/env"))
        entries.append(
            file(
                "etc/passwd",
                Array(
                    """
                    root:x:0:0:root:/root:/bin/sh
                    nobody:x:65534:65534:nobody:/nonexistent:/bin/false
                    app:x:\(userID):\(userID):app:/home/app:/bin/sh

                    """.utf8)))
        entries.append(file("etc/group", Array("root:x:0:\nnogroup:x:65534:\napp:x:\(userID):\n".utf8)))
        entries.append(file("etc/os-release", Array(release.utf8)))
        entries.append(file("var/lib/dpkg/status.d/busybox", Array(packageStatus.utf8)))
        return entries
    }

    /// What dpkg knows about the package, as scanners read it from images without a dpkg database.
    private static func package() async throws(WaybillError) -> (status: String, architecture: String) {
        let format = """
            Package: ${Package}\\nStatus: install ok installed\\nPriority: ${Priority}\\nSection: ${Section}\\n\
            Maintainer: ${Maintainer}\\nArchitecture: ${Architecture}\\nSource: ${source:Package} (${source:Version})\\n\
            Version: ${Version}\\nDescription: ${binary:Summary}\\n
            """
        let status = try await ProcessRunner.output(
            of: Command("dpkg-query", ["--show", "--showformat=\(format)", "busybox-static"])
        ).text
        let architecture = status.split(separator: "\n").first { $0.hasPrefix("Architecture: ") }?.dropFirst(14)
        guard let architecture else {
            throw WaybillError(.notFound, "dpkg does not know the package", subject: "busybox-static")
        }
        return (status, String(architecture))
    }

    private static func write(_ entries: [FileEntry], architecture: String, to folder: String) throws(WaybillError)
        -> LocalImage
    {
        guard !Files.exists(folder) else { throw WaybillError(.conflict, "exists already", subject: folder) }
        var builder = ImageBuilder(platform: Platform(architecture: architecture))
        builder.process.environment = ["PATH=/usr/bin:/bin"]
        builder.process.command = ["/bin/sh"]
        builder.addLayer(entries, createdBy: "waybill base image")
        let image = try builder.build()
        try Files.makeFolder("\(folder)/blobs/sha256")
        for (path, bytes) in image.layout() { try Files.write(bytes, to: "\(folder)/\(path)") }
        return LocalImage(path: folder, digest: image.digest)
    }
}

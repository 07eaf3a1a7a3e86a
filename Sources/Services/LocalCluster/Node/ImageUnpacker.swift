import Documents
import Files
import Foundation
import Processes
import WaybillCore

/// Turns an OCI layout into a folder with the image's files, owned by the users that containers are mapped to.
struct ImageUnpacker: Sendable {
    var folder: String
    var layout: String

    /// Complete or absent: the folder gets its name last.
    func unpack() async throws -> ContainerImage {
        let index = try document("\(layout)/index.json")
        guard let text = index["manifests"]?[0]?["digest"]?.string else {
            throw corrupted("the layout's index is empty")
        }
        let digest = try Digest(parsing: text)
        let target = "\(folder)/\(digest.hex)"
        if let known = try Self.load(target) { return known }
        let manifest = try JSONReader.value(from: try blob(digest))
        guard let configText = manifest["config"]?["digest"]?.string, let layers = manifest["layers"]?.array else {
            throw corrupted("the manifest has no config or layers")
        }
        let config = try JSONReader.value(from: try blob(try Digest(parsing: configText)))["config"] ?? [:]
        let work = "\(target).\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder("\(work)/root", mode: 0o755)
        do {
            for layer in layers {
                let digest = try Digest(parsing: layer["digest"]?.string ?? "")
                try await apply(blobPath(digest), to: "\(work)/root")
            }
            Self.shiftOwners("\(work)/root")
            func strings(_ key: String) -> Value { .array((config[key]?.array ?? []).filter { $0.string != nil }) }
            let facts: Value = [
                "digest": .string(digest.description), "environment": strings("Env"),
                "entrypoint": strings("Entrypoint"),
                "command": strings("Cmd"), "user": config["User"] ?? "", "workingFolder": config["WorkingDir"] ?? "",
            ]
            try Files.write(JSONWriter.bytes(facts), to: "\(work)/image.json")
            guard rename(work, target) == 0 || Files.exists("\(target)/image.json") else {
                throw corrupted("the folder cannot be renamed")
            }
        } catch {
            try? Files.remove(work)
            throw error
        }
        try? Files.remove(work)
        guard let image = try Self.load(target) else { throw corrupted("the image is not where it was put") }
        return image
    }

    /// Nil where the image is not there.
    static func load(_ path: String) throws(WaybillError) -> ContainerImage? {
        guard Files.exists("\(path)/image.json") else { return nil }
        let facts: Value
        do {
            facts = try JSONReader.value(from: try Files.read("\(path)/image.json"))
        } catch {
            throw WaybillError(.corrupted, "cannot be read", subject: "\(path)/image.json", cause: error)
        }
        func strings(_ key: String) -> [String] { (facts[key]?.array ?? []).compactMap(\.string) }
        return ContainerImage(
            rootFolder: "\(path)/root", digest: try Digest(parsing: facts["digest"]?.string ?? ""),
            environment: strings("environment"), entrypoint: strings("entrypoint"), command: strings("command"),
            user: facts["user"]?.string ?? "", workingFolder: facts["workingFolder"]?.string ?? "")
    }

    private func blobPath(_ digest: Digest) -> String { "\(layout)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    /// The bytes, checked against their digest.
    private func blob(_ digest: Digest) throws(WaybillError) -> [UInt8] {
        let bytes = try Files.read(blobPath(digest), bytesMax: 8 << 20)
        guard digest.algorithm != .sha256 || Digest.sha256(of: bytes) == digest else {
            throw WaybillError(.corrupted, "does not match its digest", subject: digest.description)
        }
        return bytes
    }

    private func document(_ path: String) throws -> Value {
        try JSONReader.value(from: try Files.read(path, bytesMax: 8 << 20))
    }

    private func corrupted(_ message: String) -> WaybillError { WaybillError(.corrupted, message, subject: "image") }

    /// One layer over what is there: whiteouts first, then its files.
    private func apply(_ layer: String, to root: String) async throws {
        let list = try await ProcessRunner.output(
            of: Command("tar", ["--list", "--file", layer], timeout: .seconds(120)))
        for line in list.text.split(separator: "\n") {
            guard let name = line.split(separator: "/").last, name.hasPrefix(".wh.") else { continue }
            let parent = line.split(separator: "/").dropLast().filter { $0 != "." }.map(String.init)
            guard !parent.contains(".."), let folder = Self.plainFolder(root, parent) else { continue }
            if name == ".wh..wh..opq" {
                for entry in (try? Files.names(in: folder)) ?? [] { try Files.remove("\(folder)/\(entry)") }
            } else if name != ".wh..", name != ".wh..." {
                try Files.remove("\(folder)/\(name.dropFirst(4))")
            }
        }
        try await ProcessRunner.output(
            of: Command(
                "tar",
                [
                    "--extract", "--file", layer, "--directory", root, "--numeric-owner", "--same-owner",
                    "--same-permissions",
                    "--exclude=.wh.*", "--exclude=dev/*", "--delay-directory-restore",
                ], timeout: .seconds(300)))
    }

    /// The folder, where no link is on the way.
    private static func plainFolder(_ root: String, _ parts: [String]) -> String? {
        var path = root
        for part in parts {
            path += "/\(part)"
            guard FileStatus(of: path)?.kind == .folder else { return nil }
        }
        return path
    }

    /// Moves all owners into the range of the containers' users.
    private static func shiftOwners(_ root: String) {
        shift(root)
        guard let entries = FileManager.default.enumerator(atPath: root) else { return }
        while let entry = entries.nextObject() as? String { shift("\(root)/\(entry)") }
    }

    private static func shift(_ path: String) {
        guard let status = FileStatus(of: path) else { return }
        let first = UInt32(ContainerSpecification.hostUserFirst)
        let last = UInt32(ContainerSpecification.hostUsers - 1)
        lchown(path, first + min(status.owner, last), first + min(status.group, last))
        // A change of owner takes the set-user-id bits away.
        if status.kind != .symbolicLink { chmod(path, status.mode) }
    }
}

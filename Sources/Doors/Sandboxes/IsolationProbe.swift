import Files
import Foundation
import Processes
import WaybillCore

/// Finds out, once, what this machine can do: tries every kind of isolation from the strongest down.
struct IsolationProbe {
    let stateFolder: String

    /// A probe ends at once on a healthy machine.
    static let timeout = Duration.seconds(30)

    func run() async throws(WaybillError) -> IsolationReport {
        let builder = try await version(of: "buildah", package: "buildah")
        _ = try await version(of: "skopeo", package: "skopeo")
        let runtime = try await runtimeVersion()
        // Root of an own user namespace is an ordinary user of the machine.
        let isRoot = geteuid() == 0 && UserNamespace.current.isInitial
        if geteuid() != 0 { try Self.requireSubordinateRange() }
        var refused: [String] = []
        for kind in isRoot ? [.userNamespace, .namespaces] : [IsolationReport.Kind.rootless] {
            do throws(WaybillError) {
                let driver = try await attempt(kind)
                return IsolationReport(
                    kind: kind, userNamespace: kind != .namespaces, networkNamespace: true, processNamespace: true,
                    memoryLimit: isRoot ? await memoryLimit(&refused) : .perProcess, runtime: runtime,
                    builder: builder, storageDriver: driver, refused: refused)
            } catch {
                refused.append("\(kind.rawValue): \(error.message)")
            }
        }
        throw WaybillError(
            .unsupported, "no isolation works here: \(refused.joined(separator: "; "))", subject: "sandbox",
            remedy: isRoot
                ? "allow namespaces: sysctl user.max_user_namespaces=15000"
                : "allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000"
        )
    }

    /// Enters a room of this kind, looks at its walls, and returns the storage driver that works there.
    private func attempt(_ kind: IsolationReport.Kind) async throws(WaybillError) -> String {
        let range = kind == .userNamespace ? RangePool.systemPool().take() : kind == .rootless ? .nested : nil
        let workspace = try await Workspace(in: stateFolder, range: range)
        defer { workspace.removeQuietly() }
        let jail = Jail(kind: kind, range: range, group: nil, folder: workspace.folder)
        let script = """
            set -eu
            test "$(ls /proc/self/fd | wc -l)" -gt 0
            test "$(grep -c : /proc/net/dev)" -le 3
            mkdir \(Jail.home)/l \(Jail.home)/u \(Jail.home)/w \(Jail.home)/m
            if mount -t overlay overlay -o lowerdir=\(Jail.home)/l,upperdir=\(Jail.home)/u,workdir=\(Jail.home)/w \
            \(Jail.home)/m 2>/dev/null; then echo overlay; umount \(Jail.home)/m; else echo vfs; fi
            rm -rf \(Jail.home)/w
            """
        let outcome = try await ProcessRunner.run(
            jail.command(["/bin/sh", "-c", script], timeout: Self.timeout, outputBytesMax: 1 << 16))
        guard outcome.isSuccess else {
            throw WaybillError(
                .failed, outcome.errorText.split(separator: "\n").last.map(String.init) ?? "refused",
                subject: kind.rawValue)
        }
        return outcome.line == "overlay" ? "overlay" : "vfs"
    }

    private func memoryLimit(_ refused: inout [String]) async -> IsolationReport.MemoryLimit {
        do throws(WaybillError) {
            let group = try ControlGroup.make("waybill-probe-\(UInt32.random(in: .min ... .max))", .standard)
            group.remove()
            return .controlGroup
        } catch {
            refused.append("control groups: \(error.message)")
            return .perProcess
        }
    }

    /// crun refuses machines whose control groups are of both versions; runc runs on every kind.
    private func runtimeVersion() async throws(WaybillError) -> String {
        do throws(WaybillError) {
            return try await version(of: "runc", package: "runc")
        } catch {
            guard ControlGroup.hierarchy == .unified else { throw error }
            return try await version(of: "crun", package: "crun")
        }
    }

    private func version(of program: String, package: String) async throws(WaybillError) -> String {
        do throws(WaybillError) {
            let outcome = try await ProcessRunner.output(of: Command(program, ["--version"], timeout: Self.timeout))
            let words = (outcome.text.split(separator: "\n").first ?? "").split(separator: " ")
            let version = words.first { $0.first?.isNumber == true } ?? "of an unknown version"
            return "\(program) \(version)"
        } catch {
            guard error.code == .notFound else { throw error }
            throw WaybillError(
                .notFound, "the program is not installed", subject: program, remedy: "apt-get install \(package)")
        }
    }

    /// An ordinary user needs a block of users of its own and the two programs that map it.
    static func requireSubordinateRange() throws(WaybillError) {
        guard Files.exists("/usr/bin/newuidmap"), Files.exists("/usr/bin/newgidmap") else {
            throw WaybillError(
                .unsupported, "newuidmap is not installed, so an ordinary user cannot build in isolation",
                subject: "sandbox", remedy: "sudo apt-get install uidmap")
        }
        let number = Int(geteuid())
        let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? String(number)
        for file in ["/etc/subuid", "/etc/subgid"] {
            let text = Files.exists(file) ? try Files.text(file) : ""
            let isThere = SubordinateRange.parse(text).contains {
                ($0.owner == name || $0.owner == String(number)) && $0.count >= SubordinateRange.countNeeded - 1
            }
            guard isThere else {
                throw WaybillError(
                    .unsupported, "\(file) gives the user \(name) no block of \(SubordinateRange.countNeeded) numbers",
                    subject: "sandbox",
                    remedy: "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(name)")
            }
        }
    }
}

extension RangePool {
    /// Blocks that no entry of the machine's own files claims.
    static func systemPool() -> RangePool {
        var taken: [SubordinateRange] = []
        for file in ["/etc/subuid", "/etc/subgid"] {
            // A machine without the file has no claims.
            if let text = try? Files.text(file) { taken += SubordinateRange.parse(text) }
        }
        return RangePool(taken: taken)
    }
}

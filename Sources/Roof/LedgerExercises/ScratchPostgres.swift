import Foundation
public import Processes
public import WaybillCore

/// A PostgreSQL server in a folder of its own, reachable through a Unix socket there and nowhere else.
///
/// A shell of the unprivileged user that runs it waits on our end of a stream: when this process ends, however it does,
/// the shell ends the server and removes the folder.
public final class ScratchPostgres: Sendable {
    /// The folder of the newest server programs; nil where none are installed.
    public static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
            .sorted()
        let folders = versions.reversed().map { "\(root)/\($0)/bin" } + ["/usr/bin", "/usr/local/bin"]
        return folders.first { access("\($0)/initdb", X_OK) == 0 && access("\($0)/postgres", X_OK) == 0 }
    }()

    /// Why a server cannot be started here; nil where it can.
    public static let obstacle: String? = {
        guard programs != nil else { return "no PostgreSQL server is installed (scripts/setup)" }
        // The server refuses to run as root.
        return geteuid() != 0 || getpwnam("postgres") != nil ? nil : "there is no user postgres to run a server as"
    }()

    /// `$1` the programs, `$2` the folder, `$3` further settings. Each line of input starts or ends the server.
    private static let script = """
        umask 077
        "$1/initdb" -D "$2/data" -U waybill -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1 || { echo failed; exit 1; }
        stop() { "$1/pg_ctl" -D "$2/data" -m immediate -w -t 30 stop >>"$2/log" 2>&1 </dev/null; }
        trap '' HUP TERM INT PIPE
        echo ready
        while read -r order; do
          case "$order" in
          start)
            answer=failed
            # What an earlier server left in shared memory goes with its last process.
            for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
              if "$1/pg_ctl" -D "$2/data" -w -t 60 -l "$2/log" -o "-k '$2' -c listen_addresses='' $3" start >>"$2/log" 2>&1 </dev/null; then
                answer=$(head -n 1 "$2/data/postmaster.pid")
                break
              fi
              sleep 0.3
            done
            echo "$answer" ;;
          stop) stop "$1" "$2"; echo stopped ;;
          esac
        done
        stop "$1" "$2"
        rm -rf "$2"
        """

    private let shell: RunningProcess
    /// Where its socket, data and log are.
    public let folder: String

    /// Makes the server and starts it. Without `isDurable` it does not wait for the disk.
    public init(isDurable: Bool = false) async throws(WaybillError) {
        guard let programs = Self.programs, Self.obstacle == nil else {
            throw WaybillError(.unsupported, Self.obstacle ?? "", subject: "PostgreSQL")
        }
        folder = "/tmp/waybill-postgres-\(UInt64.random(in: .min ... .max))"
        let settings =
            "-c max_connections=100 -c shared_buffers=128MB -c max_wal_size=2GB"
            + (isDurable ? "" : " -c fsync=off -c full_page_writes=off")
        guard mkdir(folder, 0o700) == 0 else { throw WaybillError(.failed, "cannot be made", subject: folder) }
        var command = ["/bin/sh", "-c", Self.script, "sh", programs, folder, settings]
        if geteuid() == 0, let user = getpwnam("postgres") {
            guard chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
                throw WaybillError(.failed, "cannot be given to the user postgres", subject: folder)
            }
            command = ["/usr/sbin/runuser", "-u", "postgres", "--"] + command
        }
        shell = try RunningProcess.start(
            Command(command[0], Array(command.dropFirst()), timeout: .seconds(120)), errorOutput: .kept)
        guard try await answer() == "ready" else {
            throw WaybillError(.failed, "PostgreSQL's initdb failed", subject: folder + "/log")
        }
        _ = try await start()
    }

    deinit {
        // A shell that is let go is killed, and a killed one cleans nothing up: it is kept until it has.
        let shell = shell
        shell.closeInput()
        Task.detached { _ = await shell.wait() }
    }

    /// Starts the server and gives its process; after it was ended, it recovers first.
    @discardableResult
    public func start() async throws(WaybillError) -> Int32 {
        try await shell.write(Array("start\n".utf8))
        guard let process = Int32(try await answer()) else {
            throw WaybillError(.failed, "PostgreSQL did not start", subject: folder + "/log")
        }
        return process
    }

    /// Ends the server at once, without a checkpoint, as after a power cut.
    public func stopImmediately() async throws(WaybillError) {
        try await shell.write(Array("stop\n".utf8))
        _ = try await answer()
    }

    /// Ends the server and removes the folder.
    public func remove() async {
        shell.closeInput()
        _ = await shell.wait()
    }

    public func address(of database: String) -> String { "postgres:///\(database)?host=\(folder)&user=waybill" }

    /// A new database with a name of its own; its address.
    public func database() async throws(WaybillError) -> String {
        let name = "t\(UInt64.random(in: .min ... .max))"
        let outcome = try await run("createdb", ["-T", "template0", name])
        guard outcome.isSuccess else {
            throw WaybillError(.failed, "createdb: \(outcome.errorText.prefix(200))", subject: name)
        }
        return address(of: name)
    }

    /// Runs one of PostgreSQL's client programs on this server.
    public func run(_ program: String, _ arguments: [String]) async throws(WaybillError) -> Outcome {
        try await ProcessRunner.run(
            Command(
                "\(Self.programs ?? "/usr/bin")/\(program)", ["-h", folder, "-U", "waybill"] + arguments,
                timeout: .seconds(120)))
    }

    private func answer() async throws(WaybillError) -> String {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n") {
            let more = try await shell.read()
            guard !more.isEmpty else { throw WaybillError(.failed, "the server's shell ended", subject: folder) }
            bytes += more
        }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}

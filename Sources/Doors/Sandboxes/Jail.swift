import Processes

/// The closed room in which the builder itself runs: own users, processes, network, mounts and messages.
///
/// The builder is not trusted with the host either: it sees its work folder at `Jail.home`, has no network even for
/// `ADD https://…`, and ends with its last process when the room is left.
struct Jail: Sendable {
    var kind: IsolationReport.Kind
    /// The users of the room: always for `userNamespace`; for `rootless` where we are in an own namespace already.
    var range: SubordinateRange?
    var group: ControlGroup?
    /// The host's folder that becomes `home`.
    var folder: String

    /// Where the work folder shows inside: a folder that every Linux system has.
    static let home = "/mnt"
    /// The file in the work folder that says which users the room may have.
    static let rangesFile = "ranges"

    /// The command, run inside.
    func command(
        _ arguments: [String], environment: [String: String] = [:], timeout: Duration, outputBytesMax: Int
    ) -> Command {
        var variables = environment
        variables["HOME"] = Self.home
        variables["TMPDIR"] = "\(Self.home)/tmp"
        variables["XDG_RUNTIME_DIR"] = "\(Self.home)/xdg"
        return Command(
            "/bin/sh", ["-c", script, "jail", folder] + arguments, environment: variables, in: "/",
            timeout: timeout, outputBytesMax: outputBytesMax)
    }

    // Arguments travel as positional parameters, never as script text. The first is the work folder.
    private var script: String {
        let join = (group?.folders ?? []).map { "echo $$ > \(quoted($0 + "/cgroup.procs"))\n" }.joined()
        // Credentials change on the way in and the kernel then forgets the signal of a dying parent:
        // setpriv asks for it anew.
        let last = "setpriv --pdeathsig KILL -- \"$@\""
        let separate = "--mount --propagation private --pid --net --ipc --uts --fork --kill-child --mount-proc"
        switch kind {
        case .userNamespace,
            .rootless where range != nil:
            let start = range?.start ?? 0, count = range?.count ?? 0
            let inside = """
                set -eu
                folder=$1; shift
                mount --bind "$folder/\(Self.rangesFile)" /etc/subuid
                mount --bind "$folder/\(Self.rangesFile)" /etc/subgid
                mount --bind "$folder/work" \(Self.home)
                exec unshare --user --map-users=\(start),0,\(count) --map-groups=\(start),0,\(count) \
                --setuid 0 --setgid 0 \(separate) -- \(last)
                """
            return
                "set -eu\n\(join)exec unshare --mount --propagation private -- /bin/sh -c \(quoted(inside)) jail \"$@\""
        case .rootless:
            let inside = "set -eu\nmount --bind \"$1/work\" \(Self.home)\nshift\nexec \(last)"
            return """
                set -eu
                exec unshare --user --map-auto --map-user=0 --map-group=0 \(separate) -- \
                /bin/sh -c \(quoted(inside)) jail "$@"
                """
        case .namespaces, .chroot:
            let inside = "set -eu\nmount --bind \"$1/work\" \(Self.home)\nshift\nexec \(last)"
            return "set -eu\n\(join)exec unshare \(separate) -- /bin/sh -c \(quoted(inside)) jail \"$@\""
        }
    }

    private func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

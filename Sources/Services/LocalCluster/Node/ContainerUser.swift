import Documents

/// Who a container runs as, in numbers.
struct ContainerUser: Sendable, Equatable {
    var userID: Int
    var groupID: Int
    var groups: [Int] = []
    var home = "/"

    /// Why a user cannot be found or may not be used.
    struct Failure: Error { var message: String }

    /// From the pod's security context, else from the image; names are looked up in the image's own files.
    init(
        container: Value, pod: Value, image: ContainerImage, readFile: (String) -> String?
    ) throws(Failure) {
        let own = container["securityContext"]
        let common = pod[path: "spec", "securityContext"]
        let users = (readFile("/etc/passwd") ?? "").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
        let allGroups = (readFile("/etc/group") ?? "").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
        let named = image.user.split(separator: ":").map(String.init)
        var entry: [Substring]?
        if let number = own?["runAsUser"]?.integer ?? common?["runAsUser"]?.integer {
            userID = number
            entry = users.first { $0.count > 6 && $0[2] == String(number) }
        } else if let name = named.first, !name.isEmpty {
            entry = users.first { $0.count > 6 && ($0[0] == name || $0[2] == name) }
            if let number = Int(name) ?? entry.flatMap({ Int($0[2]) }) {
                userID = number
            } else {
                throw Failure(message: "unable to find user \(name): no matching entries in passwd file")
            }
            if Int(name) == nil, own?["runAsNonRoot"]?.bool ?? common?["runAsNonRoot"]?.bool == true {
                throw Failure(
                    message:
                        "container has runAsNonRoot and image has non-numeric user (\(name)), cannot verify user is non-root"
                )
            }
        } else {
            userID = 0
            entry = users.first { $0.count > 6 && $0[2] == "0" }
        }
        if userID == 0, own?["runAsNonRoot"]?.bool ?? common?["runAsNonRoot"]?.bool == true {
            throw Failure(message: "container has runAsNonRoot and image will run as root")
        }
        guard (0..<ContainerSpecification.hostUsers).contains(userID) else {
            throw Failure(
                message: "user \(userID) is outside of the \(ContainerSpecification.hostUsers) users of a pod")
        }
        let imageGroup =
            named.count == 2
            ? Int(named[1]) ?? allGroups.first { $0.count > 2 && $0[0] == named[1] }.flatMap { Int($0[2]) } : nil
        groupID =
            own?["runAsGroup"]?.integer ?? common?["runAsGroup"]?.integer ?? imageGroup ?? entry.flatMap { Int($0[3]) }
            ?? 0
        groups = (common?["supplementalGroups"]?.array ?? []).compactMap(\.integer)
        if let group = common?["fsGroup"]?.integer { groups.append(group) }
        if let entry, !entry[5].isEmpty { home = String(entry[5]) }
    }
}

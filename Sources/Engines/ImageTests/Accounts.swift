import Documents
import OCI

/// The users and groups that the image's own files name.
struct Accounts: Sendable {
    struct User: Sendable {
        var name: String
        var userID: Int
        var groupID: Int
        var home: String
        var shell: String
    }

    struct Group: Sendable {
        var name: String
        var groupID: Int
        var members: [String]
    }

    private(set) var users: [User] = []
    private(set) var groups: [Group] = []

    init(_ tree: FileTree) {
        for fields in Self.lines(tree.contents(of: "etc/passwd")) where fields.count >= 7 {
            guard let userID = Int(fields[2]), let groupID = Int(fields[3]) else { continue }
            users.append(User(name: fields[0], userID: userID, groupID: groupID, home: fields[5], shell: fields[6]))
        }
        for fields in Self.lines(tree.contents(of: "etc/group")) where fields.count >= 4 {
            guard let groupID = Int(fields[2]) else { continue }
            groups.append(
                Group(name: fields[0], groupID: groupID, members: fields[3].split(separator: ",").map(String.init)))
        }
    }

    func user(named name: String) -> User? { users.first { $0.name.hasSameBytes(as: name) } }
    func group(named name: String) -> Group? { groups.first { $0.name.hasSameBytes(as: name) } }
    /// The number stands in where no account has it.
    func userName(_ id: Int) -> String { users.first { $0.userID == id }?.name ?? String(id) }
    func groupName(_ id: Int) -> String { groups.first { $0.groupID == id }?.name ?? String(id) }

    private static func lines(_ bytes: [UInt8]?) -> [[String]] {
        (bytes ?? []).split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}

struct UserSubject: TestSubject {
    let user: Accounts.User?
    let accounts: Accounts

    init(_ name: String, _ accounts: Accounts) {
        user = accounts.user(named: name)
        self.accounts = accounts
    }

    func value(of property: String) -> Observation {
        guard let user else { return .value(property == "exists" ? .bool(false) : .null) }
        switch property {
        case "exists": return .value(.bool(true))
        case "uid": return .value(.integer(user.userID))
        case "gid": return .value(.integer(user.groupID))
        case "home": return .value(.string(user.home))
        case "shell": return .value(.string(user.shell))
        default:
            let names = accounts.groups.filter { $0.groupID == user.groupID || $0.members.contains(user.name) }.map(
                \.name)
            return .value(.array(names.sorted { $0.precedesByBytes($1) }.map(Value.string)))
        }
    }
}

struct GroupSubject: TestSubject {
    let group: Accounts.Group?

    init(_ name: String, _ accounts: Accounts) { group = accounts.group(named: name) }

    func value(of property: String) -> Observation {
        if property == "exists" { return .value(.bool(group != nil)) }
        return .value(group.map { .integer($0.groupID) } ?? .null)
    }
}

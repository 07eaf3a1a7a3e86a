import Foundation

/// The user namespace in which this process runs, as the kernel's map of its users says.
public struct UserNamespace: Hashable, Sendable {
    /// The machine's own namespace, in which every number is a user.
    public var isInitial: Bool
    /// User numbers that exist here, counted from zero without a gap.
    public var count: Int

    /// Fewer users than this are not enough for an image's files.
    public static let innerCountMin = 1000

    /// Reads a map as `/proc/PID/uid_map` writes it: lines of first number inside, first number outside, count.
    public init(map: String) {
        let lines = map.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }.filter {
            $0.count == 3
        }
        isInitial = lines == [[0, 0, Int(UInt32.max)]]
        count = 0
        for line in lines.sorted(by: { $0[0] < $1[0] }) where line[0] == count { count += line[2] }
    }

    /// This process's namespace; a machine that hides it has only the initial one.
    public static let current = UserNamespace(
        map: (try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8)) ?? "0 0 \(UInt32.max)")

    /// The users that are left for builds and containers when zero is ourselves; nil in the initial namespace, where
    /// such users are chosen freely, and where there are too few.
    public var inner: (first: Int, count: Int)? {
        isInitial || count <= Self.innerCountMin ? nil : (1, min(65536, count - 1))
    }
}

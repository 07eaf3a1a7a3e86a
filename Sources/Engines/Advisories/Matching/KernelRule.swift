import Packages

/// Packages that are made from the kernel's source and are no kernel: header files for compilers, documentation. What is
/// wrong with the kernel is not wrong with them.
enum KernelRule {
    static func isOnlyHeaders(_ package: Package) -> Bool {
        let name = package.name
        // Asked about every package of a fleet: most are told by their first letter.
        switch name.utf8.first {
        case UInt8(ascii: "l"), UInt8(ascii: "k"), UInt8(ascii: "g"): break
        default: return false
        }
        guard beginnings.contains(where: { name.utf8.starts(with: $0) }), package.ecosystem.isOperatingSystem else {
            return false
        }
        if names.contains(name) { return true }
        guard let source = package.source?.name, source == "linux" || source.hasPrefix("linux-") || source == "kernel"
        else { return false }
        return prefixes.contains { name.hasPrefix($0) }
    }

    private static let beginnings = ["linux-", "kernel-", "glibc-kern"].map { Array($0.utf8) }
    private static let names: Set<String> = [
        "linux-libc-dev", "linux-headers", "kernel-headers", "glibc-kernheaders", "linux-glibc-devel",
    ]
    private static let prefixes = [
        "linux-headers-", "linux-doc", "linux-source", "linux-support-", "linux-kbuild-", "linux-config-",
        "linux-libc-dev", "kernel-headers", "kernel-devel", "kernel-doc",
    ]
}

import Packages

/// Packages that are made from the kernel's source and are no kernel: header files for compilers, documentation. What is
/// wrong with the kernel is not wrong with them.
enum KernelRule {
    static func isOnlyHeaders(_ package: Package) -> Bool {
        guard package.ecosystem.isOperatingSystem else { return false }
        let name = package.name
        if ["linux-libc-dev", "linux-headers", "kernel-headers", "glibc-kernheaders", "linux-glibc-devel"].contains(
            name)
        {
            return true
        }
        guard let source = package.source?.name, source == "linux" || source.hasPrefix("linux-") || source == "kernel"
        else { return false }
        return [
            "linux-headers-", "linux-doc", "linux-source", "linux-support-", "linux-kbuild-", "linux-config-",
            "linux-libc-dev", "kernel-headers", "kernel-devel", "kernel-doc",
        ].contains { name.hasPrefix($0) }
    }
}

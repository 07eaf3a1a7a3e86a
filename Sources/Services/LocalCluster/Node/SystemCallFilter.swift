import Documents

/// System calls that no pod needs and that reach furthest into the kernel; refused to every container.
enum SystemCallFilter {
    private static let refused = [
        "acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "create_module", "delete_module", "finit_module",
        "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "init_module", "io_uring_enter",
        "io_uring_register",
        "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie",
        "mount",
        "mount_setattr", "move_mount", "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree",
        "perf_event_open", "pivot_root", "process_vm_readv", "process_vm_writev", "query_module", "quotactl", "reboot",
        "request_key", "setns", "settimeofday", "swapoff", "swapon", "sysfs", "umount", "umount2", "unshare", "uselib",
        "userfaultfd", "ustat", "vhangup",
    ]

    static let profile: Value = [
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        "syscalls": [
            ["names": .array(refused.map(Value.string)), "action": "SCMP_ACT_ERRNO", "errnoRet": 1]
        ],
    ]
}

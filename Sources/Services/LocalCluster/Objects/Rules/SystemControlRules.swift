import Documents
import KubernetesAPI

/// What makes the kernel settings of a pod unfit.
enum SystemControlRules {
    typealias Cause = FieldError

    static func check(_ settings: [Value], _ spec: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        var names: Set<String> = []
        for (index, setting) in settings.enumerated() {
            let name = setting.named
            let field = "\(path)[\(index)].name"
            if name.isEmpty {
                causes.append(.required(field))
            } else if !isName(name) {
                causes.append(
                    .invalid(
                        field, .string(name),
                        "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
                    ))
            } else if names.contains(name) {
                causes.append(.duplicate(field, .string(name)))
            }
            names.insert(name)
            let plain = name.replacing("/", with: ".")
            if spec["hostNetwork"]?.bool == true, plain.hasPrefix("net.") {
                causes.append(.invalid(field, .string(name), "may not be specified when 'hostNetwork' is true"))
            } else if spec["hostIPC"]?.bool == true, isSharedMemory(plain) {
                causes.append(.invalid(field, .string(name), "may not be specified when 'hostIPC' is true"))
            }
        }
        return causes
    }

    private static func isSharedMemory(_ name: String) -> Bool {
        name == "kernel.sem" || ["kernel.shm", "kernel.msg", "fs.mqueue."].contains(where: name.hasPrefix)
    }

    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        return name.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "/" }.allSatisfy { part in
            let bytes = Array(part.utf8)
            func isWord(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }
            guard let first = bytes.first, let last = bytes.last else { return false }
            return isWord(first) && isWord(last) && bytes.allSatisfy { isWord($0) || $0 == 45 || $0 == 95 }
        }
    }
}

import Documents

/// Values under the names of their Go fields, as some messages show them.
enum GoNames {
    static func securityContext(_ context: Value) -> Value {
        func part(_ key: String) -> Value {
            guard let value = context[key] else { return .null }
            guard let object = value.object else { return value }
            return .object(Object(object.map { (title($0.key), $0.value) }))
        }
        let capabilities: Value =
            context["capabilities"].map { ["Add": $0["add"] ?? .null, "Drop": $0["drop"] ?? .null] } ?? .null
        return [
            "Capabilities": capabilities, "Privileged": part("privileged"), "SELinuxOptions": part("seLinuxOptions"),
            "WindowsOptions": part("windowsOptions"), "RunAsUser": part("runAsUser"), "RunAsGroup": part("runAsGroup"),
            "RunAsNonRoot": part("runAsNonRoot"), "ReadOnlyRootFilesystem": part("readOnlyRootFilesystem"),
            "AllowPrivilegeEscalation": part("allowPrivilegeEscalation"), "ProcMount": part("procMount"),
            "SeccompProfile": part("seccompProfile"), "AppArmorProfile": part("appArmorProfile"),
        ]
    }

    static func title(_ key: String) -> String { key.prefix(1).uppercased() + key.dropFirst() }
}

import WaybillCore

/// A package database that we recognise and cannot read: found, it must never look like an empty one.
enum UnreadableFormat: String {
    case bunBinary = "bun's binary lockfile"

    init?(path: String) {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard name == "bun.lockb" else { return nil }
        self = .bunBinary
    }

    func problem(_ path: String, _ layer: Digest?) -> Finding {
        Finding(
            rule: "WB-SCAN-004", kind: .configuration, severity: .high,
            message: "\(rawValue) is not supported, its packages are unknown",
            place: Place(location: SourceLocation(file: path), layer: layer),
            remedy: "let bun write its lockfile as text: bun install --save-text-lockfile")
    }
}

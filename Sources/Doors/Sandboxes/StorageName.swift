import WaybillCore

/// The name under which the build's storage keeps a base image, so that `FROM` finds it.
struct StorageName: Equatable {
    let text: String

    init(_ name: String, _ digest: Digest) throws(WaybillError) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"):
                true
            default: false
            }
        }
        guard isPlain, let first = name.first, first.isLetter || first.isNumber else {
            throw WaybillError(.invalidInput, "not an image name", subject: Redaction.excerpt(name))
        }
        var repository = Substring(name)
        var suffix = ""
        if let at = repository.firstIndex(of: "@") {
            let claimed = String(repository[repository.index(after: at)...])
            guard claimed == digest.description else {
                throw WaybillError(
                    .corrupted, "the name asks for \(claimed), the layout holds \(digest)", subject: name)
            }
            suffix = "@\(digest)"
            repository = repository[..<at]
        }
        let nameStart = repository.lastIndex(of: "/").map { repository.index(after: $0) } ?? repository.startIndex
        if let colon = repository[nameStart...].firstIndex(of: ":") {
            // A digest says more than a tag, and storage takes only one of them.
            if suffix.isEmpty { suffix = String(repository[colon...]) }
            repository = repository[..<colon]
        }
        if suffix.isEmpty { suffix = ":latest" }
        let parts = repository.split(separator: "/")
        // A name without a registry is looked for under localhost first.
        let hasRegistry =
            parts.count > 1 && (parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost")
        text = (hasRegistry ? "" : "localhost/") + repository + suffix
    }
}

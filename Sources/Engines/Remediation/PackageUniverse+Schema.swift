import Documents
public import Packages
public import WaybillCore

extension PackageUniverse {
    /// Reads a universe written as indented text: package, version, requirement (`Dev|name@^1.0.0`), one below the other.
    public init(schema text: String, ecosystem: Ecosystem, file: String) throws(WaybillError) {
        self.init(ecosystem: ecosystem)
        var name = "", version = ""
        var list: [Requirement] = []
        var base: Int?
        func fail(_ line: Int, _ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: "\(file):\(line)")
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmed
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            let depth = line.utf8.prefix { $0 == 0x20 }.count + 2 * line.utf8.prefix { $0 == 0x09 }.count
            let zero = base ?? depth
            base = zero
            switch depth - zero {
            case ..<1:
                if !version.isEmpty { add(name, version, requiring: list) }
                (name, version, list) = (content, "", [])
            case 1...3:
                guard !name.isEmpty else { throw fail(index + 1, "a version without package") }
                if !version.isEmpty { add(name, version, requiring: list) }
                (version, list) = (content, [])
            default:
                guard !version.isEmpty, let requirement = Requirement(schema: content) else {
                    throw fail(index + 1, "a requirement that cannot be read")
                }
                list.append(requirement)
            }
        }
        if !version.isEmpty { add(name, version, requiring: list) }
    }
}

extension Requirement {
    /// `Dev KnownAs other|name@constraint`.
    init?(schema text: String) {
        var rest = text[...]
        var words: [Substring] = []
        if let bar = rest.firstIndex(of: "|") {
            words = rest[..<bar].split(separator: " ")
            rest = rest[rest.index(after: bar)...]
        }
        guard let at = rest.dropFirst().firstIndex(of: "@") else { return nil }
        self.init(name: rest[..<at].trimmed, constraint: rest[rest.index(after: at)...].trimmed)
        var index = 0
        while index < words.count {
            let value = index + 1 < words.count ? String(words[index + 1]) : nil
            switch words[index].lowercased() {
            case "dev": isDevelopment = true
            case "opt": isOptional = true
            case "test":
                scope = "test"
            case "knownas":
                alias = value
                index += 1
            case "scope":
                scope = value
                index += 1
            case "mavenclassifier", "mavenartifacttype":
                hasVariant = true
                index += 1
            default: break
            }
            index += 1
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}

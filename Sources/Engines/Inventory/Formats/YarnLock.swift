import Documents
import Packages
import WaybillCore

/// yarn.lock of yarn 1 and of yarn 2 and later: a header with the wanted ranges, then indented properties.
enum YarnLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        var header: (text: String, line: Int)?
        var version: String?, address: String?

        func finish() {
            defer { (header, version, address) = (nil, nil, nil) }
            guard let header, header.text != "__metadata" else { return }
            let wanted = unquoted(header.text.split(separator: ",").first.map(String.init) ?? "")
            let name = name(of: address.flatMap { $0.contains("@") ? $0 : nil } ?? wanted, wanted)
            // A workspace is the project itself.
            if address?.contains("@workspace:") == true { return }
            guard let version else {
                result.problems.append(file.incomplete("\(name) has no version", Position(line: header.line, column: 1)))
                return
            }
            result.packages.append(
                Package(
                    ecosystem: .npm, name: name, version: version, place: file.place(line: header.line),
                    commit: address.flatMap(commit)))
        }

        for (index, line) in file.lines.enumerated() {
            let text = Text.string(line)
            let trimmed = Text.trimmed(text)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            if Text.indent(line) == 0 {
                finish()
                guard trimmed.hasSuffix(":") else {
                    throw DocumentError(at: Position(line: index + 1, column: 1), "expected a package, “name@range:”")
                }
                header = (String(trimmed.dropLast()), index + 1)
            } else if Text.indent(line) == 2 {
                if let value = property("version", trimmed) { version = value }
                if let value = property("resolved", trimmed) ?? property("resolution", trimmed) { address = value }
            }
        }
        finish()
        return result
    }

    private static func property(_ name: String, _ text: String) -> String? {
        if text.hasPrefix("\(name) ") { return unquoted(Text.trimmed(text.dropFirst(name.count))) }
        if text.hasPrefix("\(name): ") { return unquoted(Text.trimmed(text.dropFirst(name.count + 1))) }
        return nil
    }

    private static func unquoted(_ text: String) -> String {
        let text = Text.trimmed(text)
        return text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }

    /// `@babel/core@npm:^7.0.0` is @babel/core; behind an alias stands the package that was meant.
    private static func name(of resolution: String, _ wanted: String) -> String {
        let isAddress = resolution.contains("://")
        let source = isAddress ? wanted : resolution
        guard let at = source.dropFirst().firstIndex(of: "@") else { return source }
        let range = source[source.index(after: at)...]
        if isAddress || source == wanted, range.hasPrefix("npm:"), let inner = range.dropFirst(5).firstIndex(of: "@") {
            return String(range[range.index(range.startIndex, offsetBy: 4)..<inner])
        }
        return String(source[..<at])
    }

    private static func commit(_ address: String) -> String? {
        if let found = NpmLock.commit(address) { return found }
        guard let range = Text.split(address, at: "#"), range.1.hasPrefix("commit=") else { return nil }
        return String(range.1.dropFirst(7).prefix { $0.isHexDigit })
    }
}

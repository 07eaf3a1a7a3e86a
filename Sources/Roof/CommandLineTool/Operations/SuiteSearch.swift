import Documents
import Files
import Gatekeeper
import RegularExpressions
import WaybillCore

/// Finds suites on disk.
enum SuiteSearch {
    static let fileBytesMax = 16 << 20

    /// A file is a suite by its name; in folders files are asked what they are.
    static func suites(at path: String) throws(WaybillError) -> [String] {
        guard path == "..." || path.hasSuffix("/...") else {
            return Files.isFolder(path) ? try suites(in: path, isDeep: false) : [path]
        }
        let folder = String(path.dropLast(3))
        return try suites(in: folder.isEmpty ? "." : String(folder.dropLast()), isDeep: true)
    }

    private static func suites(in folder: String, isDeep: Bool) throws(WaybillError) -> [String] {
        var found: [String] = []
        for name in try Files.names(in: folder) where !name.hasPrefix(".") {
            let path = folder == "." ? name : "\(folder)/\(name)"
            if Files.isFolder(path) {
                if isDeep { found += try suites(in: path, isDeep: true) }
            } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                let bytes = try Files.read(path, bytesMax: fileBytesMax)
                // What is no YAML may be anything; a suite is read again, with its errors.
                guard let documents = try? YAMLReader.nodes(from: bytes), documents.contains(where: SuiteFile.isSuite)
                else { continue }
                found.append(path)
            }
        }
        return found
    }
}

/// Which tests and cases run: `TEST`, `TEST//CASE` or `//CASE`, each side a pattern.
struct SuiteFilter: Sendable {
    private let test: RegularExpression?
    private let each: RegularExpression?

    init(_ text: String?) throws(WaybillError) {
        guard let text, !text.isEmpty else {
            (test, each) = (nil, nil)
            return
        }
        let bytes = Array(text.utf8)
        let slash = UInt8(ascii: "/")
        guard let place = bytes.indices.dropLast().first(where: { bytes[$0] == slash && bytes[$0 + 1] == slash }) else {
            let pattern = try RegularExpression(text)
            (test, each) = (pattern, nil)
            return
        }
        let before = String(decoding: bytes[..<place], as: UTF8.self)
        let after = String(decoding: bytes[(place + 2)...], as: UTF8.self)
        test = before.isEmpty ? nil : try RegularExpression(before)
        each = after.isEmpty ? nil : try RegularExpression(after)
    }

    /// Asked with the test alone and with `test/case`.
    func isChosen(_ name: String) -> Bool {
        guard let slash = name.firstIndex(of: "/") else { return each == nil && (test?.matches(name) ?? true) }
        let (own, inner) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
        return (test?.matches(own) ?? true) && (each?.matches(inner) ?? true)
    }
}

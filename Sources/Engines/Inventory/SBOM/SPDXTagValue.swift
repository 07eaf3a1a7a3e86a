import Documents
import WaybillCore

/// SPDX 2 in its form of tags and values, as the value that the same document in JSON would be, as far as inventories
/// need it.
enum SPDXTagValue {
    static func document(from bytes: [UInt8]) throws(DocumentError) -> Value {
        var document: Object = [:]
        var packages: [Object] = [], relationships: [Value] = []
        var isInPackage = false
        for (key, value, line) in try pairs(bytes) {
            switch key {
            case "SPDXVersion": document["spdxVersion"] = .string(value)
            case "PackageName":
                packages.append(["name": .string(value)])
                isInPackage = true
            case "FileName", "SnippetSPDXID", "LicenseID", "Annotator", "Reviewer": isInPackage = false
            case "Relationship":
                let words = value.split(separator: " ")
                guard words.count >= 3 else {
                    throw DocumentError(at: Position(line: line, column: 1), "a relationship has two ends and a kind")
                }
                relationships.append([
                    "spdxElementId": .string(String(words[0])), "relationshipType": .string(String(words[1])),
                    "relatedSpdxElement": .string(String(words[2])),
                ])
            default:
                if isInPackage, !packages.isEmpty { try add(key, value, line, to: &packages[packages.count - 1]) }
            }
        }
        document["packages"] = .array(packages.map(Value.object))
        document["relationships"] = .array(relationships)
        return .object(document)
    }

    private static let members: [String: String] = [
        "SPDXID": "SPDXID", "PackageVersion": "versionInfo", "PackageSupplier": "supplier",
        "PackageLicenseDeclared": "licenseDeclared", "PackageLicenseConcluded": "licenseConcluded",
        "PackageSourceInfo": "sourceInfo", "PrimaryPackagePurpose": "primaryPackagePurpose",
    ]

    private static func add(
        _ key: String, _ value: String, _ line: Int, to package: inout Object
    ) throws(DocumentError) {
        if let member = members[key] {
            package[member] = .string(value)
        } else if key == "ExternalRef" {
            let words = value.split(separator: " ")
            guard words.count >= 3 else {
                throw DocumentError(
                    at: Position(line: line, column: 1), "an external reference has category, type and locator")
            }
            let reference: Value = [
                "referenceCategory": .string(String(words[0])), "referenceType": .string(String(words[1])),
                "referenceLocator": .string(String(words[2])),
            ]
            package["externalRefs"] = .array((package["externalRefs"]?.array ?? []) + [reference])
        } else if key == "PackageAttributionText" {
            package["attributionTexts"] = .array((package["attributionTexts"]?.array ?? []) + [.string(value)])
        }
    }

    /// `Tag: value`; a value between `<text>` and `</text>` may have many lines.
    private static func pairs(_ bytes: [UInt8]) throws(DocumentError) -> [(String, String, Int)] {
        var result: [(String, String, Int)] = []
        var open: (key: String, lines: [String], line: Int)?
        for (index, line) in InventoryFile(path: "", bytes: bytes).lines.enumerated() {
            let text = Text.string(line)
            if var pending = open {
                if let end = text.range(of: "</text>") {
                    pending.lines.append(String(text[..<end]))
                    result.append((pending.key, pending.lines.joined(separator: "\n"), pending.line))
                    open = nil
                } else {
                    pending.lines.append(text)
                    open = pending
                }
                continue
            }
            let trimmed = Text.trimmed(text)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            guard let (key, rest) = Text.split(trimmed, at: ":") else {
                throw DocumentError(at: Position(line: index + 1, column: 1), "expected “Tag: value”")
            }
            var value = Text.trimmed(rest)
            if value.hasPrefix("<text>") {
                value = String(value.dropFirst(6))
                guard let end = value.range(of: "</text>") else {
                    open = (key, [value], index + 1)
                    continue
                }
                value = String(value[..<end])
            }
            result.append((key, value, index + 1))
        }
        if let open {
            throw DocumentError(at: Position(line: open.line, column: 1), "the text of \(open.key) has no end")
        }
        return result
    }
}

extension String {
    /// Where a piece of ASCII text begins.
    fileprivate func range(of piece: String) -> String.Index? {
        let bytes = Array(utf8), needle = Array(piece.utf8)
        return ByteView(bytes).find(needle).map { utf8.index(startIndex, offsetBy: $0) }
    }
}

import Documents
import WaybillCore

/// The parts of an SPDX document while its tags are read.
struct SPDXBill {
    /// The part that the tags below belong to.
    private enum Section: String {
        case document, packages, files, snippets
        case licences = "hasExtractedLicensingInfos"
        case annotations, relationships
    }

    private var root = ObjectBuilder()
    private var creation = ObjectBuilder()
    private var creationPosition = Position.start
    private var section = Section.document
    private var current = ObjectBuilder()
    private var currentPosition = Position.start
    private var lists: [Section: [Node]] = [:]

    /// Tags that begin a part.
    private static let openings: [String: Section] = [
        "PackageName": .packages, "FileName": .files, "SnippetSPDXID": .snippets, "LicenseID": .licences,
        "Relationship": .relationships, "Annotator": .annotations,
    ]

    mutating func add(_ tag: String, _ text: String, tagPosition: Position, at position: Position)
        throws(DocumentError)
    {
        if let opening = Self.openings[tag] {
            close()
            section = opening
            currentPosition = tagPosition
        }
        let value = Node.string(text, at: position)
        if tag == "Relationship" {
            let words = text.split(separator: " ").map(String.init)
            guard words.count == 3 else { throw DocumentError(at: position, "a relationship wants three words") }
            for (key, word) in zip(["spdxElementId", "relationshipType", "relatedSpdxElement"], words) {
                current.set(key, at: tagPosition, .string(word, at: position))
            }
            return
        }
        if section == .document, let key = Self.creationKeys[tag] {
            creationPosition = tagPosition
            if tag == "Creator" {
                creators.append(value)
            } else {
                creation.set(key, at: tagPosition, value)
            }
            return
        }
        let (key, isList) = Self.key(tag, section == .document)
        let node = try Self.value(tag, text, at: position) ?? value
        if section == .document {
            if isList { documentLists.append((key, tagPosition, node)) } else { root.set(key, at: tagPosition, node) }
        } else if isList {
            itemLists.append((key, tagPosition, node))
        } else {
            current.set(key, at: tagPosition, node)
        }
    }

    private var creators: [Node] = []
    private var documentLists: [(key: String, position: Position, node: Node)] = []
    private var itemLists: [(key: String, position: Position, node: Node)] = []

    private static let creationKeys = [
        "Creator": "creators", "Created": "created", "CreatorComment": "comment",
        "LicenseListVersion": "licenseListVersion",
    ]

    private static let names: [String: String] = [
        "SPDXVersion": "spdxVersion", "DataLicense": "dataLicense", "SPDXID": "SPDXID", "DocumentName": "name",
        "DocumentNamespace": "documentNamespace", "DocumentComment": "comment", "PackageName": "name",
        "PackageVersion": "versionInfo", "PackageComment": "comment", "FileComment": "comment",
        "PackageAttributionText": "attributionTexts", "FileType": "fileTypes", "FileContributor": "fileContributors",
        "FileNotice": "noticeText", "FileName": "fileName", "LicenseInfoInFile": "licenseInfoInFiles",
        "PackageLicenseInfoFromFiles": "licenseInfoFromFiles", "LicenseID": "licenseId", "LicenseName": "name",
        "LicenseCrossReference": "seeAlsos", "LicenseComment": "comment", "ExternalRef": "externalRefs",
        "ExternalDocumentRef": "externalDocumentRefs", "PackageChecksum": "checksums", "FileChecksum": "checksums",
        "FilesAnalyzed": "filesAnalyzed", "PackageHomePage": "homepage",
        "PrimaryPackagePurpose": "primaryPackagePurpose",
        "AnnotationDate": "annotationDate", "AnnotationComment": "comment", "AnnotationType": "annotationType",
        "RelationshipComment": "comment", "PackageFileName": "packageFileName", "SPDXREF": "SPDXREF",
        "LicenseComments": "licenseComments",
    ]

    private static let listTags: Set<String> = [
        "PackageAttributionText", "FileType", "FileContributor", "LicenseInfoInFile", "PackageLicenseInfoFromFiles",
        "LicenseCrossReference", "ExternalRef", "ExternalDocumentRef", "PackageChecksum", "FileChecksum",
    ]

    private static func key(_ tag: String, _ isDocument: Bool) -> (String, isList: Bool) {
        if let name = names[tag] { return (name, listTags.contains(tag)) }
        var name = Substring(tag)
        for prefix in ["Package", "File", "Snippet"] where tag.hasPrefix(prefix) && tag.count > prefix.count {
            name = name.dropFirst(prefix.count)
            break
        }
        return (name.prefix(1).lowercased() + name.dropFirst(), false)
    }

    /// Tags whose value has parts.
    private static func value(_ tag: String, _ text: String, at position: Position) throws(DocumentError) -> Node? {
        func object(_ pairs: [(String, String)]) -> Node {
            var members = ObjectBuilder()
            for (key, text) in pairs { members.set(key, at: position, .string(text, at: position)) }
            return members.node(at: position)
        }
        switch tag {
        case "PackageChecksum", "FileChecksum":
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw DocumentError(at: position, "a checksum is “ALGORITHM: value”") }
            return object([("algorithm", parts[0].trimmed), ("checksumValue", parts[1].trimmed)])
        case "ExternalRef":
            let words = text.split(separator: " ").map(String.init)
            guard words.count >= 3 else {
                throw DocumentError(at: position, "a reference wants category, type and locator")
            }
            return object([
                ("referenceCategory", words[0]), ("referenceType", words[1]),
                ("referenceLocator", words.dropFirst(2).joined(separator: " ")),
            ])
        case "FilesAnalyzed":
            guard text == "true" || text == "false" else { throw DocumentError(at: position, "expected true or false") }
            return Node(.scalar(.bool(text == "true")), at: position)
        case "PackageVerificationCode": return object([("packageVerificationCodeValue", text)])
        default: return nil
        }
    }

    /// Ends the open part.
    private mutating func close() {
        guard section != .document else { return }
        for item in grouped(itemLists) { current.set(item.key, at: item.position, item.node) }
        lists[section, default: []].append(current.node(at: currentPosition))
        current = ObjectBuilder()
        itemLists = []
    }

    private func grouped(_ items: [(key: String, position: Position, node: Node)])
        -> [(key: String, position: Position, node: Node)]
    {
        var order: [String] = []
        var groups: [String: (position: Position, nodes: [Node])] = [:]
        for item in items {
            if groups[item.key] == nil { order.append(item.key) }
            groups[item.key, default: (item.position, [])].nodes.append(item.node)
        }
        return order.compactMap { key in
            groups[key].map { (key, $0.position, Node(.array($0.nodes), at: $0.position)) }
        }
    }

    var node: Node {
        var bill = self
        bill.close()
        if !creators.isEmpty {
            bill.creation.set("creators", at: creators[0].position, Node(.array(creators), at: creators[0].position))
        }
        if !bill.creation.isEmpty {
            bill.root.set("creationInfo", at: creationPosition, bill.creation.node(at: creationPosition))
        }
        for item in grouped(documentLists) { bill.root.set(item.key, at: item.position, item.node) }
        for section in [Section.packages, .files, .snippets, .licences, .relationships, .annotations] {
            guard let nodes = bill.lists[section], let first = nodes.first else { continue }
            bill.root.set(section.rawValue, at: first.position, Node(.array(nodes), at: first.position))
        }
        return bill.root.node(at: .start)
    }
}

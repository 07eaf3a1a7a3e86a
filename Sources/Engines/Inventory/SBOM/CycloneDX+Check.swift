import Documents
import WaybillCore

extension CycloneDX {
    /// What in a document breaks the standard, each with its place: what is read from it may then mean something else.
    static func problems(in root: Node, file: String) -> [Finding] {
        var check = CycloneDXCheck(version: root["specVersion"]?.string ?? "")
        check.document(root)
        return check.problems.prefix(CycloneDXCheck.problemsMax).map { problem in
            var finding = InventoryScanner.problem(
                "WB-SCAN-016", "breaks CycloneDX: \(problem.message)", file, severity: .medium)
            finding.place.location = SourceLocation(file: file, position: problem.position)
            return finding
        }
    }
}

/// Checks the parts of CycloneDX documents that inventories are made of.
struct CycloneDXCheck {
    static let problemsMax = 100
    private static let depthMax = 64

    let version: String
    private(set) var problems: [DocumentError] = []
    private var references: Set<String> = []

    init(version: String) { self.version = version }

    private var isSixth: Bool { version == "1.6" || version == "1.7" }

    private mutating func fail(_ node: Node, _ message: String) {
        if problems.count < Self.problemsMax { problems.append(DocumentError(at: node.position, message)) }
    }

    mutating func document(_ root: Node) {
        choice(root, "bomFormat", ["CycloneDX"], isRequired: true)
        if let serial = root["serialNumber"], !Self.isSerial(serial.string ?? "") {
            fail(serial, "serialNumber is no urn:uuid:")
        }
        if let metadata = root["metadata"] {
            if let time = metadata["timestamp"], !Self.isMoment(time.string ?? "") {
                fail(time, "timestamp is no date with time and zone (RFC 3339)")
            }
            licences(metadata["licenses"])
            properties(metadata)
            if let component = metadata["component"] { self.component(component, 0) }
        }
        for component in root["components"]?.elements ?? [] { self.component(component, 0) }
        for service in root["services"]?.elements ?? [] { self.service(service, 0) }
        for dependency in root["dependencies"]?.elements ?? [] {
            text(dependency, "ref", "a dependency")
            for other in dependency["dependsOn"]?.elements ?? [] where (other.string ?? "").isEmpty {
                fail(other, "dependsOn names nothing")
            }
        }
        properties(root)
    }

    private mutating func component(_ node: Node, _ depth: Int) {
        guard depth < Self.depthMax else { return fail(node, "components nested deeper than \(Self.depthMax) levels") }
        choice(node, "type", types, isRequired: true)
        text(node, "name", "a component")
        // Later versions let it be absent.
        if ["1.0", "1.1", "1.2", "1.3"].contains(version) { text(node, "version", "a component", mayBeEmpty: true) }
        choice(node, "scope", ["required", "optional", "excluded"])
        reference(node)
        for hash in node["hashes"]?.elements ?? [] { self.hash(hash) }
        licences(node["licenses"])
        properties(node)
        if let swid = node["swid"] {
            text(swid, "tagId", "swid")
            text(swid, "name", "swid")
        }
        for data in node["data"]?.elements ?? [] {
            choice(data, "type", ["source-code", "configuration", "dataset", "definition", "other"])
        }
        pedigree(node["pedigree"], depth)
        for each in node["externalReferences"]?.elements ?? [] {
            text(each, "type", "an external reference")
            text(each, "url", "an external reference", mayBeEmpty: true)
            for hash in each["hashes"]?.elements ?? [] { self.hash(hash) }
        }
        for inner in node["components"]?.elements ?? [] { component(inner, depth + 1) }
    }

    private mutating func pedigree(_ node: Node?, _ depth: Int) {
        guard let node else { return }
        for key in ["ancestors", "descendants", "variants"] {
            for each in node[key]?.elements ?? [] { component(each, depth + 1) }
        }
        for patch in node["patches"]?.elements ?? [] {
            choice(patch, "type", ["unofficial", "monkey", "backport", "cherry-pick"], isRequired: true)
            attachment(patch["diff"]?["text"])
            for issue in patch["resolves"]?.elements ?? [] {
                choice(issue, "type", ["defect", "enhancement", "security"], isRequired: true)
            }
        }
    }

    private mutating func service(_ node: Node, _ depth: Int) {
        guard depth < Self.depthMax else { return fail(node, "services nested deeper than \(Self.depthMax) levels") }
        text(node, "name", "a service")
        reference(node)
        licences(node["licenses"])
        properties(node)
        for data in node["data"]?.elements ?? [] {
            choice(data, "flow", ["inbound", "outbound", "bi-directional", "unknown"], isRequired: true)
            text(data, "classification", "data of a service")
        }
        for inner in node["services"]?.elements ?? [] { service(inner, depth + 1) }
    }

    private mutating func licences(_ node: Node?) {
        let choices = node?.elements ?? []
        for each in choices {
            let isExpression = each["expression"] != nil
            guard isExpression != (each["license"] != nil) else {
                fail(each, "a licence choice has either license or expression")
                continue
            }
            if isExpression, choices.count > 1 { fail(each, "an expression stands alone") }
            guard let licence = each["license"] else { continue }
            guard (licence["id"] != nil) != (licence["name"] != nil) else {
                fail(licence, "a licence has either id or name")
                continue
            }
            if let id = licence["id"], !LicenceNames.isKnown(id.string ?? "") {
                fail(id, "\(Redaction.excerpt(id.string ?? "")) is not in the SPDX licence list")
            }
            attachment(licence["text"])
            properties(licence)
        }
    }

    private mutating func attachment(_ node: Node?) {
        guard let node else { return }
        choice(node, "encoding", ["base64"])
        text(node, "content", "an attachment", mayBeEmpty: true)
    }

    private mutating func properties(_ node: Node) {
        // Older versions let everything in a property be absent.
        guard isSixth else { return }
        for property in node["properties"]?.elements ?? [] {
            text(property, "name", "a property", mayBeEmpty: true)
            for member in property.members ?? [] where member.key != "name" && member.key != "value" {
                fail(property, "a property has no member \(Redaction.excerpt(member.key))")
            }
        }
    }

    private mutating func hash(_ node: Node) {
        choice(node, "alg", Self.algorithms, isRequired: true)
        guard let content = node["content"] else { return fail(node, "a hash has no content") }
        let text = content.string ?? ""
        guard [32, 40, 64, 96, 128].contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 &- 48 < 10 || ($0 | 0x20) &- 97 < 6 })
        else { return fail(content, "a hash's content is no hexadecimal text of a known length") }
    }

    private mutating func reference(_ node: Node) {
        guard let reference = node["bom-ref"] else { return }
        guard let text = reference.string, !text.isEmpty else { return fail(reference, "bom-ref is empty") }
        if !references.insert(text).inserted { fail(reference, "bom-ref \(Redaction.excerpt(text)) is there twice") }
    }

    // MARK: words

    private mutating func text(_ node: Node, _ key: String, _ what: String, mayBeEmpty: Bool = false) {
        guard let text = node[key]?.string, mayBeEmpty || !text.isEmpty else {
            return fail(node[key] ?? node, "\(what) has no \(key)")
        }
    }

    private mutating func choice(_ node: Node, _ key: String, _ allowed: Set<String>, isRequired: Bool = false) {
        guard let found = node[key] else {
            if isRequired { fail(node, "\(key) is missing") }
            return
        }
        if !allowed.contains(found.string ?? "") {
            fail(found, "\(key) cannot be \(Redaction.excerpt(found.string ?? ""))")
        }
    }

    /// The types that each version brought, and those before it.
    private var types: Set<String> {
        let versions = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]
        let own = versions.firstIndex(of: version) ?? versions.count
        return Set(Self.typesSince.filter { versions.firstIndex(of: $0.version) ?? 0 <= own }.flatMap(\.types))
    }

    private static let typesSince: [(version: String, types: [String])] = [
        ("1.0", ["application", "framework", "library", "operating-system", "device"]), ("1.1", ["file"]),
        ("1.2", ["container", "firmware"]), ("1.5", ["platform", "device-driver", "machine-learning-model", "data"]),
        ("1.6", ["cryptographic-asset"]),
    ]
    private static let algorithms: Set<String> = [
        "MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512", "BLAKE2b-256",
        "BLAKE2b-384", "BLAKE2b-512", "BLAKE3", "Streebog-256", "Streebog-512",
    ]

    /// `urn:uuid:` and 8-4-4-4-12 hexadecimal digits.
    static func isSerial(_ text: String) -> Bool {
        guard text.hasPrefix("urn:uuid:") else { return false }
        let groups = text.dropFirst(9).split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy { $0 &- 48 < 10 || ($0 | 0x20) &- 97 < 6 } }
    }

    /// RFC 3339: `2020-04-13T20:20:39+00:00`.
    static func isMoment(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20 else { return false }
        func digits(_ range: Range<Int>) -> Int? {
            let part = bytes[range]
            return part.allSatisfy { $0 &- 48 < 10 } ? Int(String(decoding: part, as: UTF8.self)) : nil
        }
        guard digits(0..<4) != nil, bytes[4] == 0x2D, let month = digits(5..<7), (1...12).contains(month),
            bytes[7] == 0x2D,
            let day = digits(8..<10), (1...31).contains(day), bytes[10] | 0x20 == UInt8(ascii: "t"),
            let hour = digits(11..<13), hour < 24, bytes[13] == 0x3A, let minute = digits(14..<16), minute < 60,
            bytes[16] == 0x3A, let second = digits(17..<19), second <= 60
        else { return false }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = rest.prefix { $0 &- 48 < 10 }
            guard !fraction.isEmpty else { return false }
            rest = rest[fraction.endIndex...]
        }
        if rest.count == 1 { return rest.first.map { $0 | 0x20 } == UInt8(ascii: "z") }
        let zone = Array(rest)
        return zone.count == 6 && (zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-")) && zone[3] == 0x3A
            && [1, 2, 4, 5].allSatisfy { zone[$0] &- 48 < 10 }
    }
}

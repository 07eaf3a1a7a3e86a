import Documents
import Packages
public import WaybillCore

/// Reads statements of makers about their products: OpenVEX, CSAF 2.0, CycloneDX.
///
/// Only "not affected" and "fixed" take a finding away; "affected" and "under investigation" leave it.
public enum VEXReader {
    static let statementsMax = 200_000

    public static func suppressions(from bytes: [UInt8], file: String) throws(WaybillError) -> [Suppression] {
        let document: Value
        do {
            document = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 64))
        } catch {
            throw error.inFile(file, remedy: "check that the file is OpenVEX, CSAF or CycloneDX in JSON")
        }
        let result: [Suppression]
        if document["@context"]?.string?.contains("openvex") == true {
            result = try OpenVEX.suppressions(document, file)
        } else if document["document"]?["category"] != nil || document["product_tree"] != nil {
            result = try CSAF.suppressions(document, file)
        } else if document["bomFormat"]?.string == "CycloneDX" {
            result = CycloneDXVEX.suppressions(document, file)
        } else {
            throw WaybillError(
                .unsupported, "is no VEX document that is known", subject: file,
                remedy: "use OpenVEX, CSAF or CycloneDX")
        }
        guard result.count <= statementsMax else {
            throw WaybillError(.limitExceeded, "more than \(statementsMax) statements", subject: file)
        }
        return result
    }

    static func status(_ text: String?) -> Suppression.Status? {
        switch text {
        case "not_affected", "false_positive", "known_not_affected": .notAffected
        case "fixed", "resolved", "resolved_with_pedigree": .fixed
        default: nil
        }
    }

    /// What names no package suppresses nothing.
    static func purls(_ texts: [String]) -> [PackageURL] { texts.compactMap { try? PackageURL(parsing: $0) } }
}

/// OpenVEX 0.2.0: a statement names a weakness, products, parts of them, and a status.
enum OpenVEX {
    static func suppressions(_ document: Value, _ file: String) throws(WaybillError) -> [Suppression] {
        let author = document["author"]?.string ?? ""
        var latest: [String: (order: String, suppressions: [Suppression])] = [:]
        var order: [String] = []
        for (index, statement) in (document["statements"]?.array ?? []).enumerated() {
            let names = names(statement["vulnerability"])
            guard !names.isEmpty, let text = statement["status"]?.string else {
                throw WaybillError(
                    .invalidInput, "a statement without vulnerability or status",
                    subject: "\(file): statement \(index + 1)")
            }
            // Later statements about the same products replace earlier ones.
            let key =
                names.joined(separator: " ") + JSONWriter.string(statement["products"] ?? .null, style: .canonical)
            let moment =
                statement["last_updated"]?.string ?? statement["timestamp"]?.string
                ?? document["last_updated"]?.string ?? document["timestamp"]?.string ?? ""
            if let known = latest[key], known.order > moment { continue }
            if latest[key] == nil { order.append(key) }
            var suppressions: [Suppression] = []
            if let status = VEXReader.status(text) {
                let reason = [
                    statement["justification"]?.string, statement["impact_statement"]?.string,
                    statement["status_notes"]?.string,
                ]
                .compactMap { $0 }.joined(separator: ": ")
                suppressions = self.products(statement).map { product, packages in
                    Suppression(
                        status: status, rules: names, packages: packages, products: product,
                        reason: reason, owner: author, source: "\(file): statement \(index + 1)")
                }
            }
            latest[key] = (moment, suppressions)
        }
        return order.flatMap { latest[$0]?.suppressions ?? [] }
    }

    private static func names(_ value: Value?) -> [String] {
        if let text = value?.string { return [text] }
        let name = value?["name"]?.string ?? value?["@id"]?.string
        return [name].compactMap { $0 } + (value?["aliases"]?.array ?? []).compactMap(\.string)
    }

    /// A product that is itself a package of ours is the package; one with parts is where the parts are.
    private static func products(_ statement: Value) -> [(product: [String], packages: [PackageURL])] {
        let products = statement["products"]?.array ?? []
        if products.isEmpty { return [([], [])] }
        return products.compactMap { product in
            let ids = identifiers(product)
            let parts = (product["subcomponents"]?.array ?? []).flatMap(identifiers)
            if !parts.isEmpty {
                let packages = VEXReader.purls(parts)
                return packages.isEmpty ? nil : (ids, packages)
            }
            let isImage = ids.contains {
                $0.hasPrefix("pkg:oci/") || $0.hasPrefix("pkg:docker/") || !$0.hasPrefix("pkg:")
            }
            if isImage { return (ids, []) }
            let packages = VEXReader.purls(ids)
            return packages.isEmpty ? nil : ([], packages)
        }
    }

    private static func identifiers(_ value: Value) -> [String] {
        if let text = value.string { return [text] }
        var result = [value["@id"]?.string, value["identifiers"]?["purl"]?.string].compactMap { $0 }
        for hash in value["hashes"]?.object ?? Object() where hash.key == "sha-256" {
            if let text = hash.value.string { result.append("sha256:\(text)") }
        }
        return result.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

/// CSAF 2.0: a tree of products, and for each weakness which of them it does not touch.
enum CSAF {
    static let depthMax = 64

    static func suppressions(_ document: Value, _ file: String) throws(WaybillError) -> [Suppression] {
        let publisher = document["document"]?["publisher"]?["name"]?.string ?? ""
        var packages: [String: [PackageURL]] = [:]
        try collect(document["product_tree"]?["branches"], &packages, 0, file)
        for entry in document["product_tree"]?["full_product_names"]?.array ?? [] { add(entry, &packages) }
        // `a part of b`: the part is what advisories know.
        for relationship in document["product_tree"]?["relationships"]?.array ?? [] {
            guard let id = relationship["full_product_name"]?["product_id"]?.string,
                let part = relationship["product_reference"]?.string
            else { continue }
            packages[id, default: []] += packages[part] ?? []
        }
        var result: [Suppression] = []
        for vulnerability in document["vulnerabilities"]?.array ?? [] {
            let names =
                [vulnerability["cve"]?.string].compactMap { $0 }
                + (vulnerability["ids"]?.array ?? []).compactMap { $0["text"]?.string }
            guard !names.isEmpty else { continue }
            for (key, status) in [("known_not_affected", Suppression.Status.notAffected), ("fixed", .fixed)] {
                for id in (vulnerability["product_status"]?[key]?.array ?? []).compactMap(\.string) {
                    guard let purls = packages[id], !purls.isEmpty else { continue }
                    result.append(
                        Suppression(
                            status: status, rules: names, packages: purls, reason: reason(vulnerability, id),
                            owner: publisher, source: "\(file): \(names[0]), product \(id)"))
                }
            }
        }
        return result
    }

    private static func reason(_ vulnerability: Value, _ product: String) -> String {
        func says(_ entry: Value) -> Bool {
            (entry["product_ids"]?.array ?? []).contains { $0.string == product }
        }
        let flag = vulnerability["flags"]?.array?.first(where: says)?["label"]?.string
        let threat = vulnerability["threats"]?.array?.first { says($0) && $0["category"]?.string == "impact" }?[
            "details"]?.string
        return [flag, threat].compactMap { $0 }.joined(separator: ": ")
    }

    private static func collect(
        _ branches: Value?, _ packages: inout [String: [PackageURL]], _ depth: Int, _ file: String
    ) throws(WaybillError) {
        guard depth < depthMax else {
            throw WaybillError(.limitExceeded, "nests products deeper than \(depthMax)", subject: file)
        }
        for branch in branches?.array ?? [] {
            if let product = branch["product"] { add(product, &packages) }
            try collect(branch["branches"], &packages, depth + 1, file)
        }
    }

    private static func add(_ product: Value, _ packages: inout [String: [PackageURL]]) {
        let helper = product["product_identification_helper"]
        let texts = [helper?["purl"]?.string].compactMap { $0 } + (helper?["purls"]?.array ?? []).compactMap(\.string)
        guard let id = product["product_id"]?.string else { return }
        packages[id, default: []] += VEXReader.purls(texts)
    }
}

/// CycloneDX: vulnerabilities with an analysis, about components by their reference.
enum CycloneDXVEX {
    static func suppressions(_ document: Value, _ file: String) -> [Suppression] {
        var packages: [String: PackageURL] = [:]
        var pending = document["components"]?.array ?? []
        if let main = document["metadata"]?["component"] { pending.append(main) }
        while let component = pending.popLast() {
            pending += component["components"]?.array ?? []
            if let text = component["purl"]?.string, let url = try? PackageURL(parsing: text) {
                packages[component["bom-ref"]?.string ?? text] = url
                packages[text] = url
            }
        }
        let author =
            document["metadata"]?["supplier"]?["name"]?.string
            ?? document["metadata"]?["authors"]?[0]?["name"]?.string ?? ""
        var result: [Suppression] = []
        for vulnerability in document["vulnerabilities"]?.array ?? [] {
            guard let id = vulnerability["id"]?.string,
                let status = VEXReader.status(vulnerability["analysis"]?["state"]?.string)
            else { continue }
            let reason = [
                vulnerability["analysis"]?["justification"]?.string, vulnerability["analysis"]?["detail"]?.string,
            ]
            .compactMap { $0 }.joined(separator: ": ")
            for affects in vulnerability["affects"]?.array ?? [] {
                guard let reference = affects["ref"]?.string, let package = package(reference, packages) else {
                    continue
                }
                result.append(
                    Suppression(
                        status: status, rules: [id], packages: [package], reason: reason, owner: author,
                        source: "\(file): \(id)"))
            }
        }
        return result
    }

    /// `urn:cdx:serial/version#reference` names a component of another document. A reference that leads to no package
    /// suppresses nothing.
    private static func package(_ reference: String, _ packages: [String: PackageURL]) -> PackageURL? {
        if let known = packages[reference] { return known }
        let local = reference.hasPrefix("urn:cdx:") ? reference.split(separator: "#").last.map(String.init) : nil
        if let local {
            if let known = packages[local] { return known }
            return (local.removingPercentEncoding).flatMap { try? PackageURL(parsing: $0) }
                ?? (try? PackageURL(parsing: local))
        }
        return try? PackageURL(parsing: reference)
    }
}

extension String {
    /// Nil for a broken encoding.
    fileprivate var removingPercentEncoding: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var output: [UInt8] = []
        var bytes = Array(utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                continue
            }
            guard let decoded = Hex.decode(String(decoding: bytes.prefix(2), as: UTF8.self).lowercased()),
                decoded.count == 1
            else { return nil }
            output.append(decoded[0])
            bytes = bytes.dropFirst(2)
        }
        return String(validating: output, as: UTF8.self)
    }
}

import Documents
public import WaybillCore

/// Reads advisory files of every kind that we know, told apart by what stands in them.
public enum AdvisoryImporter {
    /// One document nests no deeper than this.
    static let limits = DocumentLimits(depthMax: 64)

    /// Everything in a file or an archive. Throws for the first file that cannot be read.
    public static func batch(from bytes: [UInt8], file: String) throws(WaybillError) -> AdvisoryBatch {
        var batch = AdvisoryBatch()
        if AdvisoryArchive.isArchive(file) {
            try AdvisoryArchive.files(file, bytes) { (name, bytes) throws(WaybillError) in
                try read(bytes, name, &batch)
            }
        } else {
            try read(bytes, file, &batch)
        }
        return batch
    }

    private static func read(_ bytes: [UInt8], _ file: String, _ batch: inout AdvisoryBatch) throws(WaybillError) {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        switch name.split(separator: ".").last.map({ $0.lowercased() }) ?? "" {
        case "json": try readJSON(bytes, file, name, &batch)
        case "yaml", "yml": try readYAML(bytes, file, &batch)
        case "jsonl": batch.add(try ChangelogImporter.advisories(bytes, file), from: "Debian changelogs")
        case "csv": try EPSSImporter.read(bytes, file, &batch)
        case "md": try readMarkdown(bytes, file, &batch)
        case _ where name == "list" && (file.hasSuffix("DSA/list") || file.hasSuffix("DLA/list")):
            batch.add(try DebianListImporter.advisories(bytes, file), from: "Debian security tracker")
        default: batch.skipped.append(file)
        }
    }

    private static func readJSON(
        _ bytes: [UInt8], _ file: String, _ name: String, _ batch: inout AdvisoryBatch
    ) throws(WaybillError) {
        let value: Value
        do {
            value = try JSONReader.value(from: bytes, limits: limits)
        } catch {
            throw error.inFile(file, remedy: "check that the file is an advisory in JSON")
        }
        if value["catalogVersion"] != nil, value["vulnerabilities"] != nil {
            try KEVImporter.read(value, file, &batch)
        } else if value["$schema"] != nil, value["id"] == nil || value["affected"] == nil {
            batch.skipped.append(file)
        } else if NodeImporter.isAssessment(value) {
            batch.skipped.append(file)
        } else if value["module_name"] != nil {
            batch.add(try NodeImporter.package(value, file), from: "Node.js security working group")
        } else if value["vulnerable"] != nil, value["cve"] != nil || value["ref"] != nil {
            batch.add(try NodeImporter.core(value, file, name), from: "Node.js security working group")
        } else if value["distroversion"] != nil {
            batch.add(try AlpineImporter.advisories(value, file), from: "Alpine secdb")
        } else if name.contains("repository"), let object = value.object, RetireImporter.recognises(object) {
            batch.add(RetireImporter.advisories(object, file), from: "RetireJS")
        } else if value["id"] == nil, let object = value.object, DebianTrackerImporter.recognises(object) {
            batch.add(DebianTrackerImporter.advisories(object), from: "Debian security tracker")
        } else if value["id"] == nil, let object = value.object, !object.isEmpty,
            object.members.allSatisfy({ $0.value["vulnerable"] != nil })
        {
            for member in object {
                batch.add(try NodeImporter.core(member.value, file, member.key), from: "Node.js security working group")
            }
        } else if value["id"] == nil, let object = value.object,
            object.members.allSatisfy({ $0.value["module_name"] != nil }), !object.isEmpty
        {
            // The working group's list of everything that also stands in files of its own.
            for member in object {
                batch.add(try NodeImporter.package(member.value, file), from: "Node.js security working group")
            }
        } else {
            var advisories: [Advisory] = []
            for record in value.array ?? value["vulns"]?.array ?? [value] {
                advisories.append(try OSVReader.advisory(record, file: file))
            }
            batch.add(advisories, from: "OSV")
        }
    }

    private static func readYAML(
        _ bytes: [UInt8], _ file: String, _ batch: inout AdvisoryBatch
    ) throws(WaybillError) {
        let value: Value
        do {
            value = try YAMLReader.node(from: bytes, schema: .core, limits: limits).value
        } catch {
            throw error.inFile(file, remedy: "check that the file is an advisory in YAML")
        }
        if value["distroversion"] != nil {
            batch.add(try AlpineImporter.advisories(value, file), from: "Alpine secdb")
        } else if value["gem"] != nil || value["engine"] != nil {
            batch.add(try RubyImporter.advisories(value, file), from: "RubySec")
        } else if value["branches"] != nil {
            batch.add(try ComposerImporter.advisories(value, file), from: "FriendsOfPHP")
        } else {
            batch.add([try OSVReader.advisory(value, file: file)], from: "OSV")
        }
    }

    /// Records with a block of TOML at their beginning; other texts are for people.
    private static func readMarkdown(
        _ bytes: [UInt8], _ file: String, _ batch: inout AdvisoryBatch
    ) throws(WaybillError) {
        guard let front = FrontMatter(bytes) else { return batch.skipped.append(file) }
        let value: Value
        do {
            value = try front.value()
        } catch {
            throw error.inFile(file, remedy: "check the block of TOML at the beginning")
        }
        if value["advisory"]?["package"] != nil {
            batch.add([try RustImporter.advisory(value, front, file)], from: "RustSec")
        } else if value["advisory"]?["id"]?.string?.hasPrefix("HSEC") == true {
            batch.add([try HaskellImporter.advisory(value, front, file)], from: "Haskell security response team")
        } else {
            batch.skipped.append(file)
        }
    }

    static func invalid(_ message: String, _ file: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: file, remedy: "check the record against its publisher's format")
    }

    static func strings(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    /// A day as a moment; other texts stay.
    static func moment(_ day: String?) -> String {
        guard let day else { return "" }
        return day.utf8.count == 10 ? day + "T00:00:00Z" : day
    }

    static func firstLine(_ text: String) -> String {
        String((text.split(separator: "\n").first ?? "").prefix(200))
    }
}

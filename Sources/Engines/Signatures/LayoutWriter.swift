import Attestations
public import Documents
public import WaybillCore

/// Makes layouts and links that in-toto reads: their payloads, checked as a verifier would.
public enum LayoutWriter {
    /// The name of a link's file: in-toto looks for links by step and signer.
    public static func linkFile(step: String, keyID: String) -> String { "\(step).\(keyID.prefix(8)).link" }

    /// A layout with the keys of those who carry out its steps. In `pubkeys` a step names them by key, or by the name that
    /// `functionaries` gives to it. Throws for what no verifier would take.
    public static func layout(
        _ value: Value, functionaries: [(name: String, key: LayoutKey)]
    ) throws(WaybillError) -> [UInt8] {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "layout") }
        guard var members = value.object else { throw bad("is no JSON object") }
        members["_type"] = "layout"
        if members["readme"] == nil { members["readme"] = "" }
        if members["inspect"] == nil { members["inspect"] = [] }
        var keys = members["keys"]?.object ?? Object()
        for (_, key) in functionaries { keys[key.keyID] = key.document }
        members["keys"] = .object(keys)
        var steps: [Value] = []
        for step in members["steps"]?.array ?? [] {
            guard var fields = step.object else { throw bad("a step is no object") }
            fields["_type"] = "step"
            for list in ["expected_materials", "expected_products", "expected_command"] where fields[list] == nil {
                fields[list] = []
            }
            if fields["threshold"] == nil { fields["threshold"] = 1 }
            var named: [Value] = []
            for name in fields["pubkeys"]?.array ?? [] {
                let found = functionaries.first { .string($0.name) == name }
                guard let id = found?.key.keyID ?? name.string, keys[id] != nil else {
                    throw bad("the step \(step["name"]?.string ?? "") names a key that is not there")
                }
                named.append(.string(id))
            }
            guard !named.isEmpty else { throw bad("the step \(step["name"]?.string ?? "") names no key") }
            fields["pubkeys"] = .array(named)
            steps.append(.object(fields))
        }
        members["steps"] = .array(steps)
        do throws(SignatureFailure) {
            guard try Layout(.object(members)).expires != nil else {
                throw SignatureFailure(.layout, "does not say when it expires")
            }
        } catch { throw bad(error.message) }
        return JSONWriter.bytes(.object(members))
    }

    /// What a step was given and what it left, by the hashes of the files.
    public static func link(
        step: String, command: [String], materials: [(name: String, bytes: [UInt8])],
        products: [(name: String, bytes: [UInt8])]
    ) throws(WaybillError) -> [UInt8] {
        func artifacts(_ files: [(name: String, bytes: [UInt8])]) throws(WaybillError) -> Value {
            var found = Object()
            for file in files {
                guard found[file.name] == nil else {
                    throw WaybillError(.invalidInput, "is named twice", subject: file.name)
                }
                found[file.name] = ["sha256": .string(Digest.sha256(of: file.bytes).hex)]
            }
            return .object(found)
        }
        guard !step.isEmpty, !step.utf8.contains(UInt8(ascii: "/")) else {
            throw WaybillError(.invalidInput, "is no step's name", subject: Redaction.excerpt(step))
        }
        return JSONWriter.bytes([
            "_type": "link", "name": .string(step), "command": .array(command.map(Value.string)),
            "materials": try artifacts(materials), "products": try artifacts(products), "byproducts": [:],
            "environment": [:],
        ])
    }
}

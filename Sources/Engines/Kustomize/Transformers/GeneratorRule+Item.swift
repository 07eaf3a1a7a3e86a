import Documents
import WaybillCore

extension GeneratorRule {
    /// The ConfigMap or Secret that the rule describes.
    func item(_ loader: Loader, in folder: String) throws(WaybillError) -> Item {
        var entries: [(key: String, bytes: [UInt8])] = []
        for path in environmentFiles { entries += try environment(loader.read(path, in: folder)) }
        for source in files { entries.append(try file(source, loader, in: folder)) }
        for literal in literals { entries.append(try self.literal(literal)) }
        var data = Object(), binaryData = Object()
        for (key, bytes) in entries {
            try check(key)
            guard data[key] == nil, binaryData[key] == nil else {
                throw failure("\(product.rawValue) \(name): the key \(Redaction.excerpt(key)) is there twice")
            }
            if product == .secret {
                data[key] = .string(Self.encode(bytes))
            } else if let text = String(validating: bytes, as: UTF8.self) {
                data[key] = .string(text)
            } else {
                binaryData[key] = .string(Self.encode(bytes))
            }
        }
        var value: Value = ["apiVersion": "v1", "kind": .string(product.rawValue), "metadata": ["name": .string(name)]]
        if let namespace, !namespace.isEmpty { value[Pointer(["metadata", "namespace"])] = .string(namespace) }
        if product == .secret { value["type"] = .string(type ?? "Opaque") }
        if !data.isEmpty || product == .secret { value["data"] = .object(data) }
        if !binaryData.isEmpty { value["binaryData"] = .object(binaryData) }
        for (key, pairs) in [("labels", options.labels), ("annotations", options.annotations)] where !pairs.isEmpty {
            value[Pointer(["metadata", key])] = .object(Object(pairs.map { (key: $0.key, value: .string($0.value)) }))
        }
        if options.isImmutable { value["immutable"] = true }
        var item = Item(value, origin: place)
        item.behavior = behavior
        item.needsHash = !options.disablesHash
        return item
    }

    private func failure(_ message: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: place.description)
    }

    /// Keys as the API server takes them.
    private func check(_ key: String) throws(WaybillError) {
        let valid =
            !key.isEmpty && key.utf8.count <= 253 && key != "." && key != ".." && !key.hasPrefix("..")
            && key.utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0 | 0x20) || "-_.".utf8.contains($0)
            }
        guard valid else {
            throw failure(
                "\(product.rawValue) \(name): \(Redaction.excerpt(key)) is not a key of letters, digits, “-”, “_” and “.”"
            )
        }
    }

    private func literal(_ literal: Located<String>) throws(WaybillError) -> (key: String, bytes: [UInt8]) {
        let parts = literal.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw literal.failure(.invalidInput, "a literal is written key=value")
        }
        var value = parts[1]
        while let first = value.first, first == "\"" || first == "'" { value.removeFirst() }
        while let last = value.last, last == "\"" || last == "'" { value.removeLast() }
        return (String(parts[0]), Array(value.utf8))
    }

    /// `path` under its own name, or `key=path`.
    private func file(
        _ source: Located<String>, _ loader: Loader, in folder: String
    ) throws(WaybillError) -> (key: String, bytes: [UInt8]) {
        let parts = source.value.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let path = parts.last else {
            throw source.failure(.invalidInput, "a file is written path or key=path")
        }
        let bytes = try loader.read(Located(String(path), source.place), in: folder).bytes
        let key = parts.count == 2 ? parts[0] : path.split(separator: "/").last ?? path
        return (String(key), bytes)
    }

    private func environment(_ file: (path: String, bytes: [UInt8])) throws(WaybillError) -> [(
        key: String, bytes: [UInt8]
    )] {
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw WaybillError(.invalidInput, "an environment file must be UTF-8", subject: file.path)
        }
        var entries: [(key: String, bytes: [UInt8])] = []
        for (index, written) in text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            var line = Substring(written)
            if index == 0, line.unicodeScalars.first == "\u{FEFF}" { line.unicodeScalars.removeFirst() }
            if line.utf8.last == 13 { line.unicodeScalars.removeLast() }
            line = line.drop { $0 == " " || $0 == "\t" }
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw WaybillError(
                    .unsupported, "\(Redaction.excerpt(line)) would be taken from the environment of whoever renders",
                    subject: SourceLocation(file: file.path, line: index + 1).description, remedy: "write key=value")
            }
            entries.append((String(parts[0]), Array(parts[1].utf8)))
        }
        return entries
    }

    /// Base 64 in lines of 70, as the reference implementation writes and hashes it.
    private static func encode(_ bytes: [UInt8]) -> String {
        let text = Array(Base64.encode(bytes).utf8)
        guard text.count >= 70 else { return String(decoding: text, as: UTF8.self) }
        var lines: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 70) {
            lines += text[start..<min(start + 70, text.count)] + [10]
        }
        return String(decoding: lines, as: UTF8.self)
    }
}

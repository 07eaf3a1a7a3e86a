import Documents
import WaybillCore

/// Environment files: `KEY=ENC[…]`, with the metadata flattened into keys that begin with `sops_`.
enum SOPSDotenv {
    private static let prefix = "sops_"

    static func looksRight(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: 0x0A).contains { $0.starts(with: "sops_mac=".utf8) }
    }

    static func decrypted(_ bytes: [UInt8], file: String, with identities: [AgeIdentity]) throws(WaybillError)
        -> [UInt8]
    {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw WaybillError(.invalidInput, "must be UTF-8", subject: file)
        }
        var values = Object()
        var metadata = Value.object(Object())
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let equals = line.firstIndex(of: "=") else {
                throw WaybillError(
                    .invalidInput, "expected key=value",
                    subject: SourceLocation(file: file, line: index + 1).description)
            }
            let key = String(line[..<equals])
            let value = unescaped(line[equals...].dropFirst())
            if key.hasPrefix(prefix) {
                guard metadata.set(value, at: steps(key.dropFirst(prefix.count))) else {
                    throw WaybillError(
                        .invalidInput, "\(Redaction.excerpt(key)): broken metadata",
                        subject: SourceLocation(file: file, line: index + 1).description)
                }
            } else {
                guard values[key] == nil else {
                    throw WaybillError(
                        .invalidInput, "the key \(Redaction.excerpt(key)) is there twice",
                        subject: SourceLocation(file: file, line: index + 1).description)
                }
                values[key] = .string(value)
            }
        }
        var opening = try SOPSOpening(SOPSMetadata(metadata, file: file), identities, file: file)
        let plain = try opening.opened(.object(values), [])
        try opening.finish()
        let lines = (plain.object ?? Object()).map { member in "\(member.key)=\(escaped(Self.text(of: member.value)))\n"
        }
        return Array(lines.joined().utf8)
    }

    private static func text(of value: Value) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }

    private static func unescaped(_ text: some StringProtocol) -> String {
        text.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }

    /// `age__list_0__map_enc` is `age[0].enc`.
    private static func steps(_ key: Substring) -> [Step] {
        var steps: [Step] = []
        for (index, part) in key.split(separator: "__", omittingEmptySubsequences: false).enumerated() {
            if index > 0, part.hasPrefix("list_"), let number = Int(part.dropFirst(5)) {
                steps.append(.index(number))
            } else if index > 0, part.hasPrefix("map_") {
                steps.append(.key(String(part.dropFirst(4))))
            } else {
                steps.append(.key(String(part)))
            }
        }
        return steps
    }

    fileprivate enum Step {
        case key(String)
        case index(Int)
    }
}

extension Value {
    /// Lists grow one by one. False where the path does not fit what is there.
    fileprivate mutating func set(_ text: String, at steps: [SOPSDotenv.Step]) -> Bool {
        guard let first = steps.first else {
            self = .string(text)
            return true
        }
        let rest = Array(steps.dropFirst())
        switch first {
        case .key(let key):
            guard isNull || object != nil, steps.count <= 16 else { return false }
            var member = self[key] ?? .null
            guard member.set(text, at: rest) else { return false }
            self[key] = member
        case .index(let index):
            var elements = array ?? []
            guard isNull || array != nil, index >= 0, index <= elements.count, index < 1000 else { return false }
            if index == elements.count { elements.append(.null) }
            guard elements[index].set(text, at: rest) else { return false }
            self = .array(elements)
        }
        return true
    }
}

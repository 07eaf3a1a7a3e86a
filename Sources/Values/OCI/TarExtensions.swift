import WaybillCore

/// What extension headers (PAX `x`, GNU `L` and `K`) say about the entry that follows them.
struct TarExtensions {
    var records: [String: [UInt8]] = [:]
    var longName: [UInt8]?
    var longLinkName: [UInt8]?

    /// Reads `length key=value\n` records (POSIX.1-2017 "pax Extended Header"). Nil where they are malformed.
    static func records(in bytes: [UInt8]) -> [String: [UInt8]]? {
        var result: [String: [UInt8]] = [:]
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), space - rest.startIndex <= 8,
                let length = decimal(rest[..<space]), length > space - rest.startIndex + 1, length <= rest.count
            else { return nil }
            let record = rest[(space + 1)..<(rest.startIndex + length)]
            guard record.last == UInt8(ascii: "\n"), let equals = record.firstIndex(of: UInt8(ascii: "=")),
                equals > record.startIndex
            else { return nil }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            result[key] = Array(record[(equals + 1)...].dropLast())
            rest = rest[(rest.startIndex + length)...]
        }
        return result
    }

    /// The header's entry with everything applied, as container engines apply it. Throws for what would be read
    /// differently by different readers.
    func entry(from header: TarHeader, subject: String) throws(WaybillError) -> TarEntry {
        var header = header
        for (key, value) in records where !value.isEmpty {
            switch key {
            case "path": header.name = value
            case "linkpath": header.linkName = value
            case "size": header.size = try number(value, key, subject)
            case "uid": header.userID = try number(value, key, subject)
            case "gid": header.groupID = try number(value, key, subject)
            case "mtime":
                header.modified = try signedNumber(value.prefix { $0 != UInt8(ascii: ".") }, key, subject)
            case _ where key.hasPrefix("GNU.sparse."): throw Self.sparse(subject)
            default: break
            }
        }
        if let longName { header.name = longName }
        if let longLinkName { header.linkName = longLinkName }
        guard !header.name.contains(0), !header.linkName.contains(0) else {
            throw WaybillError(.invalidInput, "a name in the archive holds a zero byte", subject: subject)
        }
        return try Self.entry(header, attributes, subject)
    }

    static func sparse(_ subject: String) -> WaybillError {
        WaybillError(
            .unsupported, "the archive holds a sparse file", subject: subject, remedy: "pack it without tar's --sparse")
    }

    private var attributes: [String: [UInt8]] {
        let prefix = "SCHILY.xattr."
        var result: [String: [UInt8]] = [:]
        for (key, value) in records where key.hasPrefix(prefix) { result[String(key.dropFirst(prefix.count))] = value }
        return result
    }

    private static func entry(
        _ header: TarHeader, _ attributes: [String: [UInt8]], _ subject: String
    ) throws(WaybillError) -> TarEntry {
        var entry = TarEntry(name: "")
        entry.name = header.name
        entry.linkName = header.linkName
        entry.mode = UInt32(truncatingIfNeeded: header.mode) & 0o7777
        entry.userID = header.userID
        entry.groupID = header.groupID
        entry.modified = header.modified
        entry.deviceMajor = header.deviceMajor
        entry.deviceMinor = header.deviceMinor
        entry.extendedAttributes = attributes
        switch header.type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            // Before POSIX a folder was a file whose name ends with a slash.
            entry.kind = header.type == 0 && header.name.last == UInt8(ascii: "/") ? .folder : .file
        case UInt8(ascii: "1"): entry.kind = .hardLink
        case UInt8(ascii: "2"): entry.kind = .symbolicLink
        case UInt8(ascii: "3"): entry.kind = .characterDevice
        case UInt8(ascii: "4"): entry.kind = .blockDevice
        case UInt8(ascii: "5"): entry.kind = .folder
        case UInt8(ascii: "6"): entry.kind = .fifo
        case UInt8(ascii: "S"): throw sparse(subject)
        case let type:
            throw WaybillError(.unsupported, "the archive holds an entry of the unknown type \(type)", subject: subject)
        }
        // Only files have content, whatever the header says: so do the readers of the container engines.
        entry.size = entry.kind == .file ? header.size : 0
        return entry
    }

    private func number(_ text: [UInt8], _ key: String, _ subject: String) throws(WaybillError) -> Int {
        guard let value = Self.decimal(text[...]) else {
            throw WaybillError(.invalidInput, "the PAX record “\(key)” is not a number", subject: subject)
        }
        return value
    }

    private func signedNumber(_ text: ArraySlice<UInt8>, _ key: String, _ subject: String) throws(WaybillError) -> Int {
        let isNegative = text.first == UInt8(ascii: "-")
        let value = try number(Array(isNegative ? text.dropFirst() : text), key, subject)
        return isNegative ? -value : value
    }

    /// Eighteen digits always fit.
    private static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
        guard (1...18).contains(text.count) else { return nil }
        var value = 0
        for digit in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}

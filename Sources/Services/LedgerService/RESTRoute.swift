import WaybillCore

/// What a path of the API asks for.
struct RESTRoute: Hashable {
    enum Target: Hashable {
        case projects
        /// With its whole name: `projects/shop`.
        case project(String)
        /// Notes or occurrences below a parent: `projects/shop/locations/eu`.
        case notes(String)
        case occurrences(String)
        case notesBatch(String)
        case occurrencesBatch(String)
        case vulnerabilitySummary(String)
        case note(String)
        case occurrence(String)
        case noteOccurrences(String)
        case occurrenceNote(String)
    }

    var isBeta: Bool
    var target: Target

    /// Segments of a path; more are no path of this API.
    private static let segmentsMax = 9

    /// Reads `/v1/projects/shop/notes`; nil for what is no path of the API.
    init?(path: String) {
        var segments: [String] = []
        for part in path.split(separator: "/", maxSplits: Self.segmentsMax + 1) {
            // A slash that was escaped belongs to the segment, where names refuse it.
            guard let segment = Self.decoded(part) else { return nil }
            segments.append(segment)
        }
        guard segments.count >= 2, segments.count <= Self.segmentsMax else { return nil }
        switch segments.removeFirst() {
        case "v1": isBeta = false
        case "v1beta1": isBeta = true
        default: return nil
        }
        guard segments.removeFirst() == "projects" else { return nil }
        guard let project = segments.first else {
            target = .projects
            return
        }
        var parent = "projects/\(project)"
        var rest = segments.dropFirst()
        if rest.first == "locations", rest.count >= 2 {
            parent += "/locations/\(rest[rest.startIndex + 1])"
            rest = rest.dropFirst(2)
            guard !rest.isEmpty else { return nil }
        }
        guard let target = Self.target(parent, Array(rest), isBeta: isBeta) else { return nil }
        self.target = target
    }

    private static func target(_ parent: String, _ rest: [String], isBeta: Bool) -> Target? {
        switch (rest.first, rest.count) {
        case (nil, _): .project(parent)
        case ("notes", 1): .notes(parent)
        case ("notes:batchCreate", 1): .notesBatch(parent)
        case ("notes", 2): .note("\(parent)/notes/\(rest[1])")
        case ("notes", 3) where rest[2] == "occurrences": .noteOccurrences("\(parent)/notes/\(rest[1])")
        case ("occurrences", 1): .occurrences(parent)
        case ("occurrences:batchCreate", 1): .occurrencesBatch(parent)
        case ("occurrences:vulnerabilitySummary", 1) where isBeta: .vulnerabilitySummary(parent)
        case ("occurrences", 2): .occurrence("\(parent)/occurrences/\(rest[1])")
        case ("occurrences", 3) where rest[2] == "notes": .occurrenceNote("\(parent)/occurrences/\(rest[1])")
        default: nil
        }
    }

    /// Percent escapes as the characters that they are; nil for broken ones and for bytes that are no text.
    static func decoded(_ part: Substring, plusIsBlank: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

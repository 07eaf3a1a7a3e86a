public import Documents
public import WaybillCore

/// An in-toto statement (in-toto attestation framework v1): a predicate about subjects that are named by digest.
public struct Statement: Hashable, Sendable {
    /// `_type` of version 1.
    public static let type = "https://in-toto.io/Statement/v1"
    /// The media type that a DSSE envelope gives to a statement.
    public static let payloadType = "application/vnd.in-toto+json"

    /// What a statement is about (in-toto `ResourceDescriptor`).
    public struct Subject: Hashable, Sendable {
        public var name: String
        /// Algorithm to lower-case hexadecimal: `sha256`, `gitCommit`, `gitTree`.
        public var digest: [String: String]
        /// What else is said of it; only read by those who know it.
        public var annotations: Value?

        public init(name: String, digest: [String: String], annotations: Value? = nil) {
            self.name = name
            self.digest = digest
            self.annotations = annotations
        }

        public init(name: String, digest: Digest) {
            self.init(name: name, digest: [digest.algorithm.rawValue: digest.hex])
        }
    }

    public var subjects: [Subject]
    public var predicateType: String
    public var predicate: Value

    public init(subjects: [Subject], predicateType: String, predicate: Value) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// Whether one of the subjects has this digest.
    public func isAbout(_ digest: Digest) -> Bool {
        subjects.contains { $0.digest[digest.algorithm.rawValue] == digest.hex }
    }

    public var value: Value {
        [
            "_type": .string(Self.type),
            "subject": .array(
                subjects.map { subject in
                    .members(
                        ("name", .string(subject.name)), ("digest", .digests(subject.digest)),
                        ("annotations", subject.annotations))
                }),
            "predicateType": .string(predicateType),
            "predicate": predicate,
        ]
    }

    /// The statement's bytes, the same for equal statements.
    public var bytes: [UInt8] { JSONWriter.bytes(value, style: .canonical) }

    /// Reads a statement of version 1 or 0.1; a missing subject, digest or predicate type is an error.
    public init(parsing bytes: [UInt8]) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: "in-toto statement")
        }
        let value: Value
        do { value = try JSONReader.value(from: bytes) } catch { throw bad("\(error)") }
        guard let type = value["_type"]?.string, type == Self.type || type == "https://in-toto.io/Statement/v0.1" else {
            throw bad("“_type” is missing or unknown")
        }
        guard let predicateType = value["predicateType"]?.string, !predicateType.isEmpty else {
            throw bad("“predicateType” is missing")
        }
        guard let list = value["subject"]?.array, !list.isEmpty else { throw bad("“subject” is missing or empty") }
        var subjects: [Subject] = []
        for element in list {
            var digest: [String: String] = [:]
            for member in element["digest"]?.object?.members ?? [] {
                guard let hash = member.value.string else { throw bad("a subject's digest is not a string") }
                digest[member.key] = hash
            }
            guard !digest.isEmpty else { throw bad("a subject has no digest") }
            let annotations = element["annotations"].flatMap { $0.isNull ? nil : $0 }
            subjects.append(
                Subject(name: element["name"]?.string ?? "", digest: digest, annotations: annotations))
        }
        self.init(subjects: subjects, predicateType: predicateType, predicate: value["predicate"] ?? .null)
    }
}

import Attestations
import Documents
import Grafeas
import Ledger
import MetadataRules
import Packages
import WaybillCore

/// A paper as notes and occurrences: its envelope for each thing that it is about, and what it says where the API has a
/// kind for it. The same paper gives the same records.
struct PaperRecords {
    private(set) var notes: [MetadataRecord] = []
    private(set) var occurrences: [MetadataRecord] = []
    /// Where images of this installation are, for papers that name them without a registry.
    private let host: String
    private let paper: Paper
    private var names: Set<String> = []

    /// Throws `.limitExceeded` or `.invalidInput` where the paper fits into no record.
    init(_ paper: Paper, host: String) throws(WaybillError) {
        self.paper = paper
        self.host = host
        // A paper that holds no statement is still somebody's signed word.
        let statement = try? Statement(parsing: paper.envelope.payload)
        let uris = statement.map { $0.subjects.compactMap(uri) } ?? []
        let note = PaperNote.attestation(of: paper.predicateType)
        try add(note: note)
        for (number, uri) in (uris.isEmpty ? [paper.subject] : uris).enumerated() {
            try add(
                paper.id.hex + (number == 0 ? "" : "-\(number)"), of: note.name, about: uri, "DSSE_ATTESTATION",
                "dsseAttestation", ["envelope": envelope])
        }
        guard let statement, let uri = uris.first else { return }
        let plain = (notes, occurrences)
        do throws(WaybillError) { try addKind(statement, uri) } catch {
            // What does not say what its type promises is shown as the envelope that it is, and as nothing else.
            (notes, occurrences) = plain
        }
    }

    private mutating func addKind(_ statement: Statement, _ uri: String) throws(WaybillError) {
        switch paper.predicateType {
        case PredicateType.provenance: try addBuild(statement, uri)
        case PredicateType.vulnerabilities: try addScan(statement, uri)
        case PredicateType.deployment: try addDeployment(statement, uri)
        default: break
        }
    }

    private var envelope: Value {
        [
            "payload": .string(Base64.encode(paper.envelope.payload)),
            "payloadType": .string(paper.envelope.payloadType),
            "signatures": .array(
                paper.envelope.signatures.map {
                    ["sig": .string(Base64.encode($0.bytes)), "keyid": .string($0.keyID)]
                }),
        ]
    }

    /// `https://HOST/REPOSITORY@sha256:…` for images, `gitCommit:…` for commits.
    private func uri(_ subject: Statement.Subject) -> String? {
        guard let hex = subject.digest["sha256"] else {
            return subject.digest.sorted { $0.key < $1.key }.first.map { "\($0.key):\($0.value)" }
        }
        let bare = subject.name.split(separator: "@").first.map(String.init) ?? ""
        guard paper.subject.hasPrefix("sha256:"), !bare.isEmpty else { return "sha256:\(hex)" }
        let first = bare.split(separator: "/").first ?? ""
        let hasHost = bare.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
        return "https://\(hasHost ? bare : "\(host)/\(bare)")@sha256:\(hex)"
    }

    // MARK: kinds

    private mutating func addBuild(_ statement: Statement, _ uri: String) throws(WaybillError) {
        let subjects = statement.subjects.map { subject -> Value in
            [
                "name": .string(subject.name),
                "digest": .object(
                    Object(subject.digest.sorted { $0.key < $1.key }.map { ($0.key, Value.string($0.value)) })),
            ]
        }
        try add(note: PaperNote.build)
        try add(
            "build-\(paper.id.hex)", of: PaperNote.build.name, about: uri, "BUILD", "build",
            [
                "inTotoSlsaProvenanceV1": [
                    "_type": .string(Statement.type), "subject": .array(subjects),
                    "predicateType": .string(statement.predicateType), "predicate": statement.predicate,
                ]
            ])
    }

    private mutating func addScan(_ statement: Statement, _ uri: String) throws(WaybillError) {
        let scan = try VulnerabilityScan(statement.predicate)
        try add(note: PaperNote.scan)
        try add(
            "scan-\(paper.id.hex)", of: PaperNote.scan.name, about: uri, "DISCOVERY", "discovery",
            [
                "analysisStatus": "FINISHED_SUCCESS", "continuousAnalysis": "ACTIVE",
                "lastScanTime": .string(scan.finished.description),
            ])
        for result in scan.results {
            let severity = Self.severity(result.severity)
            let note = PaperNote.vulnerability(result.id, severity: severity)
            try add(note: note)
            let place = result.package ?? "pkg:generic/unknown"
            // One for each weakness of a package in an image, however often it was scanned.
            let id = Digest.sha256(of: Array("\(uri)\n\(result.id)\n\(place)".utf8)).hex
            try add(
                "vulnerability-\(id)", of: note.name, about: uri, "VULNERABILITY", "vulnerability",
                [
                    "severity": .string(severity), "effectiveSeverity": .string(severity),
                    "shortDescription": .string(result.id), "fixAvailable": .bool(result.fixedVersion != nil),
                    "packageIssue": [Self.issue(place, fixed: result.fixedVersion, severity)],
                ])
        }
    }

    private static func issue(_ place: String, fixed: String?, _ severity: String) -> Value {
        let package = try? PackageURL(parsing: place)
        let name = package.map { [$0.namespace, $0.name].compactMap(\.self).joined(separator: "/") } ?? place
        var issue: Value = [
            "affectedCpeUri": .string(place), "affectedPackage": .string(name),
            "affectedVersion": version(package?.version, otherwise: "MINIMUM"),
            "fixedVersion": version(fixed, otherwise: "MAXIMUM"), "fixAvailable": .bool(fixed != nil),
            "packageType": .string(package?.type ?? ""), "effectiveSeverity": .string(severity),
        ]
        if fixed != nil {
            issue["fixedCpeUri"] = .string(place)
            issue["fixedPackage"] = .string(name)
        }
        return issue
    }

    /// Without a fix every version up to the end of all versions is affected.
    private static func version(_ text: String?, otherwise kind: String) -> Value {
        guard let text, !text.isEmpty else { return ["kind": .string(kind)] }
        return ["kind": "NORMAL", "name": .string(text), "fullName": .string(text)]
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .critical: "CRITICAL"
        case .high: "HIGH"
        case .medium: "MEDIUM"
        case .low: "LOW"
        case .info: "MINIMAL"
        case .unknown: "SEVERITY_UNSPECIFIED"
        }
    }

    private mutating func addDeployment(_ statement: Statement, _ uri: String) throws(WaybillError) {
        let report = try DeploymentReport(statement.predicate)
        guard uri.hasPrefix("https://") else { return }
        try add(note: PaperNote.deployment)
        try add(
            "deployment-\(paper.id.hex)", of: PaperNote.deployment.name, about: uri, "DEPLOYMENT", "deployment",
            [
                "deployTime": .string(report.time.description), "platform": "CUSTOM",
                "address": .string(report.environment), "resourceUri": [.string(uri)],
                "config": .string("\(report.repository)@\(report.revision), manifests \(report.manifests)"),
            ])
    }

    // MARK: records

    private mutating func add(note: (name: String, document: Value)) throws(WaybillError) {
        guard names.insert(note.name).inserted else { return }
        let kind = try MetadataValidation.kind(ofNote: note.document)
        var message = try MessageJSON.message(V1Note.self, from: note.document)
        message.createTime = MetadataService.timestamp(paper.recorded)
        message.updateTime = message.createTime
        notes.append(try record(.note, note.name, kind, StoredMetadata.body(message, .v1)))
    }

    private mutating func add(
        _ id: String, of note: String, about uri: String, _ kind: String, _ field: String, _ details: Value
    ) throws(WaybillError) {
        let name = "\(PaperNote.project)/occurrences/\(id)"
        guard names.insert(name).inserted else { return }
        let document: Value = [
            "name": .string(name), "resourceUri": .string(uri), "noteName": .string(note), "kind": .string(kind),
            field: details,
        ]
        // What of a predicate the API has no field for is in the envelope, which stands beside it whole.
        var message = try MessageJSON.message(V1Occurrence.self, from: document, leavingOutUnknown: true)
        let held = try MetadataValidation.kind(ofOccurrence: try MessageJSON.document(message))
        message.createTime = MetadataService.timestamp(paper.recorded)
        message.updateTime = message.createTime
        var made = try record(.occurrence, name, held, StoredMetadata.body(message, .v1))
        made.note = note
        made.resource = uri
        occurrences.append(made)
    }

    private func record(
        _ kind: MetadataKind, _ name: String, _ held: GrafeasKind, _ body: [UInt8]
    ) throws(WaybillError) -> MetadataRecord {
        MetadataRecord(
            kind: kind, name: name, project: "waybill", noteKind: held.number, created: paper.recorded,
            updated: paper.recorded, body: body)
    }
}

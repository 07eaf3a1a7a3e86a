import Attestations
public import Documents
import Signatures
import Trust
public import WaybillCore

/// What must be true of an image: the one model that all kinds of policies are read into.
indirect enum Requirement: Sendable {
    case allow
    case deny(String)
    /// All of them; with `persons`, by as many different people as there are signers.
    case all([Requirement])
    case any([Requirement])
    /// The image is named by digest.
    case digest
    case attestedBy(Attestor)
    /// Scanned, and not too bad. Attestors by whom an image may be attested already: whether that spares it the look is a
    /// setting.
    case vulnerabilities(VulnerabilityLimits, attestedBy: [Attestor])
    case signedBy(SigstoreAuthority)
    /// The provenance's source, signed by one of the attestor's keys.
    case builtFrom(SourcePattern, Attestor)
    /// Known to the field, not supported here: never satisfied.
    case unsupported(String)
}

/// Somebody who vouches for images: an authority of Kritis, an attestor of Binary Authorization.
public struct Attestor: Sendable {
    public var name: String
    /// The note under which the attestations stand; empty for any.
    public var note: String
    var keys: [Key]

    enum Key: Sendable {
        case plain(PublicKey, name: String)
        case openPGP(OpenPGPKey)

        /// Whose key it is: the person that was named, else the key's bytes. Two entries with one key are one signer, and
        /// so are two OpenPGP keys that name the same person first.
        func person(_ persons: [String: String]) -> [UInt8] {
            switch self {
            case .plain(let key, _):
                (persons[key.keyID] ?? persons[key.sshFingerprint]).map { Array("person:\($0)".utf8) } ?? key.der
            case .openPGP(let key):
                Array((persons[key.fingerprint].map { "person:\($0)" } ?? key.userIDs.first ?? key.fingerprint).utf8)
            }
        }
    }
}

/// How bad findings may be (Kritis): with a fix, without one, and which are accepted by name.
public struct VulnerabilityLimits: Hashable, Sendable {
    public enum Limit: Hashable, Sendable {
        case atMost(Severity)
        case blockAll
        case allowAll

        /// The words of Kritis' policies; an empty one stands for the default.
        init?(_ word: String) {
            switch word {
            case "ALLOW_ALL": self = .allowAll
            case "BLOCK_ALL": self = .blockAll
            case "MINIMAL": self = .atMost(.info)
            case "LOW": self = .atMost(.low)
            case "MEDIUM": self = .atMost(.medium)
            case "HIGH": self = .atMost(.high)
            case "CRITICAL": self = .atMost(.critical)
            default: return nil
            }
        }

        func allows(_ severity: Severity) -> Bool {
            switch self {
            case .allowAll: true
            case .blockAll: false
            // What is not rated may be anything, so it is the worst.
            case .atMost(let limit): (severity == .unknown ? .critical : severity) <= limit
            }
        }
    }

    public var fixable: Limit
    public var unfixable: Limit
    public var accepted: Set<String>
    /// The oldest scan that counts, in seconds; nil for any age.
    public var scanAgeMaxSeconds: Int64?

    public init(fixable: Limit, unfixable: Limit, accepted: Set<String> = [], scanAgeMaxSeconds: Int64? = nil) {
        self.fixable = fixable
        self.unfixable = unfixable
        self.accepted = accepted
        self.scanAgeMaxSeconds = scanAgeMaxSeconds
    }

    /// Reads Kritis' `packageVulnerabilityRequirements`.
    public init(kritis node: Node) throws(DocumentError) {
        self = try KritisReader.limits(node, fixable: "maximumSeverity", unfixable: "maximumFixUnavailableSeverity")
    }

    /// The findings that are too bad.
    public func violations(in scan: ImageEvidence.Scan) -> [ImageEvidence.Scan.Vulnerability] {
        scan.vulnerabilities.filter { found in
            if accepts(found) { return false }
            return !(found.isFixAvailable ? fixable : unfixable).allows(found.severity)
        }
    }

    /// Accepted by the full name of its note; a finding without a note by the last part of the name.
    private func accepts(_ found: ImageEvidence.Scan.Vulnerability) -> Bool {
        if let note = found.note { return accepted.contains(note) || accepted.contains(found.id) }
        return accepted.contains { name in
            name.utf8.split(separator: UInt8(ascii: "/")).last.map { $0.elementsEqual(found.id.utf8) } ?? false
        }
    }
}

/// Where an image must have been built from.
struct SourcePattern: Hashable, Sendable {
    var text: String

    /// Whether a source's address is the one; `.*` at the end stands for any end.
    func matches(_ source: String) -> Bool {
        guard text.utf8.suffix(2).elementsEqual(".*".utf8) else { return source.utf8.elementsEqual(text.utf8) }
        return source.utf8.starts(with: text.utf8.dropLast(2))
    }
}

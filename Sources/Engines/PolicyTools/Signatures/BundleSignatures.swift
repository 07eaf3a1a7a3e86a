public import Documents
public import WaybillCore

/// Signs the files of a bundle: `.signatures.json` holds one token that names each file with its hash.
public struct BundleSigner: Sendable {
    public var key: SigningKey
    public var keyIdentifier: String?
    /// Added to the token: `scope`, `iss`, …
    public var claims: Object

    public static let path = ".signatures.json"

    public init(key: SigningKey, keyIdentifier: String? = nil, claims: Object = [:]) {
        self.key = key
        self.keyIdentifier = keyIdentifier
        self.claims = claims
    }

    /// The signature file for these files; one that is among them already is left out of account.
    public func signature(over files: [BundleFile], subject: String) throws(WaybillError) -> BundleFile {
        var entries: [Value] = []
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) })
        where file.path != Self.path {
            entries.append([
                "name": .string(file.path),
                "hash": .string(try FileHash.hash(of: file, .sha256, subject: "\(subject)/\(file.path)")),
                "algorithm": .string(FileHash.Algorithm.sha256.rawValue),
            ])
        }
        guard claims["files"] == nil else {
            throw WaybillError(.invalidInput, "claims may not name the files themselves", subject: subject)
        }
        var payload: Object = ["files": .array(entries)]
        for claim in claims.members { payload[claim.key] = claim.value }
        if let keyIdentifier { payload["keyid"] = .string(keyIdentifier) }
        let token = try WebToken.text(payload: .object(payload), keyIdentifier: keyIdentifier, key: key)
        return BundleFile(
            path: Self.path, bytes: JSONWriter.bytes(["signatures": [.string(token)]], style: .pretty) + [0x0A])
    }
}

/// What the signature of a bundle must satisfy.
public struct BundleVerification: Sendable {
    /// By identifier.
    public var keys: [String: VerificationKey]
    /// The key to use; nil takes the one that the token names.
    public var keyIdentifier: String?
    /// The token's `scope`, where it matters.
    public var scope: String?
    /// Patterns of paths that need not be signed: `*` within a folder.
    public var excluded: [String]
    /// Refuses a bundle that is signed when there is no key to check it with; off for those who do not look.
    public var needsSignature: Bool

    public init(
        keys: [String: VerificationKey], keyIdentifier: String? = nil, scope: String? = nil, excluded: [String] = [],
        needsSignature: Bool = true
    ) {
        self.keys = keys
        self.keyIdentifier = keyIdentifier
        self.scope = scope
        self.excluded = excluded
        self.needsSignature = needsSignature
    }

    /// For callers without keys: an unsigned bundle passes, a signed one does not, because nobody could check it.
    public static let unsignedOnly = BundleVerification(keys: [:], needsSignature: false)

    /// Throws unless one signature by a known key names every file with its hash, and no other file.
    public func verify(_ files: [BundleFile], subject: String) throws(WaybillError) {
        guard let file = files.first(where: { $0.path == BundleSigner.path }) else {
            guard needsSignature else { return }
            throw WaybillError(
                .forbidden, "bundle missing \(BundleSigner.path) file", subject: subject,
                remedy: "sign it with: waybill policy sign")
        }
        guard !keys.isEmpty else {
            throw WaybillError(
                .forbidden, "the bundle is signed, and there is no key to check it with", subject: subject,
                remedy: "give --verification-key, or say --skip-verify to read it unchecked")
        }
        let token = try token(file, subject)
        var missing = try verified(token, subject)
        for file in files where file.path != BundleSigner.path {
            if isExcluded(file.path) {
                missing[file.path] = nil
                continue
            }
            guard let entry = missing.removeValue(forKey: file.path) else {
                throw WaybillError(
                    .forbidden, "file \(file.path) not included in bundle signature", subject: subject,
                    remedy: "sign the bundle anew, or get it from whom signed it")
            }
            let got = try FileHash.hash(of: file, entry.algorithm, subject: "\(subject)/\(file.path)")
            guard got == entry.hash else {
                throw WaybillError(
                    .corrupted, "\(file.path): digest mismatch (want: \(entry.hash), got: \(got))", subject: subject)
            }
        }
        if let first = missing.keys.sorted().first {
            throw WaybillError(
                .corrupted, "file \(first) specified in bundle signature but not found in the bundle", subject: subject)
        }
    }

    private func token(_ file: BundleFile, _ subject: String) throws(WaybillError) -> WebToken {
        let document: Value
        do {
            document = try JSONReader.value(from: file.bytes)
        } catch {
            throw error.inFile("\(subject)/\(file.path)")
        }
        guard let signatures = document["signatures"]?.array, let text = signatures.first?.string else {
            throw WaybillError(.invalidInput, "\(BundleSigner.path): missing JWT", subject: subject)
        }
        guard signatures.count == 1 else {
            throw WaybillError(
                .unsupported, "\(BundleSigner.path): multiple JWTs not supported (expected exactly 1)",
                subject: subject)
        }
        if let plugin = document["plugin"]?.string, !plugin.isEmpty, plugin != "_default" {
            throw WaybillError(.unsupported, "needs the signature plugin “\(plugin)”", subject: subject)
        }
        return try WebToken(parsing: text, subject: subject)
    }

    private func verified(
        _ token: WebToken, _ subject: String
    ) throws(WaybillError) -> [String: (hash: String, algorithm: FileHash.Algorithm)] {
        let identifier = keyIdentifier ?? token.header["kid"]?.string ?? token.payload["keyid"]?.string
        let key: VerificationKey? =
            if let identifier { keys[identifier] } else if keys.count == 1 { keys.first?.value } else { nil }
        guard let key else {
            throw WaybillError(
                .forbidden, "verification key corresponding to ID \(identifier ?? "(none)") not found",
                subject: subject,
                remedy: "known keys: \(keys.keys.sorted().joined(separator: ", "))")
        }
        guard token.isSigned(by: key) else {
            throw WaybillError(.forbidden, "the bundle's signature is not by the expected key", subject: subject)
        }
        if let scope, token.payload["scope"]?.string != scope {
            throw WaybillError(.forbidden, "scope mismatch: the signature is not for “\(scope)”", subject: subject)
        }
        var entries: [String: (hash: String, algorithm: FileHash.Algorithm)] = [:]
        for entry in token.payload["files"]?.array ?? [] {
            guard let name = entry["name"]?.string, let hash = entry["hash"]?.string else {
                throw WaybillError(
                    .invalidInput, "the bundle's signature names a file without a hash", subject: subject)
            }
            let algorithm = entry["algorithm"]?.string ?? FileHash.Algorithm.sha256.rawValue
            guard let algorithm = FileHash.Algorithm(rawValue: algorithm) else {
                throw WaybillError(
                    .unsupported, "unsupported hashing algorithm \(Redaction.excerpt(algorithm))", subject: subject)
            }
            let path = name.split(separator: "/").joined(separator: "/")
            guard entries.updateValue((hash.lowercased(), algorithm), forKey: path) == nil else {
                throw WaybillError(.invalidInput, "the bundle's signature names \(path) twice", subject: subject)
            }
        }
        return entries
    }

    private func isExcluded(_ path: String) -> Bool {
        excluded.contains { PathPattern($0).matches(path) }
    }
}

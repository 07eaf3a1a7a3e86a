import Crypto
import Documents
import RegularExpressions
import WaybillCore

/// What SOPS writes beside the values: who can decrypt, which values are encrypted, and the code over all of them.
struct SOPSMetadata {
    private static let defaultUnencryptedSuffix = "_unencrypted"

    private(set) var ageKeys: [(recipient: String, sealed: String)] = []
    private(set) var otherKeys: [String] = []
    private(set) var code: String
    private(set) var lastModified: String
    private(set) var coversEncryptedOnly = false
    private var unencryptedSuffix: String?
    private var encryptedSuffix: String?
    private var unencryptedExpression: RegularExpression?
    private var encryptedExpression: RegularExpression?

    init(_ value: Value, file: String) throws(WaybillError) {
        func failure(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, "sops: \(message)", subject: file)
        }
        func text(_ key: String) -> String? { value[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        for entry in value["age"]?.array ?? [] {
            guard let sealed = entry["enc"]?.string else { throw failure("a key of age without “enc”") }
            ageKeys.append((entry["recipient"]?.string ?? "", sealed))
        }
        for kind in ["kms", "gcp_kms", "azure_kv", "hc_vault", "pgp"] where value[kind]?.array?.isEmpty == false {
            otherKeys.append(kind)
        }
        guard value["key_groups"] == nil, value["shamir_threshold"] == nil else {
            throw WaybillError(
                .unsupported, "sops: a data key in parts (key groups) is not supported", subject: file,
                remedy: "encrypt for age keys without key groups")
        }
        guard let code = text("mac"), let lastModified = text("lastmodified") else {
            throw failure("“mac” or “lastmodified” is missing")
        }
        (self.code, self.lastModified) = (code, lastModified)
        coversEncryptedOnly =
            value["mac_only_encrypted"]?.bool ?? (value["mac_only_encrypted"]?.string?.lowercased() == "true")
        (unencryptedSuffix, encryptedSuffix) = (text("unencrypted_suffix"), text("encrypted_suffix"))
        func expression(_ key: String) throws(WaybillError) -> RegularExpression? {
            guard let pattern = text(key) else { return nil }
            do { return try RegularExpression(pattern) } catch { throw failure("\(key): \(error.message)") }
        }
        unencryptedExpression = try expression("unencrypted_regex")
        encryptedExpression = try expression("encrypted_regex")
        for key in ["encrypted_comment_regex", "unencrypted_comment_regex"] where text(key) != nil {
            throw WaybillError(.unsupported, "sops: \(key) is not supported", subject: file)
        }
        let rules = [unencryptedSuffix, encryptedSuffix, text("unencrypted_regex"), text("encrypted_regex")]
        let count = rules.filter { $0 != nil }.count
        guard count <= 1 else { throw failure("more than one rule says what is encrypted") }
        if count == 0 { unencryptedSuffix = Self.defaultUnencryptedSuffix }
    }

    /// Whether the value at a path is to be encrypted. A value that should be and is not was put there by somebody else.
    func isSecret(_ path: [String]) -> Bool {
        if let unencryptedSuffix { return !path.contains { $0.hasSuffix(unencryptedSuffix) } }
        if let encryptedSuffix { return path.contains { $0.hasSuffix(encryptedSuffix) } }
        if let unencryptedExpression { return !path.contains { unencryptedExpression.matches($0) } }
        if let encryptedExpression { return path.contains { encryptedExpression.matches($0) } }
        return true
    }

    /// The key of all values, unsealed with one of the identities.
    func dataKey(_ identities: [AgeIdentity], file: String) throws(WaybillError) -> SymmetricKey {
        guard !ageKeys.isEmpty else {
            throw WaybillError(
                .unsupported, "is encrypted for \(otherKeys.joined(separator: ", ")), not for a key of age",
                subject: file, remedy: "sops updatekeys \(file), with an age recipient")
        }
        var problem = "none of the keys fits"
        for key in ageKeys {
            do throws(AgeFile.Failure) {
                let bytes = try AgeFile(Array(key.sealed.utf8)).decrypted(with: identities)
                guard bytes.count == 32 else { throw AgeFile.Failure("the data key has \(bytes.count) bytes") }
                return SymmetricKey(data: bytes)
            } catch {
                if error.message != "none of the keys fits" { problem = error.message }
            }
        }
        throw WaybillError(
            .forbidden, "cannot be decrypted: \(problem)", subject: file,
            remedy: "it is for \(ageKeys.map { Redaction.excerpt($0.recipient) }.joined(separator: ", "))")
    }
}

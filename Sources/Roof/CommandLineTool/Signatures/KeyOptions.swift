import ArgumentParser
import Attestations
import Files
import Foundation
import Signatures
import Signers
import Trust
import WaybillCore

/// Which key signs.
struct SigningKeyOption: ParsableArguments {
    @Option(help: "A private key in a file: PKCS #8, SEC 1, PKCS #1 or cosign's encrypted form.") var key: String?
    @Option(help: "An SSH key, in a file or (by its public half) in an agent.") var sshKey: String?
    @Option(help: "An OpenPGP key by fingerprint; gpg signs with it.") var gpgKey: String?

    func validate() throws {
        guard [key, sshKey, gpgKey].compactMap({ $0 }).count == 1 else {
            throw ValidationError("name one key: --key, --ssh-key or --gpg-key")
        }
    }

    /// The private key of `--key`.
    func privateKey() throws(WaybillError) -> PrivateKey? {
        guard let key else { return nil }
        return try PrivateKey(file: key) { () throws(WaybillError) in try Self.password() }
    }

    /// From the environment: a password on the command line would be seen by everybody on the machine.
    static func password() throws(WaybillError) -> [UInt8] {
        let environment = ProcessInfo.processInfo.environment
        guard let text = environment["WAYBILL_KEY_PASSWORD"] ?? environment["COSIGN_PASSWORD"] else {
            throw WaybillError(
                .invalidInput, "the key needs a password", subject: "private key",
                remedy: "set WAYBILL_KEY_PASSWORD (or COSIGN_PASSWORD)")
        }
        return Array(text.utf8)
    }
}

/// Whom a verification believes.
struct TrustOption: ParsableArguments {
    @Option(
        name: .customLong("key"), help: "A public key (PEM or SSH) whose signatures count; may be given more than once."
    )
    var keyFiles: [String] = []
    @Option(
        name: .customLong("signatures"),
        help:
            "How ECDSA and RSA signatures of --key are written: standard (DER, PKCS #1), fixedWidth, probabilistic (PSS)."
    )
    var encoding = "standard"
    @Option(name: .customLong("keys"), help: "A file of keys with names, validity and revocation (YAML).") var keyList:
        String?
    @Option(help: "An allowed_signers file: SSH signatures of these people count.") var allowedSigners: String?
    @Option(
        name: .customLong("gpg-key"),
        help: "A file of OpenPGP public keys, for images and commits; may be given more than once.")
    var gpgKeys: [String] = []
    @Option(help: "A certificate authority (PEM) for Notation signatures and commits; may be given more than once.")
    var authority: [String] = []
    @Option(help: "A sigstore trusted root (JSON) for certificates, logs and timestamps.") var trustedRoot: String?
    @Option(help: "Whom the certificate of a keyless signature must name.") var identity: String?
    @Option(help: "Who must have vouched for that name.") var issuer: String?
    @Flag(help: "Ask for an entry in a trusted log also where a key signed.") var requireLog = false

    func trust() throws(WaybillError) -> SignatureTrust {
        var trust = SignatureTrust()
        guard let encoding = PublicKey.SignatureEncoding(rawValue: encoding) else {
            throw WaybillError(
                .invalidInput, "--signatures is one of standard, fixedWidth, probabilistic", subject: "--signatures")
        }
        for path in keyFiles {
            var key = try Self.publicKey(path)
            key.encoding = encoding
            trust.keys.append(TrustedKey(key, name: path))
            trust.keys.append(TrustedKey(key, name: path, scheme: .ssh(namespace: TrustedKey.sshNamespace)))
        }
        if let keyList {
            trust.keys += try TrustedKeyFile(parsing: Files.read(keyList, bytesMax: 4 << 20), file: keyList).keys
        }
        if let allowedSigners {
            let signers = try AllowedSigners(parsing: Files.read(allowedSigners), file: allowedSigners)
            trust.people = signers
            trust.keys += TrustedKey.people(of: signers)
        }
        for path in gpgKeys { trust.gpgKeys += try Self.read(path, OpenPGPKey.all(in:)) }
        for path in authority {
            trust.authorities += try Self.read(path) { bytes throws(SignatureFailure) in
                try SigningCertificate.chain(pem: String(decoding: bytes, as: UTF8.self))
            }
        }
        if let trustedRoot { trust.root = try Self.read(trustedRoot, TrustedRoot.init(parsing:)) }
        if let identity, let issuer {
            trust.identities = [IdentityPattern(subject: .exact(identity), issuer: .exact(issuer))]
        } else if identity != nil || issuer != nil {
            throw WaybillError(.invalidInput, "--identity and --issuer go together", subject: "trust")
        }
        trust.needsLog = requireLog
        return trust
    }

    /// A public key from a file; what is wrong with it is told of the file.
    private static func publicKey(_ path: String) throws(WaybillError) -> PublicKey {
        let text = try Files.text(path)
        do throws(WaybillError) {
            return try text.utf8.starts(with: "-----BEGIN".utf8) ? PublicKey(pem: text) : PublicKey(openSSH: text)
        } catch {
            throw WaybillError(error.code, "\(error.subject): \(error.message)", subject: path, remedy: error.remedy)
        }
    }

    private static func read<Content>(
        _ path: String, _ parse: ([UInt8]) throws(SignatureFailure) -> Content
    ) throws(WaybillError) -> Content {
        let bytes = try Files.read(path, bytesMax: 8 << 20)
        do { return try parse(bytes) } catch { throw WaybillError(.invalidInput, error.message, subject: path) }
    }
}

/// Whom a verification believes, read.
struct SignatureTrust {
    var keys: [TrustedKey] = []
    var people: AllowedSigners?
    var gpgKeys: [OpenPGPKey] = []
    var authorities: [SigningCertificate] = []
    var root: TrustedRoot?
    var identities: [IdentityPattern] = []
    var needsLog = false

    var isEmpty: Bool { keys.isEmpty && people == nil && gpgKeys.isEmpty && authorities.isEmpty && root == nil }

    /// Whether somebody is named whose signature a commit could bear.
    var signsCommits: Bool { people != nil || !gpgKeys.isEmpty || !authorities.isEmpty }

    var bundles: BundleVerifier {
        BundleVerifier(keys: keys, root: root, identities: identities, needsLog: needsLog)
    }
}

import Attestations
import Signatures
import Trust
import WaybillCore

extension SignatureJudge {
    /// A signature as `ssh-keygen -Y sign` writes it, about a file.
    func check(ssh text: [UInt8], namespace: String) -> SignatureCheck {
        var check = SignatureCheck(form: "SSH signature", digest: .sha256(of: text))
        do throws(SignatureFailure) {
            guard let bytes = target.bytes else { throw SignatureFailure(.subject, "an SSH signature is about a file") }
            let signature: SSHSignature
            do { signature = try SSHSignature(armored: text) } catch { throw SignatureFailure(.format, error.message) }
            guard signature.isValid(of: bytes, namespace: namespace) else {
                throw SignatureFailure(
                    .signature, "the signature does not fit the file, or was made for another namespace")
            }
            let listed = trust.keys.filter { $0.key == signature.key }
            let people = trust.people?.standing(of: signature.key, namespace: namespace, at: moment) ?? .unknown
            switch people {
            case .valid(let entries):
                let name = entries.flatMap(\.principals.patterns).joined(separator: ", ")
                check.signers = [.init(name: name, key: TrustedKey(signature.key, name: name))]
            case .expired(let since): throw SignatureFailure(.time, "the key expired at \(since)")
            case .notYetValid(let from): throw SignatureFailure(.time, "the key is valid only from \(from)")
            case .unknown, .otherNamespace:
                guard let key = listed.first(where: { $0.isValid(at: moment) }) else {
                    throw SignatureFailure(
                        listed.isEmpty ? .key : .time,
                        "is not signed by a trusted key (\(signature.key.sshFingerprint))")
                }
                check.signers = [.init(name: key.name, key: key)]
            }
            if predicateType != nil { throw SignatureFailure(.predicate, "is a signature without a statement") }
        } catch { check.failure = error }
        return check
    }

    /// A bare signature in base 64, as `cosign sign-blob` and others write it.
    func check(plain text: [UInt8]) -> SignatureCheck {
        var check = SignatureCheck(form: "signature", digest: .sha256(of: text))
        do throws(SignatureFailure) {
            guard let bytes = target.bytes else { throw SignatureFailure(.subject, "a bare signature is about a file") }
            guard let signature = Base64.decode(text.filter { $0 > 0x20 }), !signature.isEmpty else {
                throw SignatureFailure(.format, "is not a signature of a form that is known")
            }
            let bundle = SigstoreBundle(
                material: .publicKey(hint: ""), content: .message(digest: nil, signature: signature))
            let verified = try trust.bundles.verify(bundle, subject: .bytes(bytes), at: moment)
            if case .key(let key) = verified.signer { check.signers = [.init(name: key.name, key: key)] }
            if predicateType != nil { throw SignatureFailure(.predicate, "is a signature without a statement") }
        } catch { check.failure = error }
        return check
    }

    /// A commit's own signature.
    func check(commit: (id: String, bytes: [UInt8])) throws(WaybillError) -> SignatureCheck {
        var check = SignatureCheck(form: "commit signature", digest: .sha256(of: commit.bytes))
        let verifier = CommitVerifier(
            signers: trust.people ?? AllowedSigners(),
            keyring: SignerKeyring(keys: trust.gpgKeys, authorities: trust.authorities), moment: moment)
        let found = try verifier.verify(commit: commit.bytes, id: commit.id)
        if case .good(let principal) = found.outcome, let key = found.key {
            check.signers = [.init(name: principal, key: TrustedKey(key, name: principal))]
        } else {
            check.failure = SignatureFailure(Self.check(of: found.outcome), "the commit \(found.outcome)")
        }
        if predicateType != nil { check.failure = SignatureFailure(.predicate, "is a signature without a statement") }
        return check
    }

    private static func check(of outcome: SignatureOutcome) -> SignatureFailure.Check {
        switch outcome {
        case .good: .signature
        case .unsigned, .unknownKey, .revoked: .key
        case .identityMismatch: .identity
        case .notYetValid, .expired: .time
        case .badSignature: .signature
        case .unsupported: .unsupported
        }
    }
}

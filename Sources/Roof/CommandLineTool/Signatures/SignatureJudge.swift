import Attestations
import Documents
import OCI
import SignatureStores
import Signatures
import Trust
import WaybillCore

/// Verifies what was found about a target. Pure: everything was read before.
struct SignatureJudge {
    var target: ResolvedTarget
    var trust: SignatureTrust
    /// The predicate type that is asked for; nil asks for plain signatures.
    var predicateType: String?
    /// The builder that provenance must name.
    var builder: String?
    var moment: Timestamp

    func check(_ item: StoredSignatures.Item) -> SignatureCheck {
        var check = SignatureCheck(form: item.form, digest: item.digest)
        do throws(SignatureFailure) {
            switch item.content {
            case .layer(let layer): try judge(layer, &check)
            case .bundle(let bytes): try judge(bundle: bytes, &check)
            case .notation(let bytes): try judge(notation: bytes, &check)
            case .envelope(let bytes): try judge(envelope: bytes, &check)
            case .openPGP(let bytes): try judge(openPGP: bytes, &check)
            }
            try judgeStatement(check.statement)
        } catch { check.failure = error }
        return check
    }

    private func image() throws(SignatureFailure) -> Digest {
        guard let digest = target.image?.descriptor.digest else {
            throw SignatureFailure(.subject, "signatures of this form are about images")
        }
        return digest
    }

    private var subject: BundleVerifier.Subject {
        if let bytes = target.bytes { return .bytes(bytes) }
        let first = target.digest.min { $0.key < $1.key }
        return .digest(algorithm: first?.key ?? "sha256", hash: first?.value ?? "")
    }

    private func judge(_ layer: CosignLayer, _ check: inout SignatureCheck) throws(SignatureFailure) {
        take(try layer.verify(trust.bundles, image: image(), at: moment), &check)
    }

    private func judge(bundle bytes: [UInt8], _ check: inout SignatureCheck) throws(SignatureFailure) {
        let bundle: SigstoreBundle
        do { bundle = try SigstoreBundle(parsing: bytes) } catch {
            throw SignatureFailure(.format, error.message)
        }
        take(try trust.bundles.verify(bundle, subject: subject, at: moment), &check)
    }

    private func take(_ verified: VerifiedBundle, _ check: inout SignatureCheck) {
        check.statement = verified.statement
        check.times = verified.times
        switch verified.signer {
        case .key(let key): check.signers = [.init(name: key.name, key: key)]
        case .identity(let names, let issuer):
            check.signers = [.init(name: names.joined(separator: ", ") + (issuer.map { " (\($0))" } ?? ""))]
        }
    }

    private func judge(notation bytes: [UInt8], _ check: inout SignatureCheck) throws(SignatureFailure) {
        guard !trust.authorities.isEmpty else { throw SignatureFailure(.certificate, "no authority is trusted") }
        let verified = try NotationSignature(parsing: bytes).verify(
            image: image(), authorities: trust.authorities,
            timestampAuthorities: trust.root?.timestampAuthorities ?? [],
            at: moment)
        check.signers = [.init(name: verified.signer.subject)]
    }

    private func judge(envelope bytes: [UInt8], _ check: inout SignatureCheck) throws(SignatureFailure) {
        let envelope: Envelope
        do { envelope = try Envelope(parsing: bytes) } catch { throw SignatureFailure(.format, error.message) }
        switch EnvelopeVerifier(keys: trust.keys).verify(envelope, at: moment) {
        case .success(let verified):
            check.statement = verified.statement
            check.signers = verified.signers.map { .init(name: $0.name, key: $0) }
            guard verified.statement.subjects.contains(where: isTarget) else {
                throw SignatureFailure(.subject, "the statement is about something else")
            }
        case .failure(let failure): throw SignatureFailure(Self.check(of: failure), "the envelope \(failure)")
        }
    }

    private static func check(of failure: EnvelopeFailure) -> SignatureFailure.Check {
        switch failure {
        case .malformed, .payloadType: .format
        case .unknownKeys: .key
        case .keyNotValid, .keyRevoked, .withdrawn: .time
        case .predicateNotAllowed: .predicate
        case .threshold: .threshold
        }
    }

    /// Every hash that both name must be the same, and one must be there.
    private func isTarget(_ subject: Statement.Subject) -> Bool {
        let common = subject.digest.filter { target.digest[$0.key] != nil }
        return !common.isEmpty && common.allSatisfy { target.digest[$0.key]?.utf8.elementsEqual($0.value.utf8) == true }
    }

    private func judge(openPGP bytes: [UInt8], _ check: inout SignatureCheck) throws(SignatureFailure) {
        if let file = target.bytes, OpenPGPDetachedSignature.isOne(bytes) {
            let signature = try OpenPGPDetachedSignature(parsing: bytes)
            let signer = try signature.signer(of: file, among: trust.gpgKeys, at: moment)
            check.signers = [.init(name: signer.certifiedNames(at: moment).first ?? signer.fingerprint)]
            return
        }
        let message = try OpenPGPMessage(parsing: bytes)
        let signer = try message.signer(among: trust.gpgKeys, at: moment)
        check.signers = [.init(name: signer.certifiedNames(at: moment).first ?? signer.fingerprint)]
        if let file = target.bytes {
            guard message.content == file else {
                throw SignatureFailure(.subject, "the signature is about another file")
            }
            return
        }
        let payload = try message.imagePayload()
        guard payload.digest == (try image()) else {
            throw SignatureFailure(.subject, "the signature is about \(payload.digest)")
        }
        // A name that was signed for another repository says nothing about this one.
        guard let name = target.image?.reference.name, Self.repository(payload.reference).utf8.elementsEqual(name.utf8)
        else {
            throw SignatureFailure(.subject, "the signature is about \(Redaction.excerpt(payload.reference))")
        }
    }

    private static func repository(_ reference: String) -> String {
        let withoutDigest = reference.split(separator: "@").first.map(String.init) ?? reference
        guard let colon = withoutDigest.lastIndex(of: ":"), let slash = withoutDigest.lastIndex(of: "/"), slash < colon
        else { return withoutDigest }
        return String(withoutDigest[..<colon])
    }

    /// The statement must be of the type that was asked for, and must not say no.
    private func judgeStatement(_ statement: Statement?) throws(SignatureFailure) {
        guard let predicateType else {
            guard let statement else { return }
            guard statement.predicateType == PredicateType.cosignSignature else {
                throw SignatureFailure(
                    .predicate, "is an attestation, no signature; ask for it with --type \(statement.predicateType)")
            }
            return
        }
        guard let statement else { throw SignatureFailure(.predicate, "is a signature without a statement") }
        guard statement.predicateType.utf8.elementsEqual(predicateType.utf8) else {
            throw SignatureFailure(.predicate, "is of type \(Redaction.excerpt(statement.predicateType))")
        }
        do throws(WaybillError) { try judgePredicate(statement) } catch {
            throw SignatureFailure(.predicate, "\(error.subject): \(error.message)")
        }
    }

    private func judgePredicate(_ statement: Statement) throws(WaybillError) {
        func refuse(_ message: String) -> WaybillError { WaybillError(.forbidden, message, subject: "predicate") }
        switch statement.predicateType {
        case PredicateType.verdict:
            guard try VerificationSummary(statement.predicate).outcome == .passed else { throw refuse("says FAILED") }
        case PredicateType.testResult:
            guard try TestResult(statement.predicate).outcome != .failed else { throw refuse("says FAILED") }
        case PredicateType.provenance, PredicateType.provenance02:
            let found =
                statement.predicateType == PredicateType.provenance
                ? try Provenance(statement.predicate).builderID : try Provenance02(statement.predicate).builderID
            if let builder, !builder.utf8.elementsEqual(found.utf8) {
                throw refuse("names the builder \(Redaction.excerpt(found))")
            }
            return
        default: break
        }
        guard builder == nil else { throw refuse("is no provenance, and a builder is asked for") }
    }
}

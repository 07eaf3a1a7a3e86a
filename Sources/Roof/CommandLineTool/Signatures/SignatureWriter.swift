import Attestations
import Documents
import Files
import Foundation
import OCI
import Registries
import SignatureStores
import Signatures
import Signers
import Trust
import WaybillCore

/// Makes signatures in the forms that other tools read, and puts them where those look.
struct SignatureWriter {
    var target: ResolvedTarget
    var key: SigningKeyOption
    var moment: Timestamp
    var output: String?
    var namespace: String

    private func privateKey() throws(WaybillError) -> PrivateKey {
        guard let key = try key.privateKey() else {
            throw WaybillError(
                .invalidInput, "this form needs a key in a file", subject: "key", remedy: "sign with --key FILE")
        }
        return key
    }

    private func image() throws(WaybillError) -> (
        reference: ImageReference, descriptor: Descriptor, store: RegistrySignatures
    ) {
        guard let image = target.image else {
            throw WaybillError(.invalidInput, "this form is for images", subject: target.name)
        }
        return (
            image.reference, image.descriptor,
            RegistrySignatures(registry: image.registry, repository: image.reference.repository)
        )
    }

    private func statement(_ type: String, _ predicate: Value) -> Statement {
        let name = target.image.map { $0.reference.name } ?? target.name
        return Statement(
            subjects: [.init(name: name, digest: target.digest)], predicateType: type, predicate: predicate)
    }

    func cosign() async throws(WaybillError) {
        let image = try image()
        let payload = SimpleSigningPayload(
            kind: .cosign, reference: image.reference.name, digest: image.descriptor.digest)
        let bytes = payload.bytes
        let layer = CosignLayer(payload: payload, bytes: bytes, signature: try privateKey().sign(bytes))
        try await image.store.add(layer, to: image.descriptor.digest, suffix: "sig")
    }

    func cosignAttestation(predicateType: String, predicate: Value) async throws(WaybillError) {
        let image = try image()
        let envelope = try await PrivateKeySigner(privateKey()).sign(statement(predicateType, predicate))
        try await image.store.add(
            CosignLayer(envelope: envelope, predicateType: predicateType), to: image.descriptor.digest, suffix: "att")
    }

    /// Of an image or commit: a statement about it; of a file without a predicate: the file itself.
    func bundle(predicateType: String, predicate: Value) async throws(WaybillError) {
        let key = try privateKey()
        let hint = SigstoreBundle.Material.publicKey(hint: key.publicKey.sigstoreHint)
        let bundle: SigstoreBundle
        if let bytes = target.bytes, predicateType == PredicateType.cosignSignature {
            bundle = SigstoreBundle(
                material: hint,
                content: .message(
                    digest: .init(bytes: Hex.decode(Digest.sha256(of: bytes).hex) ?? []), signature: try key.sign(bytes)
                ))
        } else {
            var envelope = try await PrivateKeySigner(key).sign(statement(predicateType, predicate))
            // The bundle's hint names the key; sigstore's clients pass over a signature that names it otherwise.
            for index in envelope.signatures.indices { envelope.signatures[index].keyID = "" }
            bundle = SigstoreBundle(material: hint, content: .envelope(envelope))
        }
        if target.image != nil {
            let image = try image()
            try await image.store.add(bundle, to: image.descriptor, at: moment)
        } else {
            try write(bundle.bytes, ending: "sigstore.json")
        }
    }

    func envelope(predicateType: String, predicate: Value) async throws(WaybillError) {
        let statement = statement(predicateType, predicate)
        let envelope: Envelope
        if let path = key.sshKey {
            envelope = try await SSHKeygenSigner(keyPath: path).sign(statement)
        } else {
            envelope = try await PrivateKeySigner(privateKey()).sign(statement)
        }
        if let image = target.image {
            try await image.registry.attach(
                envelope.bytes, mediaType: MediaType(Envelope.mediaType), artifactType: predicateType,
                to: image.descriptor,
                in: image.reference.repository)
        } else {
            try write(envelope.bytes, ending: "intoto.json")
        }
    }

    func raw() async throws(WaybillError) {
        guard let bytes = target.bytes else { return }
        try write(Array(Base64.encode(try privateKey().sign(bytes)).utf8), ending: "sig")
    }

    func ssh() async throws(WaybillError) {
        guard let bytes = target.bytes, let path = key.sshKey else {
            throw WaybillError(
                .invalidInput, "this form needs a file and an SSH key", subject: "key", remedy: "--ssh-key FILE")
        }
        let signature = try await SSHKeygenSigner(keyPath: path).signature(of: bytes, namespace: namespace)
        try write(Array(signature.armored.utf8), ending: "sig")
    }

    func gpg(lookaside: String?) async throws(WaybillError) {
        guard let fingerprint = key.gpgKey else {
            throw WaybillError(
                .invalidInput, "this form needs an OpenPGP key", subject: "key", remedy: "--gpg-key FINGERPRINT")
        }
        let signer = GPGSigner(key: fingerprint, home: ProcessInfo.processInfo.environment["GNUPGHOME"])
        if let bytes = target.bytes { return try write(try await signer.sign(bytes), ending: "gpg") }
        let image = try image()
        let payload = SimpleSigningPayload(
            kind: .atomic, reference: image.reference.description, digest: image.descriptor.digest,
            optional: ["creator": "waybill", "timestamp": .integer(Int(moment.seconds))])
        let signature = try await signer.sign(payload.bytes)
        if let lookaside {
            try LookasideFolder(lookaside).add(
                signature, to: image.descriptor.digest, in: image.reference.repository)
        } else {
            try await image.store.registry.add(
                signature: signature, to: image.descriptor.digest, in: image.reference.repository)
        }
    }

    func notation(certificates path: String?) async throws(WaybillError) {
        guard let path else {
            throw WaybillError(
                .invalidInput, "notation needs the signer's certificate", subject: "--certificates",
                remedy: "name a PEM file with the signer's certificate first, then those of its authorities")
        }
        let image = try image()
        let signed = try NotationWriter.sign(
            image.descriptor, with: privateKey(), chain: Files.text(path), at: moment,
            agent: "waybill/\(Waybill.version)")
        try await image.store.add(
            notation: signed.bytes, thumbprints: signed.thumbprints, to: image.descriptor, at: moment)
    }

    private func write(_ bytes: [UInt8], ending: String) throws(WaybillError) {
        let path: String
        if let output {
            path = output
        } else if target.bytes != nil {
            path = "\(target.name).\(ending)"
        } else {
            Terminal.result(String(decoding: bytes, as: UTF8.self))
            return
        }
        try Files.write(bytes, to: path)
        Terminal.result(path)
    }
}

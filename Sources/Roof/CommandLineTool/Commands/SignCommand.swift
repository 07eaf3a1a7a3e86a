import ArgumentParser
import Attestations
import Documents
import Files
import Foundation
import OCI
import SignatureStores
import Signatures
import Signers
import Trust
import WaybillCore

/// The forms in which signatures are written.
enum SignatureForm: String, ExpressibleByArgument, CaseIterable {
    case cosign, bundle, notation, gpg, ssh, raw, envelope
}

/// Signs an image, a file or a commit with a person's key.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign an image, a file or a commit with your own key.",
        discussion: """
            Images: cosign (the usual), bundle, notation, gpg. Files: bundle (the usual), raw, ssh, gpg. Commits: bundle
            (the usual), envelope. The installation's own key is not asked: it signs only what the control plane vouches for.
            Exit status: 0 signed, 2 it could not be.
            """)

    @Argument(help: "registry/repository@sha256:…, a file, or a commit (also image:…, file:…, commit:…).") var target:
        String
    @Option(help: "\(SignatureForm.allCases.map(\.rawValue).joined(separator: ", ")).") var form: SignatureForm?
    @Option(help: "Where to write the signature of a file or a commit.") var signature: String?
    @Option(help: "The certificate chain (PEM, signer's first) for notation.") var certificates: String?
    @Option(
        help: "A folder for gpg signatures of images, as skopeo's lookaside has it; without it they go to the registry."
    )
    var lookaside: String?
    @Option(help: "The SSH signature's namespace.") var namespace = "file"
    @Flag(help: "Speak HTTP with the registry.") var plainHttp = false
    @OptionGroup var key: SigningKeyOption

    func run() async throws {
        do {
            let target = try SignatureTarget(target)
            let resolved = try await ResolvedTarget(target, registry: RegistryAccess(isPlain: plainHttp, user: nil))
            let writer = SignatureWriter(
                target: resolved, key: key, moment: Timestamp(seconds: Int64(Date().timeIntervalSince1970)),
                output: signature, namespace: namespace)
            let form = try chosenForm(target)
            switch form {
            case .cosign: try await writer.cosign()
            case .bundle:
                try await writer.bundle(predicateType: PredicateType.cosignSignature, predicate: .object(Object()))
            case .notation: try await writer.notation(certificates: certificates)
            case .gpg: try await writer.gpg(lookaside: lookaside)
            case .ssh: try await writer.ssh()
            case .raw: try await writer.raw()
            case .envelope:
                try await writer.envelope(predicateType: PredicateType.cosignSignature, predicate: .object(Object()))
            }
            Terminal.note("signed \(resolved.name)")
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }

    private func chosenForm(_ target: SignatureTarget) throws(WaybillError) -> SignatureForm {
        let usual: SignatureForm
        let possible: Set<SignatureForm>
        switch target {
        case .image: (usual, possible) = (key.gpgKey == nil ? .cosign : .gpg, [.cosign, .bundle, .notation, .gpg])
        case .file:
            usual = key.gpgKey != nil ? .gpg : key.sshKey != nil ? .ssh : .bundle
            possible = [.bundle, .raw, .ssh, .gpg]
        case .commit: (usual, possible) = (key.sshKey == nil ? .bundle : .envelope, [.bundle, .envelope])
        }
        let form = form ?? usual
        guard possible.contains(form) else {
            throw WaybillError(
                .invalidInput,
                "signatures of this target are written as \(possible.map(\.rawValue).sorted().joined(separator: ", "))",
                subject: "--form \(form.rawValue)")
        }
        return form
    }
}

/// States something about an image, a file or a commit, and signs it.
struct AttestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest",
        abstract: "Sign a statement about an image, a file or a commit.",
        discussion: """
            The predicate is read from a JSON file and checked where its type is known. Images: bundle (the usual), cosign.
            Files and commits: envelope (the usual), bundle. Exit status: 0 signed, 2 it could not be.
            """)

    @Argument(help: "registry/repository@sha256:…, a file, or a commit (also image:…, file:…, commit:…).") var target:
        String
    @Option(help: "The predicate's type, or one of: \(PredicateNames.all.joined(separator: ", ")).") var type: String
    @Option(help: "The predicate, a JSON file.") var predicate: String
    @Option(help: "bundle, cosign or envelope.") var form: SignatureForm?
    @Option(help: "Where to write the paper about a file or a commit.") var signature: String?
    @Flag(help: "Speak HTTP with the registry.") var plainHttp = false
    @OptionGroup var key: SigningKeyOption

    func run() async throws {
        do {
            let value: Value
            do { value = try JSONReader.value(from: Files.read(predicate, bytesMax: 64 << 20)) } catch let error
                as DocumentError
            {
                throw error.inFile(predicate)
            }
            let type = PredicateNames.type(type)
            try KnownPredicates.check(value, type: type)
            let target = try SignatureTarget(target)
            let resolved = try await ResolvedTarget(target, registry: RegistryAccess(isPlain: plainHttp, user: nil))
            let writer = SignatureWriter(
                target: resolved, key: key, moment: Timestamp(seconds: Int64(Date().timeIntervalSince1970)),
                output: signature, namespace: "file")
            switch form ?? (resolved.image == nil ? .envelope : .bundle) {
            case .bundle: try await writer.bundle(predicateType: type, predicate: value)
            case .cosign: try await writer.cosignAttestation(predicateType: type, predicate: value)
            case .envelope: try await writer.envelope(predicateType: type, predicate: value)
            case let other:
                throw WaybillError(
                    .invalidInput, "papers are written as bundle, cosign or envelope",
                    subject: "--form \(other.rawValue)")
            }
            Terminal.note("attested \(resolved.name)")
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }
}

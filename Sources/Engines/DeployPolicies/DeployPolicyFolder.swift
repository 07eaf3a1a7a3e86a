public import Attestations
import Signatures
public import Trust
public import WaybillCore

/// Policies as they stand in a folder: documents, trusted roots, and the people who may break the glass.
public struct DeployPolicyFolder: Sendable {
    /// `allowed_signers`: whose orders count.
    public static let signersFile = "allowed_signers"
    /// `trusted_root.json`, or `NAME.trusted_root.json` for one that policies ask for by name.
    public static let rootFile = "trusted_root.json"
    public static let filesMax = 1_000

    public let judge: DeployJudge
    /// People who may break the glass, with their keys.
    public let people: [TrustedKey]
    /// The content address of everything that was read.
    public let digest: Digest

    /// Reads the files of a folder, by name. Every file must be one that is known: a policy with another ending would
    /// protect nothing.
    ///
    /// - Parameters:
    ///   - signers: who is known where the folder itself names nobody.
    ///   - revoked: keys that count no more.
    public init(
        files: [(name: String, bytes: [UInt8])], signers: AllowedSigners = AllowedSigners(),
        revoked: RevokedKeys = RevokedKeys()
    ) throws(WaybillError) {
        guard files.count <= Self.filesMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.filesMax) files", subject: "admission policies")
        }
        var documents: [(name: String, bytes: [UInt8])] = []
        var settings = DeploySettings()
        var signers = signers
        var content: [UInt8] = []
        for file in files.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            content += Array("\(file.name) \(Digest.sha256(of: file.bytes))\n".utf8)
            let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
            if name == Self.signersFile {
                signers = try AllowedSigners(parsing: file.bytes, file: file.name)
            } else if name == Self.rootFile {
                settings.root = try Self.root(file)
            } else if name.hasSuffix("." + Self.rootFile) {
                settings.roots[String(name.dropLast(Self.rootFile.count + 1))] = try Self.root(file)
            } else if [".yaml", ".yml", ".json"].contains(where: { name.hasSuffix($0) }) {
                documents.append(file)
            } else if !name.hasSuffix(".md") {
                throw WaybillError(
                    .unsupported, "is no file that a folder of admission policies has", subject: file.name,
                    remedy: "policies end in .yaml, .yml or .json; \(Self.signersFile) and \(Self.rootFile) are known")
            }
        }
        let policies = try DeployPolicies(files: documents)
        let said = policies.settings ?? AdmissionSettings()
        settings.unmatchedIsAllowed = said.unmatchedIsAllowed
        settings.exempt = said.exempt
        settings.persons = said.persons
        settings.scanAgeMaxSeconds = said.scanAgeMaxSeconds
        settings.breakglassActors = said.breakglass
        judge = DeployJudge(policies: policies, settings: settings)
        let people = TrustedKey.people(of: signers, predicateTypes: [BreakglassOrder.predicateType])
        self.people = people.filter { said.breakglass.contains($0.name) && !revoked.contains($0.key) }
        for name in said.breakglass.sorted() where !people.contains(where: { $0.name == name }) {
            throw WaybillError(
                .invalidInput, "\(Redaction.excerpt(name)) may break the glass and has no key", subject: "breakglass",
                remedy: "name the person's key in \(Self.signersFile)")
        }
        digest = .sha256(of: content)
    }

    private static func root(_ file: (name: String, bytes: [UInt8])) throws(WaybillError) -> TrustedRoot {
        do throws(SignatureFailure) { return try TrustedRoot(parsing: file.bytes) } catch {
            throw WaybillError(.invalidInput, error.message, subject: file.name)
        }
    }

    /// The name under which per-cluster rules know the cluster.
    public var cluster: String { judge.policies.settings?.cluster ?? "" }

    /// The order that lets the image run here now, when there is one by somebody who may.
    public func order(
        among envelopes: [Envelope], for image: Digest, in namespace: String, at moment: Timestamp,
        respecting revocations: Revocations = Revocations()
    ) -> BreakglassOrder? {
        guard !people.isEmpty else { return nil }
        let verifier = EnvelopeVerifier(keys: people).respecting(revocations)
        for envelope in envelopes {
            guard case .success(let paper) = verifier.verify(envelope, at: moment),
                // Whoever hands in something else than an order is told so when it is handed in.
                let order = try? BreakglassOrder(paper.statement), order.covers(image, in: namespace, at: moment),
                paper.isSigned(by: order.actor)
            else { continue }
            return order
        }
        return nil
    }
}

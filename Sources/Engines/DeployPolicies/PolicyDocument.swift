public import Documents
public import WaybillCore

/// All policies and attestors of a set of documents, whatever system they were written for.
public struct DeployPolicies: Sendable {
    public internal(set) var policies: [DeployPolicy] = []
    public internal(set) var attestors: [String: Attestor] = [:]
    /// The singleton policy of Binary Authorization, when there is one.
    var binaryAuthorization: BinaryAuthorizationPolicy?
    /// How Kritis was configured; what it says is for operators.
    public internal(set) var kritisConfiguration: Value?
    /// What the documents say beside the policies.
    public internal(set) var settings: AdmissionSettings?

    public static let bytesMax = 16 << 20
    public static let documentsMax = 10_000

    public init() {}

    /// Reads YAML or JSON files, in two rounds so that their order does not matter. Kinds that are no policy are refused:
    /// one that is skipped might have been meant to protect something.
    public init(files: [(name: String, bytes: [UInt8])]) throws(WaybillError) {
        var nodes: [(file: String, node: Node)] = []
        for file in files {
            do throws(DocumentError) {
                let limits = DocumentLimits(depthMax: 64, bytesMax: Self.bytesMax)
                for node in try YAMLReader.nodes(from: file.bytes, limits: limits) where node.scalar != .null {
                    guard nodes.count < Self.documentsMax else {
                        throw DocumentError(at: node.position, "more than \(Self.documentsMax) documents")
                    }
                    nodes.append((file.name, node))
                }
            } catch { throw error.inFile(file.name) }
        }
        for (file, node) in nodes {
            do throws(DocumentError) { try readAttestor(node) } catch { throw error.inFile(file) }
        }
        for (file, node) in nodes {
            do throws(DocumentError) { try readPolicy(node) } catch { throw error.inFile(file) }
        }
    }

    private mutating func readAttestor(_ node: Node) throws(DocumentError) {
        let attestor: Attestor
        if node["kind"]?.string == "AttestationAuthority" {
            attestor = try KritisReader.authority(node)
        } else if node["kind"] == nil, node["userOwnedGrafeasNote"] != nil {
            attestor = try BinaryAuthorizationPolicy.attestor(node)
        } else {
            return
        }
        guard attestors.updateValue(attestor, forKey: attestor.name) == nil else {
            throw DocumentError(at: node.position, "there are two attestors called \(Redaction.excerpt(attestor.name))")
        }
    }

    private mutating func readPolicy(_ node: Node) throws(DocumentError) {
        guard let kind = node["kind"]?.string else {
            if node["userOwnedGrafeasNote"] != nil { return }
            guard node["defaultAdmissionRule"] != nil else {
                throw DocumentError(at: node.position, "is no policy: it has neither a kind nor a defaultAdmissionRule")
            }
            guard binaryAuthorization == nil else {
                throw DocumentError(at: node.position, "there may be only one Binary Authorization policy")
            }
            binaryAuthorization = try BinaryAuthorizationPolicy(node, attestors)
            return
        }
        switch kind {
        case "AttestationAuthority": return
        case "ImageSecurityPolicy": policies.append(try KritisReader.imageSecurity(node, attestors))
        case "GenericAttestationPolicy": policies.append(try KritisReader.genericAttestation(node, attestors))
        case "BuildPolicy": policies.append(try KritisReader.build(node, attestors))
        case "VulnzSigningPolicy": policies.append(try KritisReader.vulnerabilitySigning(node))
        case "KritisConfig": kritisConfiguration = try KritisReader.configuration(node)
        case "AdmissionSettings":
            guard settings == nil else {
                throw DocumentError(at: node.position, "there may be only one AdmissionSettings")
            }
            settings = try AdmissionSettings(node)
        case "ClusterImagePolicy": policies.append(try ClusterImagePolicyReader.policy(node))
        default:
            throw DocumentError(
                at: node.position, "objects of kind \(Redaction.excerpt(kind)) are no deployment policies")
        }
    }
}

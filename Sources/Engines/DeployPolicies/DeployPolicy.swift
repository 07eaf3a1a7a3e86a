import Kubernetes
import WaybillCore

/// One policy, whatever document it came from.
public struct DeployPolicy: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case imageSecurity = "ImageSecurityPolicy"
        case genericAttestation = "GenericAttestationPolicy"
        case build = "BuildPolicy"
        case vulnerabilitySigning = "VulnzSigningPolicy"
        case binaryAuthorization = "BinaryAuthorizationPolicy"
        case clusterImage = "ClusterImagePolicy"
    }

    /// What a no means.
    public enum Mode: String, Sendable, CaseIterable {
        case enforce
        /// Said, written down, and let through.
        case warn
    }

    public let kind: Kind
    public let name: String
    /// The namespace that it is for; nil for all.
    public let namespace: String?
    public let mode: Mode
    /// Images that it is about; empty for all.
    let images: [ImagePattern]
    /// Images that it lets through unseen.
    let exempt: [ImagePattern]
    /// Objects that it is about; empty for all.
    let selectors: [ObjectSelector]
    let requirement: Requirement
    /// Who makes an attestation when an image passes; nil for nobody.
    public let attestsWith: String?

    init(
        kind: Kind, name: String, namespace: String? = nil, mode: Mode = .enforce, images: [ImagePattern] = [],
        exempt: [ImagePattern] = [], selectors: [ObjectSelector] = [], requirement: Requirement,
        attestsWith: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.mode = mode
        self.images = images
        self.exempt = exempt
        self.selectors = selectors
        self.requirement = requirement
        self.attestsWith = attestsWith
    }

    /// Which objects a ClusterImagePolicy is about.
    struct ObjectSelector: Sendable {
        var group: String
        var version: String
        /// In the plural: `pods`, `deployments`.
        var resource: String
        var labels: LabelSelector

        func matches(_ object: Resource) -> Bool {
            func fits(_ pattern: String, _ text: String) -> Bool { pattern == "*" || pattern.hasSameBytes(as: text) }
            let kind = object.objectKind
            guard fits(version, kind.version), group == "*" || group.isEmpty || fits(group, kind.group),
                resource == "*" || fits(resource, "\(kind.kind.lowercased())s")
            else { return false }
            return labels.matches(object)
        }
    }

    func isAbout(_ image: PodImage) -> Bool {
        images.isEmpty || images.contains { $0.matches(image.reference) }
    }

    func isExempt(_ image: PodImage) -> Bool { exempt.contains { $0.matches(image.reference) } }
}

extension String {
    fileprivate func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

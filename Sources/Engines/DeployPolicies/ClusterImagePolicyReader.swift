import Attestations
import Documents
import Kubernetes
import RegularExpressions
import Signatures
import Trust
import WaybillCore

/// Reads sigstore's ClusterImagePolicy (`policy.sigstore.dev/v1alpha1` and `v1beta1`).
enum ClusterImagePolicyReader {
    static let authoritiesMax = 100

    static func policy(_ node: Node) throws(DocumentError) -> DeployPolicy {
        var fields = try Fields(node, of: "ClusterImagePolicy")
        let version = try fields.requiredString("apiVersion")
        guard version == "policy.sigstore.dev/v1alpha1" || version == "policy.sigstore.dev/v1beta1" else {
            throw DocumentError(at: node.position, "ClusterImagePolicy: unknown version \(Redaction.excerpt(version))")
        }
        _ = try fields.requiredString("kind")
        let metadata = try fields.required("metadata")
        var specification = try Fields(fields.required("spec"), of: "spec")
        _ = fields.node("status")
        try fields.finish()
        guard let name = metadata["name"]?.string, !name.isEmpty else {
            throw DocumentError(at: metadata.position, "ClusterImagePolicy: the object has no name")
        }
        let mode: DeployPolicy.Mode? = try specification.word("mode")
        let images = try images(&specification)
        let selectors = try selectors(&specification)
        let authorities = try authorities(&specification)
        let policy = try specification.node("policy").map { node throws(DocumentError) in
            try predicatePolicy(node, isWhole: true)
        }
        try specification.finish()
        var requirement = Requirement.any(authorities.map(Requirement.signedBy))
        if policy != nil {
            requirement = .all([
                requirement, .unsupported("a policy over the whole image or object (spec.policy)"),
            ])
        }
        return DeployPolicy(
            kind: .clusterImage, name: name, mode: mode ?? .enforce, images: images, selectors: selectors,
            requirement: requirement)
    }

    private static func images(_ fields: inout Fields) throws(DocumentError) -> [ImagePattern] {
        var images: [ImagePattern] = []
        for node in try fields.elements("images") ?? [] {
            var image = try Fields(node, of: "images")
            let text = try image.requiredString("glob")
            try image.finish()
            do throws(WaybillError) { images.append(try ImagePattern(text, style: .glob)) } catch {
                throw DocumentError(at: node["glob"]?.position ?? node.position, error.message)
            }
        }
        guard !images.isEmpty else { throw DocumentError(at: fields.node.position, "spec.images is missing or empty") }
        return images
    }

    /// The kinds of objects that have pods, in the plural.
    private static let resources = [
        "pods", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
    ]

    private static func selectors(_ fields: inout Fields) throws(DocumentError) -> [DeployPolicy.ObjectSelector] {
        var selectors: [DeployPolicy.ObjectSelector] = []
        for node in try fields.elements("match") ?? [] {
            var match = try Fields(node, of: "match")
            let group = try match.string("group") ?? ""
            let version = try match.string("version") ?? "*"
            let resource = try match.string("resource") ?? "*"
            let selector = match.node("selector")
            try match.finish()
            guard selector == nil || ["group", "version", "resource"].contains(where: { node[$0] != nil }) else {
                throw DocumentError(
                    at: selector?.position ?? node.position, "match: a selector needs the resource whose labels it asks"
                )
            }
            guard resource == "*" || resources.contains(resource) else {
                throw DocumentError(
                    at: node["resource"]?.position ?? node.position,
                    "match: \(Redaction.excerpt(resource)) is not one of \(resources.joined(separator: ", "))")
            }
            let labels: LabelSelector
            do throws(WaybillError) {
                labels =
                    try selector.map { node throws(WaybillError) in try LabelSelector(node.value) } ?? LabelSelector()
            } catch { throw DocumentError(at: selector?.position ?? node.position, error.message) }
            selectors.append(
                DeployPolicy.ObjectSelector(group: group, version: version, resource: resource, labels: labels))
        }
        return selectors
    }

    private static func authorities(_ fields: inout Fields) throws(DocumentError) -> [SigstoreAuthority] {
        var authorities: [SigstoreAuthority] = []
        for node in try fields.elements("authorities") ?? [] {
            guard authorities.count < authoritiesMax else {
                throw DocumentError(at: node.position, "more than \(authoritiesMax) authorities")
            }
            authorities.append(try authority(node, number: authorities.count))
        }
        guard !authorities.isEmpty else {
            throw DocumentError(at: fields.node.position, "spec.authorities is missing or empty")
        }
        return authorities
    }

    private static func authority(_ node: Node, number: Int) throws(DocumentError) -> SigstoreAuthority {
        var fields = try Fields(node, of: "authorities[\(number)]")
        let name = try fields.string("name") ?? "authority-\(number)"
        let key = fields.node("key")
        let keyless = fields.node("keyless")
        let fixed = fields.node("static")
        guard [key, keyless, fixed].compactMap({ $0 }).count == 1 else {
            throw DocumentError(at: node.position, "an authority needs exactly one of key, keyless and static")
        }
        let format = try fields.string("signatureFormat")
        guard format == nil || format == "legacy" || format == "bundle" else {
            throw DocumentError(at: node.position, "signatureFormat is legacy or bundle")
        }
        var unsupported: String?
        if try hasSources(&fields) { unsupported = "signatures that lie elsewhere than beside the image (source)" }
        var needsLog = false
        if let node = fields.node("ctlog") {
            var log = try Fields(node, of: "ctlog")
            if let url = try log.string("url") { try checkAddress(url, at: node.position) }
            if try log.string("trustRootRef") != nil { unsupported = "a log's own trust root (ctlog.trustRootRef)" }
            try log.finish()
            needsLog = true
        }
        if let node = fields.node("rfc3161timestamp") {
            var stamp = try Fields(node, of: "rfc3161timestamp")
            _ = try stamp.requiredString("trustRootRef")
            try stamp.finish()
            unsupported = "a timestamp of a named authority (rfc3161timestamp)"
        }
        let attestations = try attestations(&fields)
        try fields.finish()
        let signer: SigstoreAuthority.Signer
        if let key {
            signer = try keys(key)
        } else if let keyless {
            signer = try self.keyless(keyless)
        } else {
            guard attestations.isEmpty, !needsLog, unsupported == nil, let fixed else {
                throw DocumentError(
                    at: node.position, "a static authority looks at no attestations, no log and no other source")
            }
            signer = try self.fixed(fixed)
        }
        return SigstoreAuthority(
            name: name, signer: signer, attestations: attestations, needsLog: needsLog, unsupported: unsupported)
    }

    private static func hasSources(_ fields: inout Fields) throws(DocumentError) -> Bool {
        let sources = try fields.elements("source") ?? []
        for node in sources {
            var source = try Fields(node, of: "source")
            if let name = try source.string("oci") { try checkName(name, at: node["oci"]?.position ?? node.position) }
            _ = try source.string("tagPrefix")
            for secret in try source.elements("signaturePullSecrets") ?? [] {
                var reference = try Fields(secret, of: "signaturePullSecrets")
                _ = try reference.requiredString("name")
                try reference.finish()
            }
            try source.finish()
        }
        return !sources.isEmpty
    }

    /// The repository in which signatures lie, as a name of images without tag or digest.
    static func checkName(_ text: String, at position: Position) throws(DocumentError) {
        let isName = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./:@".utf8.contains(byte)
        }
        guard isName, !text.isEmpty, !text.contains("//"), text.first != "/", text.last != "/" else {
            throw DocumentError(at: position, "source: \(Redaction.excerpt(text)) is no repository")
        }
    }

    static func checkAddress(_ text: String, at position: Position) throws(DocumentError) {
        guard text.utf8.starts(with: "https://".utf8) || text.utf8.starts(with: "http://".utf8) else {
            throw DocumentError(at: position, "\(Redaction.excerpt(text)) is no address")
        }
    }
}

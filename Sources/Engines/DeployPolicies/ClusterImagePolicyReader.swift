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
    private static func checkName(_ text: String, at position: Position) throws(DocumentError) {
        let isName = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./:@".utf8.contains(byte)
        }
        guard isName, !text.isEmpty, !text.contains("//"), text.first != "/", text.last != "/" else {
            throw DocumentError(at: position, "source: \(Redaction.excerpt(text)) is no repository")
        }
    }

    private static func checkAddress(_ text: String, at position: Position) throws(DocumentError) {
        guard text.utf8.starts(with: "https://".utf8) || text.utf8.starts(with: "http://".utf8) else {
            throw DocumentError(at: position, "\(Redaction.excerpt(text)) is no address")
        }
    }

    private static func fixed(_ node: Node) throws(DocumentError) -> SigstoreAuthority.Signer {
        enum Action: String, CaseIterable { case pass, fail }
        var fields = try Fields(node, of: "static")
        let action: Action? = try fields.word("action")
        let message = try fields.string("message")
        try fields.finish()
        guard let action else { throw DocumentError(at: node.position, "static: the key “action” is missing") }
        return action == .pass ? .pass : .fail(message ?? "the policy denies it")
    }

    private static func keys(_ node: Node) throws(DocumentError) -> SigstoreAuthority.Signer {
        var fields = try Fields(node, of: "key")
        let data = try fields.string("data")
        let kms = try fields.string("kms")
        let secret = fields.node("secretRef")
        let hash = try fields.string("hashAlgorithm")
        try fields.finish()
        guard [data != nil, kms != nil, secret != nil].filter({ $0 }).count == 1 else {
            throw DocumentError(at: node.position, "a key needs exactly one of data, kms and secretRef")
        }
        var algorithm: PublicKey.HashAlgorithm?
        if let hash {
            guard let known = PublicKey.HashAlgorithm(rawValue: hash.lowercased()) else {
                throw DocumentError(
                    at: node["hashAlgorithm"]?.position ?? node.position,
                    "hashAlgorithm: \(Redaction.excerpt(hash)) is not one of sha256, sha384, sha512")
            }
            algorithm = known
        }
        if let kms {
            try checkKeyService(kms, at: node["kms"]?.position ?? node.position)
            return .unreachable("the key lies in a key management service")
        }
        if let secret {
            var reference = try Fields(secret, of: "secretRef")
            _ = try reference.requiredString("name")
            _ = try reference.string("namespace")
            try reference.finish()
            return .unreachable("the key lies in a secret of the cluster")
        }
        return .keys(try publicKeys(data ?? "", hash: algorithm, at: node["data"]?.position ?? node.position))
    }

    private static func publicKeys(
        _ text: String, hash: PublicKey.HashAlgorithm?, at position: Position
    ) throws(DocumentError) -> [PublicKey] {
        var keys: [PublicKey] = []
        var block = ""
        for line in text.utf8.split(separator: 0x0A).map({ String(decoding: $0, as: UTF8.self) }) {
            block += line + "\n"
            guard line.utf8.starts(with: "-----END ".utf8) else { continue }
            do throws(WaybillError) {
                var key = try PublicKey(pem: block)
                if key.algorithm != .ed25519 { key.hash = hash }
                keys.append(key)
            } catch { throw DocumentError(at: position, "key.data: \(error.message)") }
            block = ""
        }
        guard !keys.isEmpty, !block.utf8.contains(where: { $0 > 0x20 }) else {
            throw DocumentError(at: position, "key.data holds no public key")
        }
        return keys
    }

    /// AWS keys must be named by ARN: a short name means another key in another account.
    private static func checkKeyService(_ text: String, at position: Position) throws(DocumentError) {
        let schemes = ["awskms://", "gcpkms://", "azurekms://", "hashivault://", "k8s://", "gitlab://"]
        guard let scheme = schemes.first(where: { text.utf8.starts(with: $0.utf8) }) else {
            throw DocumentError(at: position, "kms: expected one of \(schemes.joined(separator: ", "))")
        }
        guard scheme == "awskms://" else { return }
        let rest = text.dropFirst(scheme.count)
        let path = rest.firstIndex(of: "/").map { rest[rest.index(after: $0)...] } ?? ""
        let host = rest.prefix { $0 != "/" }
        let port = host.split(separator: ":", omittingEmptySubsequences: false)
        guard host.isEmpty || port.count == 2 && !port[0].isEmpty && UInt16(port[1]) != nil else {
            throw DocumentError(at: position, "kms: an endpoint is written as HOST:PORT")
        }
        let parts = path.split(separator: ":", omittingEmptySubsequences: false)
        let isNamed =
            parts.count == 6 && parts[0] == "arn" && parts[2] == "kms" && !parts[3].isEmpty && !parts[4].isEmpty
            && (parts[5].hasPrefix("key/") || parts[5].hasPrefix("alias/")) && !parts[5].hasSuffix("/")
        guard isNamed else {
            throw DocumentError(
                at: position, "kms: an AWS key must be named by ARN: awskms://[HOST]/arn:aws:kms:…:key/…")
        }
    }

    private static func keyless(_ node: Node) throws(DocumentError) -> SigstoreAuthority.Signer {
        var fields = try Fields(node, of: "keyless")
        let url = try fields.string("url")
        let certificate = fields.node("ca-cert")
        let root = try fields.string("trustRootRef")
        let ignoresLog = try fields.bool("insecureIgnoreSCT") ?? false
        let identities = try fields.elements("identities") ?? []
        try fields.finish()
        guard url == nil || certificate == nil else {
            throw DocumentError(at: node.position, "keyless: expected exactly one of url and ca-cert, got both")
        }
        if let url { try checkAddress(url, at: node["url"]?.position ?? node.position) }
        guard !identities.isEmpty else {
            throw DocumentError(at: node.position, "keyless.identities is missing or empty: anybody could have signed")
        }
        var patterns: [IdentityPattern] = []
        for identity in identities { patterns.append(try self.identity(identity)) }
        if let certificate {
            // The same places as for keys; none of them is within reach.
            _ = try keys(certificate)
            return .unreachable("the certificate authority lies in a secret or key management service")
        }
        return .keyless(patterns, root: root, needsCertificateLog: !ignoresLog)
    }

    private static func identity(_ node: Node) throws(DocumentError) -> IdentityPattern {
        var fields = try Fields(node, of: "identities")
        func text(_ exact: String, _ pattern: String) throws(DocumentError) -> IdentityPattern.Text {
            let plain = try fields.string(exact)
            let expression = try fields.string(pattern)
            switch (plain, expression) {
            case (let plain?, nil) where !plain.isEmpty: return .exact(plain)
            case (nil, let expression?) where !expression.isEmpty:
                do throws(WaybillError) { return .matching(try RegularExpression(expression)) } catch {
                    throw DocumentError(at: node[pattern]?.position ?? node.position, "\(pattern): \(error.message)")
                }
            default: throw DocumentError(at: node.position, "an identity needs exactly one of \(exact) and \(pattern)")
            }
        }
        let pattern = IdentityPattern(
            subject: try text("subject", "subjectRegExp"), issuer: try text("issuer", "issuerRegExp"))
        try fields.finish()
        return pattern
    }

    /// Whether a predicate's type is an address; other words are misspelt short names.
    private static func isType(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return text.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) } == true
            && text.utf8.index(after: colon) != text.utf8.endIndex && !text.utf8.contains { $0 <= 0x20 }
    }

    private static let shortTypes = [
        "custom": PredicateType.cosignCustom, "slsaprovenance": PredicateType.provenance02,
        "slsaprovenance02": PredicateType.provenance02, "slsaprovenance1": PredicateType.provenance,
        "spdx": PredicateType.spdx, "spdxjson": PredicateType.spdx, "cyclonedx": PredicateType.cycloneDX,
        "link": "https://in-toto.io/Link/v1", "vuln": PredicateType.cosignVulnerabilities,
    ]

    private static func attestations(_ fields: inout Fields) throws(DocumentError) -> [SigstoreAuthority.Attestation] {
        var attestations: [SigstoreAuthority.Attestation] = []
        for node in try fields.elements("attestations") ?? [] {
            var attestation = try Fields(node, of: "attestations")
            let name = try attestation.requiredString("name")
            let type = try attestation.requiredString("predicateType")
            guard !name.isEmpty, shortTypes[type] != nil || isType(type) else {
                throw DocumentError(
                    at: node["predicateType"]?.position ?? node.position,
                    "predicateType: \(Redaction.excerpt(type)) is neither an address nor one of \(shortTypes.keys.sorted().joined(separator: ", "))"
                )
            }
            let policy = try attestation.node("policy").map { node throws(DocumentError) in
                try predicatePolicy(node, isWhole: false)
            }
            try attestation.finish()
            attestations.append(
                SigstoreAuthority.Attestation(
                    name: name, predicateType: shortTypes[type] ?? type, policy: policy))
        }
        return attestations
    }
}

public import OCI
public import Registries
public import WaybillCore

/// Where policies are in a registry: `oci://registry.example/policies/shop:1.0`.
public struct PolicyAddress: Sendable, Hashable, CustomStringConvertible {
    public var reference: ImageReference
    /// Without TLS.
    public var isPlain: Bool

    /// `oci://` in front may be left out; `plain` asks for HTTP, which loopback addresses always get.
    public init(parsing text: String, plain: Bool = false) throws(WaybillError) {
        let name = text.hasPrefix("oci://") ? String(text.dropFirst(6)) : text
        do {
            reference = try ImageReference(parsing: name)
        } catch {
            throw WaybillError(
                .invalidInput, "not the address of an artifact", subject: Redaction.excerpt(text),
                remedy: "write it as oci://registry.example/policies/shop:1.0", cause: error)
        }
        guard let host = reference.host else {
            throw WaybillError(
                .invalidInput, "names no registry", subject: Redaction.excerpt(text),
                remedy: "write it as oci://registry.example/policies/shop:1.0")
        }
        let name4 = host.split(separator: ":").first.map(String.init) ?? host
        isPlain = plain || name4 == "localhost" || name4.hasPrefix("127.")
    }

    public var description: String { "oci://\(reference)" }

    public func registry(credentials: RegistryClient.Credentials? = nil) throws(WaybillError) -> RegistryClient {
        try RegistryClient("\(isPlain ? "http" : "https")://\(reference.host ?? "")", credentials: credentials)
    }
}

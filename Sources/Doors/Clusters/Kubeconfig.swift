import Documents
import Files
public import WaybillCore

/// The part of a kubeconfig that says where a cluster is and who we are there.
public struct Kubeconfig: Sendable {
    /// Without a slash at its end.
    public var server: String
    /// The authority to trust, PEM; nil means the system's.
    public var authorityPEM: String?
    public var token: String?
    public var clientCertificatePEM: String?
    public var clientKeyPEM: String?
    public var namespace: String

    /// Reads a kubeconfig's current context, or the named one. Exec plugins and auth providers are refused: they run
    /// other programs.
    public init(path: String, context: String? = nil) throws(WaybillError) {
        let node: Node
        do { node = try YAMLReader.node(from: try Files.read(path)) } catch let error as DocumentError {
            throw error.inFile(path)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: path, cause: error)
        }
        func named(_ list: String, _ name: String, _ key: String) throws(WaybillError) -> Node {
            guard let found = node[list]?.elements?.first(where: { $0["name"]?.string == name })?[key] else {
                throw WaybillError(.notFound, "\(list) has no entry \(Redaction.excerpt(name))", subject: path)
            }
            return found
        }
        guard let contextName = context ?? node["current-context"]?.string, !contextName.isEmpty else {
            throw WaybillError(.invalidInput, "“current-context” is missing", subject: path, remedy: "name a context")
        }
        let chosen = try named("contexts", contextName, "context")
        let cluster = try named("clusters", chosen["cluster"]?.string ?? "", "cluster")
        let user = try named("users", chosen["user"]?.string ?? "", "user")
        for key in ["exec", "auth-provider"] where user[key] != nil {
            throw WaybillError(.unsupported, "the user's credentials come from “\(key)”, which runs another program", subject: path)
        }
        for key in ["proxy-url", "insecure-skip-tls-verify", "tls-server-name"] where cluster[key] != nil {
            throw WaybillError(.unsupported, "“\(key)” is not supported", subject: path)
        }
        guard let server = cluster["server"]?.string else {
            throw WaybillError(.invalidInput, "the cluster has no server", subject: path)
        }
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        authorityPEM = try Self.material(cluster, "certificate-authority", path)
        clientCertificatePEM = try Self.material(user, "client-certificate", path)
        clientKeyPEM = try Self.material(user, "client-key", path)
        token = user["token"]?.string
        if token == nil, let file = user["tokenFile"]?.string {
            let text = try Files.text(file)
            token = String(text.prefix { !$0.isNewline })
        }
        namespace = chosen["namespace"]?.string ?? "default"
    }

    /// Inline base 64 (`key-data`) or a file (`key`), relative to the kubeconfig.
    private static func material(_ node: Node, _ key: String, _ path: String) throws(WaybillError) -> String? {
        if let text = node["\(key)-data"]?.string {
            guard let bytes = Base64.decode(text) else {
                throw WaybillError(.invalidInput, "“\(key)-data” is not base 64", subject: path)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        guard let file = node[key]?.string else { return nil }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try Files.text(file.hasPrefix("/") ? file : "\(folder)/\(file)")
    }
}

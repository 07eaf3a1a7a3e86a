import Documents
import Foundation
public import WaybillCore

/// How a cluster is reached and who asks, from a kubeconfig file.
public struct ClusterAccess: Sendable {
    public enum Credentials: Sendable {
        case none
        case token(String)
        /// Read again for every request: such tokens are replaced while we run.
        case tokenFile(String)
        case certificate(certificatePEM: String, privateKeyPEM: String)
    }

    /// `https://host:port`, without a slash at its end.
    public var server: String
    public var credentials: Credentials
    /// Nil trusts the system's authorities.
    public var authorityPEM: String?
    /// The name in the server's certificate where it differs from the address.
    public var serverName: String?
    /// The namespace that the file's context names.
    public var namespace: String

    public init(
        server: String, credentials: Credentials, authorityPEM: String? = nil, serverName: String? = nil,
        namespace: String = "default"
    ) {
        self.server = server
        self.credentials = credentials
        self.authorityPEM = authorityPEM
        self.serverName = serverName
        self.namespace = namespace
    }

    /// The current context of a kubeconfig file, or the named one. Programs that the file wants to run for credentials
    /// are refused: a file must not be able to start anything.
    public static func kubeconfig(_ path: String, context: String? = nil) throws(WaybillError) -> ClusterAccess {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw WaybillError(.notFound, "the kubeconfig cannot be read", subject: path)
        }
        let document: Value
        do {
            document = try YAMLReader.node(from: Array(bytes), schema: .core).value
        } catch {
            throw error.inFile(path)
        }
        return try KubeconfigReader(path: path, document: document).access(context)
    }

    /// The service account of the pod that we run in.
    public static func inCluster() throws(WaybillError) -> ClusterAccess {
        let environment = ProcessInfo.processInfo.environment
        let folder = "/var/run/secrets/kubernetes.io/serviceaccount"
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"],
            let authority = FileManager.default.contents(atPath: "\(folder)/ca.crt")
        else {
            throw WaybillError(
                .notFound, "this does not run in a Kubernetes pod", subject: "service account",
                remedy: "name a kubeconfig")
        }
        return ClusterAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            credentials: .tokenFile("\(folder)/token"),
            authorityPEM: String(decoding: authority, as: UTF8.self))
    }
}

/// Finds the parts of a kubeconfig that one context puts together.
struct KubeconfigReader {
    let path: String
    let document: Value

    func access(_ wanted: String?) throws(WaybillError) -> ClusterAccess {
        guard let name = wanted ?? document["current-context"]?.string, !name.isEmpty else {
            throw failure("no current-context is set")
        }
        let context = try entry("contexts", name, "context")
        let cluster = try entry("clusters", context["cluster"]?.string ?? "", "cluster")
        let userName = context["user"]?.string ?? ""
        let user = userName.isEmpty ? Value.object([:]) : try entry("users", userName, "user")
        guard let server = cluster["server"]?.string,
            server.hasPrefix("https://") || server.hasPrefix("http://127.0.0.1")
        else {
            throw failure("the server of context “\(name)” is not an https address")
        }
        if cluster["insecure-skip-tls-verify"]?.bool == true {
            throw failure("insecure-skip-tls-verify is refused: the server could be anybody")
        }
        if cluster["proxy-url"] != nil { throw unsupported("proxy-url") }
        return ClusterAccess(
            server: server.hasSuffix("/") ? String(server.dropLast()) : server, credentials: try credentials(user),
            authorityPEM: try pem(cluster, "certificate-authority"), serverName: cluster["tls-server-name"]?.string,
            namespace: context["namespace"]?.string ?? "default")
    }

    private func credentials(_ user: Value) throws(WaybillError) -> ClusterAccess.Credentials {
        for key in ["exec", "auth-provider"] where user[key] != nil {
            throw WaybillError(
                .unsupported, "“\(key)” credentials are refused: the file would start a program", subject: path,
                remedy: "use a token, a token file or a client certificate")
        }
        if user["username"] != nil { throw unsupported("username and password") }
        if user["as"] != nil { throw unsupported("impersonation") }
        if let certificate = try pem(user, "client-certificate") {
            guard let key = try pem(user, "client-key") else { throw failure("a client certificate without its key") }
            return .certificate(certificatePEM: certificate, privateKeyPEM: key)
        }
        if let file = user["tokenFile"]?.string { return .tokenFile(resolved(file)) }
        if let token = user["token"]?.string { return .token(token) }
        return .none
    }

    /// Inline base 64 (`KEY-data`) or a file beside the kubeconfig.
    private func pem(_ value: Value, _ key: String) throws(WaybillError) -> String? {
        if let text = value["\(key)-data"]?.string {
            guard let bytes = Base64.decode(text) else { throw failure("“\(key)-data” is not base 64") }
            return String(decoding: bytes, as: UTF8.self)
        }
        guard let file = value[key]?.string else { return nil }
        guard let bytes = FileManager.default.contents(atPath: resolved(file)) else {
            throw failure("“\(key)” cannot be read")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func resolved(_ file: String) -> String {
        if file.hasPrefix("/") { return file }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return folder + file
    }

    private func entry(_ list: String, _ name: String, _ key: String) throws(WaybillError) -> Value {
        guard
            let found = (document[list]?.array ?? []).first(where: {
                $0["name"]?.string?.hasSameBytes(as: name) == true
            }),
            let value = found[key]
        else { throw failure("\(list) has no entry \(Redaction.excerpt(name))") }
        return value
    }

    private func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: path) }
    private func unsupported(_ what: String) -> WaybillError {
        WaybillError(.unsupported, "\(what) is not supported", subject: path)
    }
}

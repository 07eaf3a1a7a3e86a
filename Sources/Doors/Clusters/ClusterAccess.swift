public import Documents
public import Foundation
public import WaybillCore

/// How a cluster is reached and who asks, from kubeconfig files or a pod's service account.
public struct ClusterAccess: Sendable {
    public enum Credentials: Sendable {
        case none
        case token(String)
        /// Read again for every request: such tokens are replaced while we run.
        case tokenFile(String)
        case certificate(certificatePEM: String, privateKeyPEM: String)
        /// A program of the user's, asked whenever what it said last has run out.
        case program(CredentialProgram)
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
    /// In whose name to act; nil is our own.
    public var impersonation: Impersonation?
    public var proxy: ClusterProxy?

    public init(
        server: String, credentials: Credentials, authorityPEM: String? = nil, serverName: String? = nil,
        namespace: String = "default", impersonation: Impersonation? = nil, proxy: ClusterProxy? = nil
    ) {
        self.server = server
        self.credentials = credentials
        self.authorityPEM = authorityPEM
        self.serverName = serverName
        self.namespace = namespace
        self.impersonation = impersonation
        self.proxy = proxy
    }

    /// The current context of a kubeconfig file, or the named one.
    ///
    /// Programs that the file wants to run for credentials are refused unless `allowsPrograms`: a file must not be able
    /// to start anything by being there. A proxy comes from the file, else from `HTTPS_PROXY` and `NO_PROXY`.
    public static func kubeconfig(
        _ path: String, context: String? = nil, allowsPrograms: Bool = false
    ) throws(WaybillError) -> ClusterAccess {
        try kubeconfig([path], context: context, allowsPrograms: allowsPrograms)
    }

    /// Several files as `KUBECONFIG` lists them: the first that names a thing has the say.
    public static func kubeconfig(
        _ paths: [String], context: String? = nil, allowsPrograms: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(WaybillError) -> ClusterAccess {
        try reader(paths, allowsPrograms, environment).access(context)
    }

    /// One context as a kubeconfig of its own that can be kept elsewhere: certificates and keys inside, the files of
    /// tokens and the programs by their whole paths. Refuses what a client would refuse.
    public static func selfContained(
        _ path: String, context: String? = nil, allowsPrograms: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(WaybillError) -> Value {
        try reader([path], allowsPrograms, environment).selfContained(context)
    }

    private static func reader(
        _ paths: [String], _ allowsPrograms: Bool, _ environment: [String: String]
    ) throws(WaybillError) -> KubeconfigReader {
        var files: [KubeconfigReader.File] = []
        for path in paths {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw WaybillError(.notFound, "the kubeconfig cannot be read", subject: path)
            }
            do {
                files.append(.init(path: path, document: try YAMLReader.node(from: Array(bytes), schema: .core).value))
            } catch {
                throw error.inFile(path)
            }
        }
        return KubeconfigReader(files: files, allowsPrograms: allowsPrograms, environment: environment)
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
        let namespace = FileManager.default.contents(atPath: "\(folder)/namespace").map {
            String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace }
        }
        return ClusterAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            credentials: .tokenFile("\(folder)/token"),
            authorityPEM: String(decoding: authority, as: UTF8.self), namespace: namespace ?? "default")
    }
}

/// The user in whose name requests are made, as far as the cluster allows it (Kubernetes, "user impersonation").
public struct Impersonation: Sendable, Equatable {
    public var user: String
    public var groups: [String]
    public var uid: String?
    public var extra: [String: [String]]

    public init(user: String, groups: [String] = [], uid: String? = nil, extra: [String: [String]] = [:]) {
        self.user = user
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }

    /// A service account, with the groups that the cluster itself gives to it.
    public static func serviceAccount(_ name: String, namespace: String) -> Impersonation {
        Impersonation(user: "system:serviceaccount:\(namespace):\(name)")
    }

    /// The request headers, in a fixed order.
    var headers: [(String, String)] {
        var result = [("Impersonate-User", user)] + groups.map { ("Impersonate-Group", $0) }
        if let uid { result.append(("Impersonate-Uid", uid)) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            // A key may hold any character; a header's name may not.
            let name = "Impersonate-Extra-" + KubernetesClient.escaped(key.lowercased())
            result += values.map { (name, $0) }
        }
        return result
    }
}

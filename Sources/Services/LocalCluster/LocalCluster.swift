import Documents
import Files
import Foundation
import HTTPServing
import Kubernetes
public import WaybillCore

/// A Kubernetes API on loopback, with real containers under it where the machine has runc or crun.
public final class LocalCluster: Sendable {
    /// Names, on a Service, the loopback address that reaches its pods: `127.0.0.1:31234`.
    public static let addressAnnotation = "waybill.dev/address"

    /// `https://127.0.0.1:PORT`.
    public let address: String
    /// A kubeconfig for kubectl, readable by its owner only.
    public let kubeconfigPath: String
    /// The administrator's token.
    public let adminToken: String
    /// The authority that signed the server's certificate.
    public let authorityPEM: String

    let store: ObjectStore
    let api: APIServer
    private let server: HTTPServer
    private let webhooks: WebhookClient
    private let background: Task<Void, Never>
    private let node: Node

    private init(
        address: String, kubeconfigPath: String, adminToken: String, authorityPEM: String, store: ObjectStore,
        api: APIServer,
        server: HTTPServer, webhooks: WebhookClient, background: Task<Void, Never>, node: Node
    ) {
        self.address = address
        self.kubeconfigPath = kubeconfigPath
        self.adminToken = adminToken
        self.authorityPEM = authorityPEM
        self.store = store
        self.api = api
        self.server = server
        self.webhooks = webhooks
        self.background = background
        self.node = node
    }

    /// Opens the folder's state, serves the API and starts controllers and node. Containers of an earlier process are
    /// taken over or ended.
    public static func start(_ configuration: LocalClusterConfiguration) async throws(WaybillError) -> LocalCluster {
        try Files.makeFolder(configuration.folder, mode: 0o700)
        let identity = try ClusterIdentity.load(configuration)
        // The folder may be passed through by others, and the store holds secrets: an empty file is an empty database.
        let path = "\(configuration.folder)/cluster.sqlite"
        if !Files.exists(path) { try Files.write([], to: path, mode: 0o600) }
        let registry = TypeRegistry()
        let authorizer = Authorizer()
        let store = try ObjectStore(path: path) { key, object in
            if key.resource == TypeRegistry.definitions { registry.update(key.name, object) }
            if Authorizer.concerns(key.resource) { authorizer.update(key, object) }
        }
        let webhooks = WebhookClient { namespace, name, port in
            await ServiceAddress.find(namespace: namespace, name: name, port: port, in: store)
        }
        let objects = ObjectAPI(
            store: store, registry: registry,
            admission: Admission(store: store, registry: registry, client: webhooks, authorizer: authorizer))
        let node = try await Node.start(configuration, ClusterClient(objects: objects))
        var api = APIServer(
            objects: objects,
            reviews: Reviews(store: store, authorizer: authorizer, tokens: identity.accountTokens),
            address: "127.0.0.1",
            published: PublishedSchemas(folder: configuration.openAPIFolder))
        api.logs = { request throws(APIError) in try await node.logs(request) }
        api.streams = { request throws(APIError) in try await node.stream(request) }
        var tokens = TokenTable(configuration.tokens)
        tokens.add(token: identity.adminToken, identity: Identity("kubernetes-admin"))
        let authenticator = Authenticator(
            tokens: tokens, accounts: identity.accountTokens, store: store, authorizer: authorizer)
        let server = try await HTTPServer.start(
            HTTPAdapter(api: api, authenticator: authenticator).router(), name: "local cluster", port: identity.port,
            tls: identity.tls, upgrade: StreamUpgrade(api: api, authenticator: authenticator))
        let address = "https://127.0.0.1:\(server.port)"
        let kubeconfig = "\(configuration.folder)/kubeconfig"
        try identity.keep(in: configuration.folder, port: server.port)
        try Kubeconfig.write(
            to: kubeconfig, address: address, authorityPEM: identity.tls.authorityPEM, token: identity.adminToken)
        try await BuiltInObjects.ensure(ClusterClient(objects: objects))
        let background = Task { await Controllers(client: ClusterClient(objects: objects)).run(with: node) }
        return LocalCluster(
            address: address, kubeconfigPath: kubeconfig, adminToken: identity.adminToken,
            authorityPEM: identity.tls.authorityPEM, store: store, api: api, server: server, webhooks: webhooks,
            background: background, node: node)
    }

    /// Ends all containers, then the API.
    public func stop() async {
        background.cancel()
        await background.value
        await node.stop()
        await server.stop(grace: .milliseconds(200))
        await webhooks.stop()
        await store.close()
    }
}

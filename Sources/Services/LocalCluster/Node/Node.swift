import Documents
import WaybillCore

/// The one node of the cluster: it runs the pods.
actor Node {
    static let name = "waybill"
    let client: ClusterClient

    private init(client: ClusterClient) { self.client = client }

    static func start(_ configuration: LocalClusterConfiguration, _ client: ClusterClient) async throws(WaybillError) -> Node {
        Node(client: client)
    }

    func logs(_ request: LogRequest) async throws(APIError) -> APIResponse { throw .unsupported("logs") }
    func stop() async {}
}

public import WaybillCore

/// How a local cluster runs.
public struct LocalClusterConfiguration: Sendable {
    /// Holds the state, the containers and the kubeconfig.
    public var folder: String
    /// Zero chooses a free port at the first start; later starts keep it.
    public var port: Int
    /// Where images come from; nil leaves pods pending with the reason.
    public var puller: (any ImagePuller)?
    /// The administrator's token, written to the kubeconfig; made and kept in the folder where it is nil.
    public var adminToken: String?
    /// Further tokens, each with its own identity. All of them are administrators.
    public var tokens: [(token: String, identity: Identity)]
    /// The program whose hidden subcommand `pod-proxy` carries connections into pods: our own executable.
    public var programPath: String
    /// Runs pods as real containers where runc or crun is there; false simulates them.
    public var runsContainers: Bool
    /// The lowest port given to services; zero lets the system choose.
    public var servicePortFirst: Int
    /// OpenAPI documents of a real server (`api_v1.json`, `apis_apps_v1.json.gz`), for `kubectl explain` and the
    /// descriptions of columns; nil serves our own, which have none.
    public var openAPIFolder: String?

    public init(
        folder: String, port: Int = 0, puller: (any ImagePuller)? = nil, adminToken: String? = nil,
        tokens: [(token: String, identity: Identity)] = [], programPath: String = "/proc/self/exe",
        runsContainers: Bool = true,
        servicePortFirst: Int = 0, openAPIFolder: String? = nil
    ) {
        self.folder = folder
        self.port = port
        self.puller = puller
        self.adminToken = adminToken
        self.tokens = tokens
        self.programPath = programPath
        self.runsContainers = runsContainers
        self.servicePortFirst = servicePortFirst
        self.openAPIFolder = openAPIFolder
    }
}

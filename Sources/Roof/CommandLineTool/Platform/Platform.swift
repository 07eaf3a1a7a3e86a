import AdmissionService
import Advisories
import AgentService
import Blobs
import Clusters
import Dashboard
import Delivery
import Documents
import Files
import ForgeService
import Foundation
import GitRepositories
import HTTPServing
import Hummingbird
import Kubernetes
import Ledger
import LedgerService
import LocalCluster
import Logging
import MonitorService
import OCI
import PipelineService
import Registries
import RegistryService
import Sandboxes
import Signers
import Synchronization
import Trust
import WaybillCore

/// All services of one machine, on one state folder.
final class Platform: Sendable {
    /// The name under which the installation's own key is trusted.
    static let signerName = "waybill"

    let state: StateFolder
    let ledger: SQLiteLedger
    let signer: SignerProcess
    let monitor: MonitorService
    let forge: ForgeService
    let cluster: LocalCluster
    let client: KubernetesClient
    let admission: AdmissionService
    let index: PaperIndex
    let registryHost: String
    let addresses: Addresses
    let programPath: String
    private let servers: [HTTPServer]
    private let ledgerServer: LedgerServer
    private let lock: StateLock
    private let sandbox: Task<BuildahSandbox, any Error>
    private let background: Mutex<[Task<Void, Never>]>
    let agents: AgentHouse
    let pipelines: PipelineHouse
    let promotions = PromotionHouse()

    static let now: @Sendable () -> Instant = {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// How the sandbox isolates, once it has looked at the machine.
    func isolation() async throws(WaybillError) -> String {
        do { return try await sandbox.value.isolation.description } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "the sandbox could not be opened", subject: "sandbox", cause: error)
        }
    }

    /// Starts everything and returns when every address answers.
    static func start(_ state: StateFolder, _ options: PlatformOptions = PlatformOptions()) async throws(WaybillError)
        -> Platform
    {
        try state.prepare()
        let lock = try StateLock(state)
        // What was named and cannot be read ends the start before anything runs without it.
        let policies = options.admissionPolicies ?? (Files.exists(state.admission) ? state.admission : nil)
        let everywhere = try policies.map { path throws(WaybillError) in try AdmissionPolicies.folder(path) }
        try BuildahSandbox.clear(state.builds)
        let portsPath = state.path + "/ports.json"
        var ports = try Ports.load(portsPath)
        let programPath = try program()
        let signer = try await SignerProcess.start(state, program: programPath)
        let sandbox = Task { try await BuildahSandbox(stateFolder: state.builds) }
        let ledger = try SQLiteLedger(path: state.ledger)
        let store = try await options.ledgerStore.open(state, own: ledger)
        let monitor = try MonitorService(
            ledger: ledger, folder: state.advisories, channels: try FeedWatcher.channels(state), now: now)
        try Files.write(Array(signer.publicKey.pem.utf8), to: state.signerPublicKey)
        let keys = [TrustedKey(signer.publicKey, name: signerName)]
        let index = PaperIndex(ledger: ledger, verifier: EnvelopeVerifier(keys: keys))
        try await index.catchUp()

        // The registry: papers decide what it serves.
        let registryTokens = TokenTable([(try state.token(for: "registry"), Identity("pipeline"))])
        let blobs = try DiskBlobs(state.blobs)
        let standard = try Environments.rules(RequiredPaper.allCases, builder: PipelineService.builderID)
        let gate = RegistryGate(index: index, rules: standard)
        let registryRouter = Router(context: ServiceContext.self)
        try RegistryService(
            blobs: blobs, folder: state.registry, tokens: registryTokens, anonymousPull: true,
            gate: { repository, digest in await gate.verdict(repository, digest) }
        ).addRoutes(to: registryRouter)
        let registryServer = try await HTTPServer.start(registryRouter, name: "registry", port: ports.registry)
        ports.registry = registryServer.port
        let registryHost = "127.0.0.1:\(registryServer.port)"
        let registry = try RegistryClient(
            "http://\(registryHost)", credentials: .init(user: "pipeline", token: try state.token(for: "registry")))

        // The cluster, with admission in front of it.
        let door = ImageEvidenceDoor(registry: registry, host: registryHost, store: store)
        let dossiers = ImageDossiers(
            ledger: ledger,
            stored: { reference, digest async throws(WaybillError) in try await door.evidence(reference, digest) },
            findings: { digest async throws(WaybillError) in try await monitor.findings(in: digest) })
        let admission = AdmissionService(
            index: index, ledger: ledger, signer: signer.signer, dossiers: dossiers, now: now)
        admission.setRules(AdmissionRules(standard: standard))
        var deploy = try await AdmissionPolicies.remembered(state, ledger)
        deploy.everywhere = everywhere.map(DeployRules.Source.folder)
        admission.changePolicies { [deploy] in $0 = deploy }
        let admissionIdentity = try TLSIdentity.selfSigned(hosts: ["127.0.0.1"])
        let admissionRouter = Router(context: ServiceContext.self)
        admissionRouter.add(middleware: ErrorMiddleware())
        admission.addRoutes(to: admissionRouter)
        OwnershipWebhook().addRoutes(to: admissionRouter)
        let admissionServer = try await HTTPServer.start(
            admissionRouter, name: "admission", port: ports.admission, tls: admissionIdentity)
        ports.admission = admissionServer.port
        let cluster = try await LocalCluster.start(
            LocalClusterConfiguration(
                folder: state.cluster, port: ports.cluster,
                puller: RegistryImagePuller(folder: state.cluster + "/images", plainRegistries: [registryHost]),
                programPath: programPath))
        ports.cluster = Int(cluster.address.split(separator: ":").last ?? "") ?? 0
        let client = try KubernetesClient(kubeconfig: cluster.kubeconfigPath)
        let registration = AdmissionGuard(
            cluster: client, admission: admission, ledger: ledger, port: admissionServer.port,
            authority: admissionIdentity.authorityPEM, now: now)
        try await registration.register()

        // The forge, whose merges start pipelines and wake agents.
        let agents = AgentHouse { environments in await registration.protect(environments) }
        let pipelines = PipelineHouse()
        let promoter = try await Promoter.open(state)
        let tokens = try forgeTokens(state)
        let forge = try await ForgeService(
            folder: state.repositories, ledger: ledger, signer: signer.signer, tokens: tokens, hookProgram: programPath,
            options: .init(administrators: [Identity("admin")], now: now)
        ) { repository, reference, _, new in
            guard reference == "refs/heads/main" else { return }
            await pipelines.merged(repository, new)
            await agents.poke()
        }
        let router = Router(context: ServiceContext.self)
        router.add(middleware: TokenMiddleware(tokens))
        forge.addRoutes(to: router)
        if !Files.exists(state.webhookSecret) {
            try Files.write(Array(TokenTable.newToken().utf8), to: state.webhookSecret, mode: 0o600)
        }
        agents.addRoutes(to: router, webhookSecret: state.webhookSecret)
        Dashboard(ledger: ledger, changes: ForgeChanges(forge: forge), anonymousRead: false, now: now).addRoutes(
            to: router)
        let forgeServer = try await HTTPServer.start(router, name: "forge", port: ports.forge)
        ports.forge = forgeServer.port
        var ledgerAPI = LedgerAPI(state: state, ledger: ledger)
        ledgerAPI.store = store
        ledgerAPI.port = ports.ledger
        ledgerAPI.grpcPort = ports.ledgerGRPC
        let ledgerServer = try await ledgerAPI.start()
        ports.ledger = ledgerServer.rest.port
        ports.ledgerGRPC = ledgerServer.grpcPort
        try ports.save(portsPath)

        let addresses = Addresses(
            forge: "http://127.0.0.1:\(forgeServer.port)", registry: "http://\(registryHost)", cluster: cluster.address,
            dashboard: "http://127.0.0.1:\(forgeServer.port)",
            ledger: "http://127.0.0.1:\(ledgerServer.rest.port)", ledgerGRPC: "127.0.0.1:\(ledgerServer.grpcPort)")
        try Files.write(JSONWriter.bytes(addresses.value, style: .pretty), to: state.addresses)
        let papers = PaperOccurrences(
            ledger: ledger, store: store, storeName: try options.ledgerStore.name(state), host: registryHost)
        let platform = Platform(
            state: state, ledger: ledger, signer: signer, monitor: monitor, forge: forge, cluster: cluster,
            client: client,
            admission: admission, registration: registration, index: index, registryHost: registryHost,
            addresses: addresses,
            programPath: programPath,
            servers: [registryServer, admissionServer, forgeServer], ledgerServer: ledgerServer, lock: lock,
            sandbox: sandbox, agents: agents,
            pipelines: pipelines, feeds: try FeedWatcher.open(state, monitor, ledger), papers: papers)
        await pipelines.open(platform, registry: registry)
        await agents.open(platform, standard: standard)
        try await forge.start()
        await platform.promotions.open(platform, promoter)
        return platform
    }

    private init(
        state: StateFolder, ledger: SQLiteLedger, signer: SignerProcess, monitor: MonitorService, forge: ForgeService,
        cluster: LocalCluster, client: KubernetesClient, admission: AdmissionService, registration: AdmissionGuard,
        index: PaperIndex,
        registryHost: String, addresses: Addresses, programPath: String, servers: [HTTPServer],
        ledgerServer: LedgerServer, lock: StateLock,
        sandbox: Task<BuildahSandbox, any Error>, agents: AgentHouse, pipelines: PipelineHouse, feeds: FeedWatcher,
        papers: PaperOccurrences
    ) {
        self.state = state
        self.ledger = ledger
        self.signer = signer
        self.monitor = monitor
        self.forge = forge
        self.cluster = cluster
        self.client = client
        self.admission = admission
        self.index = index
        self.registryHost = registryHost
        self.addresses = addresses
        self.programPath = programPath
        self.servers = servers
        self.ledgerServer = ledgerServer
        self.lock = lock
        self.sandbox = sandbox
        self.agents = agents
        self.pipelines = pipelines
        background = Mutex([
            Task { await admission.run() }, Task { await registration.run() }, Task { await feeds.run() },
            Task { await papers.run() },
        ])
    }

    /// The sandbox, opened in the background at the start.
    func openSandbox() async throws -> BuildahSandbox { try await sandbox.value }

    /// Ends everything in the order in which nothing is lost.
    func stop() async {
        await promotions.stop()
        await forge.stop()
        await pipelines.stop()
        await agents.stop()
        for task in background.withLock({ $0 }) { task.cancel() }
        // The probe of the machine may still be under way.
        sandbox.cancel()
        _ = await sandbox.result
        // First the client: the server waits five seconds for the farewell of a connection that is kept open.
        await client.stop()
        await cluster.stop()
        await withTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { await server.stop(grace: .milliseconds(500)) } }
            group.addTask { await self.ledgerServer.stop() }
        }
        signer.stop()
        // A folder without addresses has no services; one that stays says so by its ports.
        do { try Files.remove(state.addresses) } catch { Terminal.error(error) }
    }

    /// This program's own file, for child processes and hooks.
    static func program() throws(WaybillError) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else {
            throw WaybillError(.failed, "cannot find the program's own file", subject: "/proc/self/exe")
        }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The forge's callers: everybody with a token file in the secrets folder.
    private static func forgeTokens(_ state: StateFolder) throws(WaybillError) -> TokenTable {
        var table = TokenTable([(try state.token(for: "admin"), Identity("admin"))])
        for name in try Files.names(in: state.secrets) where name.hasSuffix(".token") {
            let identity = String(name.dropLast(".token".count))
            guard !["admin", "registry"].contains(identity) else { continue }
            table.add(token: try state.token(for: identity), identity: Identity(identity))
        }
        return table
    }
}

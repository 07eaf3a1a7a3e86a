public import Documents
import NIOHTTP1
import OCI
import PolicyTools
import Registries
public import Rego
public import WaybillCore

/// What runs beside the answering of requests: bundles that are polled, decisions that are sent, the state that is
/// reported.
public final class PolicyPlugins: Sendable {
    public let labels: [String: String]
    private let pollers: [BundlePoller]
    private let logger: DecisionLogger?
    private let reporter: StatusSettings?
    private let endpoints: [String: ServiceEndpoint]
    private let host: PolicyHost
    private let console: @Sendable (String) -> Void

    public init(
        _ configuration: PolicyServerConfiguration, store: PolicyStore, host: PolicyHost, version: RegoVersion = .v1,
        skipsVerification: Bool = false, console: @escaping @Sendable (String) -> Void
    ) throws(WaybillError) {
        var labels = configuration.labels
        // Every installation names itself, as the receivers of its decisions expect.
        labels["id"] = labels["id"] ?? host.identifier()
        labels["version"] = labels["version"] ?? host.version
        self.labels = labels
        self.host = host
        self.console = console
        reporter = configuration.status
        var endpoints: [String: ServiceEndpoint] = [:]
        for (name, service) in configuration.services { endpoints[name] = try ServiceEndpoint(service) }
        self.endpoints = endpoints
        let folder = configuration.persistenceFolder ?? ".waybill-policy"
        pollers = try configuration.bundles.map { (settings) throws(WaybillError) in
            BundlePoller(
                settings, source: try Self.source(of: settings, endpoints),
                verification: skipsVerification
                    ? nil : Self.verification(of: settings, configuration.keys), store: store,
                shelf: settings.isPersisted ? BundleShelf(folder, name: settings.name) : nil, host: host,
                version: version)
        }
        logger = configuration.decisionLogs.map {
            DecisionLogger($0, endpoint: $0.service.flatMap { endpoints[$0] }, host: host, console: console)
        }
    }

    private static func source(
        of settings: BundleSettings, _ endpoints: [String: ServiceEndpoint]
    ) throws(WaybillError) -> any BundleSource {
        guard let endpoint = settings.service.flatMap({ endpoints[$0] }) else {
            return FileBundleSource(path: String(settings.resource.dropFirst(7)), bytesMax: settings.bytesMax)
        }
        guard endpoint.settings.kind == .oci else {
            return HTTPBundleSource(
                endpoint: endpoint, resource: settings.resource, bytesMax: settings.bytesMax,
                longPollingSeconds: settings.polling.longPollingSeconds)
        }
        let host = endpoint.settings.url.split(separator: "/").last.map(String.init) ?? ""
        let name = settings.resource.hasPrefix(host + "/") ? settings.resource : "\(host)/\(settings.resource)"
        let address = try PolicyAddress(parsing: name, plain: endpoint.settings.url.hasPrefix("http://"))
        let credentials = endpoint.settings.bearerToken.map {
            RegistryClient.Credentials(user: "token", token: $0)
        }
        return RegistryBundleSource(
            registry: try RegistryClient(endpoint.settings.url, credentials: credentials),
            repository: address.reference.repository, version: address.reference.version)
    }

    /// Without a `signing` section a signed bundle is refused: nobody could check it.
    private static func verification(
        of settings: BundleSettings, _ keys: [String: KeySettings]
    ) -> BundleVerification {
        guard let signing = settings.signing else { return .unsignedOnly }
        let scope = signing.scope ?? signing.keyIdentifier.flatMap { keys[$0]?.scope }
        return BundleVerification(
            keys: keys.mapValues(\.key), keyIdentifier: signing.keyIdentifier, scope: scope, excluded: signing.excluded)
    }

    // MARK: Running

    /// Activates the kept bundles, then asks every source once. Afterwards `run` goes on asking.
    public func start() async {
        for poller in pollers { poller.restore() }
        await withTaskGroup(of: Void.self) { group in
            for poller in pollers { group.addTask { await poller.poll() } }
        }
    }

    /// Polls and sends until the task is cancelled, then sends the last decisions.
    public func run(
        sleeping: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for poller in pollers { group.addTask { await poller.run(sleeping: sleeping) } }
            if let logger { group.addTask { await logger.run(sleeping: sleeping) } }
            if reporter != nil { group.addTask { await self.report(sleeping: sleeping) } }
        }
    }

    /// Asks every source now.
    public func poll() async { for poller in pollers { await poller.poll() } }

    /// Sends the waiting decisions now.
    public func upload() async { await logger?.upload() }

    public func stop() async {
        await logger?.upload()
        for endpoint in endpoints.values { await endpoint.shutdown() }
    }

    /// Sends the state when it has changed.
    private func report(sleeping: @Sendable (Duration) async throws -> Void) async {
        var last: Value?
        while !Task.isCancelled {
            let state = status()
            if state != last {
                last = state
                await send(state)
            }
            do {
                try await sleeping(.seconds(1))
            } catch {
                return
            }
        }
    }

    private func send(_ state: Value) async {
        guard let reporter else { return }
        if reporter.isConsole {
            var line = state
            line["msg"] = "Status Log"
            line["type"] = "openpolicyagent.org/status"
            console(JSONWriter.string(line))
        }
        guard let endpoint = reporter.service.flatMap({ endpoints[$0] }) else { return }
        do {
            let answer = try await endpoint.send(
                .POST, reporter.resource, headers: [("Content-Type", "application/json")],
                body: JSONWriter.bytes(state),
                bytesMax: 1 << 20)
            guard !(200..<300).contains(answer.status) else { return }
            console(#"{"level":"error","msg":"Status update failed, server replied with HTTP \#(answer.status)"}"#)
        } catch {
            console(JSONWriter.string(["level": "error", "msg": .string("Status update failed: \(error)")]))
        }
    }

    // MARK: Decisions

    public var logsDecisions: Bool { logger != nil }

    func log(_ event: DecisionEvent, _ snapshot: PolicyStore.Snapshot) async { logger?.log(event, snapshot) }

    // MARK: State

    public var areBundlesActive: Bool { pollers.allSatisfy { $0.current.isActive } }

    func isReady(except excluded: Set<String>) -> Bool {
        excluded.contains("bundle") || areBundlesActive
    }

    func states() -> Value {
        var object: Object = [:]
        if !pollers.isEmpty { object["bundle"] = areBundlesActive ? "OK" : "NOT_READY" }
        if logger != nil { object["decision_logs"] = "OK" }
        if reporter != nil { object["status"] = "OK" }
        return .object(object)
    }

    /// As `/v1/status` shows it.
    public func status() -> Value {
        var object: Object = [
            "labels": .object(
                Object(
                    labels.sorted { $0.key.precedesByBytes($1.key) }.map { (key: $0.key, value: .string($0.value)) }))
        ]
        if !pollers.isEmpty {
            object["bundles"] = .object(Object(pollers.map { (key: $0.settings.name, value: $0.status) }))
        }
        if let logger, let failure = logger.failure {
            object["decision_logs"] = ["code": "decision_log_error", "message": .string(failure)]
        }
        object["plugins"] = .object(
            Object((states().object ?? [:]).members.map { (key: $0.key, value: ["state": $0.value]) }))
        return .object(object)
    }

    func metricsText() -> String {
        var text = ""
        if !pollers.isEmpty {
            text += "# HELP bundle_loaded_counter Bundles that were activated.\n# TYPE bundle_loaded_counter counter\n"
            for poller in pollers {
                text +=
                    "bundle_loaded_counter{name=\"\(Self.escaped(poller.settings.name))\"} \(poller.current.downloads)\n"
            }
            text += "# HELP bundle_failed_load_counter Bundles that were not activated.\n"
            text += "# TYPE bundle_failed_load_counter counter\n"
            for poller in pollers {
                text += "bundle_failed_load_counter{name=\"\(Self.escaped(poller.settings.name))\"} "
                text += "\(poller.current.failedDownloads)\n"
            }
        }
        if let logger {
            text += "# HELP decision_logs_dropped Decisions that were dropped before they were sent.\n"
            text += "# TYPE decision_logs_dropped counter\ndecision_logs_dropped \(logger.droppedCount)\n"
        }
        return text
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

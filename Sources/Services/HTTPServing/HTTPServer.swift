public import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization
public import WaybillCore

/// A server that listens until it is stopped.
public final class HTTPServer: Sendable {
    public let name: String
    public let host: String
    /// The port that it listens on, also where zero was asked for.
    public let port: Int
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    private init(name: String, host: String, port: Int, group: ServiceGroup, running: Task<Void, any Error>) {
        self.name = name
        self.host = host
        self.port = port
        self.group = group
        self.running = running
    }

    /// Starts listening and returns when the port is open. Throws `.unavailable` when it is taken.
    public static func start(
        _ router: Router<ServiceContext>, name: String, host: String = "127.0.0.1", port: Int = 0,
        tls: TLSIdentity? = nil, upgrade: (any ConnectionUpgrade)? = nil
    ) async throws(WaybillError) -> HTTPServer {
        try await start(
            router, name: name, address: .hostname(host, port: port), host: host, port: port, tls: tls,
            upgrade: upgrade)
    }

    /// The same on a socket in the file system.
    public static func start(
        _ router: Router<ServiceContext>, name: String, unixSocket path: String
    ) async throws(WaybillError) -> HTTPServer {
        try await start(
            router, name: name, address: .unixDomainSocket(path: path), host: path, port: 0, tls: nil, upgrade: nil)
    }

    private static func start(
        _ router: Router<ServiceContext>, name: String, address: BindAddress, host: String, port: Int,
        tls: TLSIdentity?, upgrade: (any ConnectionUpgrade)?
    ) async throws(WaybillError) -> HTTPServer {
        let opened = AsyncStream<Int>.makeStream()
        var logger = Logger(label: name)
        logger.logLevel = .warning
        do {
            let plain: HTTPServerBuilder =
                if let upgrade {
                    HTTPServerBuilder { UpgradeChannel(upgrade: upgrade, responder: $0) }
                } else { .http1() }
            let builder: HTTPServerBuilder =
                if let tls { try .tls(plain, tlsConfiguration: tls.serverConfiguration()) } else { plain }
            let application = Application(
                responder: HeadResponder(inner: router.buildResponder()), server: builder,
                configuration: .init(address: address, serverName: nil, reuseAddress: true),
                onServerRunning: { channel in opened.continuation.yield(channel.localAddress?.port ?? 0) },
                logger: logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)],
                    logger: logger))
            let running = Task {
                defer { opened.continuation.finish() }
                try await group.run()
            }
            for await port in opened.stream {
                return HTTPServer(name: name, host: host, port: port, group: group, running: running)
            }
            try await running.value
        } catch {
            throw WaybillError(
                .unavailable, "cannot listen on \(host):\(port)", subject: name,
                remedy: "choose another port, or end the program that holds it", cause: error)
        }
        throw WaybillError(.unavailable, "ended before it listened on \(host):\(port)", subject: name)
    }

    /// Waits until the server ends.
    public func wait() async throws { try await running.value }

    /// Stops taking requests; those under way have `grace` to end before their connections are cut.
    public func stop(grace: Duration = .seconds(2)) async {
        await group.triggerGracefulShutdown()
        let cut = Task {
            try await Task.sleep(for: grace)
            running.cancel()
        }
        _ = await running.result
        cut.cancel()
    }
}

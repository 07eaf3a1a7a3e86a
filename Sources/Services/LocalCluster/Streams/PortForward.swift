import Foundation
import HTTPServing

/// Bytes both ways, on a connection of its own or within the messages of a WebSocket.
struct ByteTunnel: Sendable {
    private let connection: UpgradedConnection
    private let isWebSocket: Bool

    init(_ connection: UpgradedConnection, isWebSocket: Bool) {
        self.connection = connection
        self.isWebSocket = isWebSocket
    }

    func write(_ bytes: [UInt8]) async throws {
        try await connection.write(isWebSocket ? WebSocketFrame.binary(bytes) : bytes)
    }

    func forEachPiece(_ receive: ([UInt8]) async throws -> Bool) async throws {
        guard isWebSocket else { return try await connection.forEachPiece(receive) }
        var reader = WebSocketReader()
        try await connection.forEachPiece { piece in
            reader.append(piece)
            while let message = try reader.next() {
                switch message {
                case .data(let bytes): if try await !receive(bytes) { return false }
                case .ping(let payload): try await connection.write(WebSocketFrame.pong(payload))
                case .pong: break
                case .close: return false
                }
            }
            return true
        }
    }
}

/// `kubectl port-forward`: each connection that the client takes is a pair of SPDY streams, one for data and one for
/// what went wrong.
struct PortForward: Sendable {
    static let streamProtocol = "portforward.k8s.io"
    /// As it is named when SPDY runs within a WebSocket.
    static let tunnelProtocol = "SPDY/3.1+portforward.k8s.io"
    /// Connections at once.
    private static let connectionsMax = 256

    let tunnel: ByteTunnel
    let pod: PodTunnel

    /// A pair of streams.
    private struct Pair {
        var errors: Int?
        var data: Int?
        var port: Int
        var connection: Descriptor?
    }

    func run() async {
        var pairs: [String: Pair] = [:]
        var reader = SPDYReader()
        let headers = SPDYHeaderWriter()
        await withDiscardingTaskGroup { group in
            // A client that breaks off, or breaks the protocol, has gone.
            try? await tunnel.forEachPiece { piece in
                reader.append(piece)
                while let message = try reader.next() {
                    switch message {
                    case .open(let stream, let fields, _):
                        guard let port = fields["port"].flatMap({ Int($0) }), (1...65535).contains(port),
                            pairs.count < Self.connectionsMax
                        else {
                            try await tunnel.write(SPDYFrame.reset(stream))
                            continue
                        }
                        try await tunnel.write(SPDYFrame.reply(to: stream, headers))
                        // Clients of old number no requests: theirs come one after the other.
                        let id = fields["requestid"] ?? "\((stream - 1) / 4)"
                        var pair = pairs[id] ?? Pair(port: port)
                        if fields["streamtype"] == "error" { pair.errors = stream } else { pair.data = stream }
                        if let errors = pair.errors, let data = pair.data {
                            pair.connection = await open(port)
                            if let connection = pair.connection {
                                group.addTask { await carry(connection, data: data, errors: errors) }
                            } else {
                                let problem = "nothing listens on port \(port) of the pod"
                                try await tunnel.write(SPDYFrame.data(Array(problem.utf8), on: errors, isEnd: true))
                                try await tunnel.write(SPDYFrame.data([], on: data, isEnd: true))
                            }
                        }
                        pairs[id] = pair
                    case .data(let stream, let bytes, let isEnd):
                        guard let (id, pair) = pairs.first(where: { $0.value.data == stream }) else { continue }
                        if let connection = pair.connection {
                            if !bytes.isEmpty { _ = await connection.write(bytes) }
                            if isEnd { shutdown(connection.number, Int32(SHUT_WR)) }
                        }
                        if isEnd { pairs[id] = nil }
                    case .reset(let stream):
                        guard let (id, pair) = pairs.first(where: { $0.value.data == stream }) else { continue }
                        if let connection = pair.connection { shutdown(connection.number, Int32(SHUT_RDWR)) }
                        pairs[id] = nil
                    case .ping(let number): try await tunnel.write(SPDYFrame.ping(number))
                    case .goAway: return false
                    }
                }
                return true
            }
            // Wakes those that still read from the pod; pairs whose client has ended are ended by the pod.
            group.cancelAll()
        }
    }

    private func open(_ port: Int) async -> Descriptor? {
        await withCheckedContinuation { continuation in
            Relay.inThread { [pod] in continuation.resume(returning: pod.open(port: port).map(Descriptor.init)) }
        }
    }

    /// From the pod to the client.
    private func carry(_ connection: Descriptor, data: Int, errors: Int) async {
        await withTaskCancellationHandler {
            do {
                while let bytes = await connection.read() { try await tunnel.write(SPDYFrame.data(bytes, on: data)) }
                try await tunnel.write(SPDYFrame.data([], on: data, isEnd: true))
                try await tunnel.write(SPDYFrame.data([], on: errors, isEnd: true))
            } catch {
                // Nobody is there to be told.
                shutdown(connection.number, Int32(SHUT_RDWR))
            }
        } onCancel: {
            shutdown(connection.number, Int32(SHUT_RDWR))
        }
    }
}

import HTTPServing
import HTTPTypes
import KubernetesAPI

/// Takes connections over for `kubectl exec`, `attach` and `port-forward`: as a WebSocket, which clients ask for since
/// 1.31, and as SPDY/3.1, which older ones know and newer ones fall back to.
struct StreamUpgrade: ConnectionUpgrade {
    let api: APIServer
    let authenticator: Authenticator

    var protocols: [String] { ["websocket", "SPDY/3.1"] }

    func offer(to request: UpgradeRequest) async -> UpgradeOffer? {
        let sides = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard
            var asked = APIRequest(
                method: request.method, path: sides.first ?? "", query: sides.count == 2 ? sides[1] : "")
        else { return nil }
        do throws(APIError) {
            asked.user = try await authenticator.user(request.headers)
        } catch {
            // Answered as a request without an upgrade, it is refused with the reason.
            return nil
        }
        guard let (stream, target) = await api.session(for: asked) else { return nil }
        return request.protocolName == "websocket"
            ? webSocket(request, stream, target) : spdy(request, stream, target)
    }

    private func webSocket(_ request: UpgradeRequest, _ stream: StreamRequest, _ target: StreamTarget) -> UpgradeOffer?
    {
        let offered = Self.values("Sec-WebSocket-Protocol", request.headers)
        guard let key = Self.values("Sec-WebSocket-Key", request.headers).first,
            Self.values("Sec-WebSocket-Version", request.headers).contains("13")
        else { return nil }
        let known: [String]
        switch target {
        case .program: known = WebSocketCarrier.protocols
        case .ports: known = [PortForward.tunnelProtocol]
        }
        guard let agreed = known.first(where: offered.contains) else { return nil }
        let headers = [
            (name: "Sec-WebSocket-Accept", value: WebSocketFrame.accept(key: key)),
            (name: "Sec-WebSocket-Protocol", value: agreed),
        ]
        return UpgradeOffer(headers: headers) { connection in
            switch target {
            case .program(let start):
                await RemoteSession(
                    WebSocketCarrier(connection: connection), outputs: Self.outputs(stream), start: start
                ).run()
            case .ports(let pod):
                await PortForward(tunnel: ByteTunnel(connection, isWebSocket: true), pod: pod).run()
            }
        }
    }

    private func spdy(_ request: UpgradeRequest, _ stream: StreamRequest, _ target: StreamTarget) -> UpgradeOffer? {
        let offered = Self.values("X-Stream-Protocol-Version", request.headers)
        let known: [String]
        switch target {
        case .program: known = SPDYCarrier.protocols
        case .ports: known = [PortForward.streamProtocol]
        }
        guard let agreed = known.first(where: offered.contains) else { return nil }
        return UpgradeOffer(headers: [(name: "X-Stream-Protocol-Version", value: agreed)]) { connection in
            switch target {
            case .program(let start):
                var channels: Set<SessionChannel> = [.status]
                channels.formUnion(Self.outputs(stream))
                if stream.hasInput { channels.insert(.input) }
                if stream.isTerminal { channels.insert(.resize) }
                await RemoteSession(
                    SPDYCarrier(connection, expecting: channels), outputs: Self.outputs(stream), start: start
                ).run()
            case .ports(let pod):
                await PortForward(tunnel: ByteTunnel(connection, isWebSocket: false), pod: pod).run()
            }
        }
    }

    private static func outputs(_ stream: StreamRequest) -> [SessionChannel] {
        (stream.hasOutput ? [.output] : []) + (stream.hasErrors ? [.errors] : [])
    }

    /// All values of a header, those in one line taken apart.
    private static func values(_ name: String, _ headers: HTTPFields) -> [String] {
        guard let name = HTTPField.Name(name) else { return [] }
        return headers[values: name].flatMap { $0.split(separator: ",") }.map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

import HTTPServing
import Hummingbird
import NIOCore

extension AgentHouse {
    /// For callers with a token: what the agents did, and a round now, as a forge's webhook asks for it after a push.
    nonisolated func addRoutes(to router: Router<ServiceContext>) {
        router.get("/api/agents/metrics") { [self] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
                body: .init(byteBuffer: ByteBuffer(string: await metrics())))
        }
        router.post("/api/agents/sync") { [self] _, _ in
            await poke()
            return Response(status: .accepted)
        }
    }
}

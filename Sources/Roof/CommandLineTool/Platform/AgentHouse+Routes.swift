import Documents
import Files
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import WaybillCore

extension AgentHouse {
    /// The longest body of a webhook, in bytes: forges send less.
    private static let webhookBytesMax = 8 << 20

    /// For callers with a token: what the agents did, and a round now. For forges: their webhooks, signed with the secret
    /// of this installation, which ask for a round as well.
    nonisolated func addRoutes(to router: Router<ServiceContext>, webhookSecret path: String) {
        let group = router.group()
        group.add(middleware: ErrorMiddleware())
        group.get("/api/agents/metrics") { [self] _, context in
            _ = try context.requireIdentity()
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
                body: .init(byteBuffer: ByteBuffer(string: await metrics())))
        }
        group.post("/api/agents/sync") { [self] _, context in
            _ = try context.requireIdentity()
            await poke()
            return Response(status: .accepted)
        }
        group.post("/api/agents/webhook") { [self] request, _ in
            let body = try await request.body.collect(upTo: Self.webhookBytesMax)
            let secret = Files.exists(path) ? try Files.text(path).filter { !$0.isWhitespace } : ""
            let isSigned = ForgeSignature.isValid(
                { name in HTTPField.Name(name).flatMap { request.headers[$0] } }, body: Array(body.readableBytesView),
                secret: secret)
            guard isSigned else {
                throw WaybillError(
                    .unauthenticated, "the webhook is not signed with this installation's secret", subject: "webhook",
                    remedy: "give the forge the secret in \(path)")
            }
            // What it says is not believed: it only calls for a look.
            await poke()
            return Response(status: .accepted)
        }
    }
}

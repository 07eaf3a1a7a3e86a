import Foundation
import HTTPServing

import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Processes
import WaybillCore

extension HTTPField.Name {
    static var gitProtocol: Self { HTTPField.Name("Git-Protocol")! }
}

extension ForgeService {
    nonisolated func addGitRoutes(to router: RouterGroup<ServiceContext>) {
        router.get("/git/:repository/info/refs") { request, context in
            guard let service = request.uri.queryParameters["service"].flatMap({ GitEndpoint.Service(rawValue: String($0)) }) else {
                throw WaybillError(
                    .unsupported, "only the smart protocol is spoken", subject: "git", remedy: "use git 1.6.6 or newer")
            }
            return try await self.serveGit(.advertise(service: service), request, context)
        }
        for service in [GitEndpoint.Service.uploadPack, .receivePack] {
            router.post("/git/:repository/\(RouterPath(service.rawValue))") { request, context in
                try await self.serveGit(.serve(service), request, context)
            }
        }
    }

    /// Answers a Git client. What must be done after a push is done before the answer ends.
    private nonisolated func serveGit(_ endpoint: GitEndpoint, _ request: Request, _ context: ServiceContext) async throws -> Response {
        guard context.identity != nil || options.anonymousRead && !endpoint.isPush else { return Self.challenge }
        var name = context.parameters.get("repository") ?? ""
        if name.hasSuffix(".git") { name.removeLast(4) }
        let repository = try open(name)
        let ticket = endpoint == .serve(.receivePack) ? TokenTable.newToken() : nil
        if ticket != nil { try hooks.check() }
        let socket = try await begin(ticket, Ticket(repository: name, identity: context.identity ?? Identity("")))
        let exchange = GitExchange(
            endpoint: endpoint, repository: repository, identity: context.identity, hooks: hooks,
            pushBytesMax: options.pushBytesMax,
            hookVariables: ticket.map {
                [
                    HookMessage.ticketVariable: $0, HookMessage.socketVariable: socket,
                    HookMessage.programVariable: hooks.program,
                ]
            } ?? [:])
        let process: RunningProcess
        do {
            process = try exchange.start(request)
        } catch {
            await end(ticket)
            throw error
        }
        let finished = Task { await self.finish(process, ticket, name) }
        let upload = Task { try await exchange.send(request.body, to: process) }
        do {
            let (head, rest) = try await exchange.readHead(process)
            var response = head
            response.body = ResponseBody { writer in
                do {
                    if !rest.isEmpty { try await writer.write(ByteBuffer(bytes: rest)) }
                    while true {
                        let bytes = try await process.read()
                        guard !bytes.isEmpty else { break }
                        try await writer.write(ByteBuffer(bytes: bytes))
                    }
                } catch {
                    process.stop()
                    upload.cancel()
                    _ = await upload.result
                    await finished.value
                    throw error
                }
                upload.cancel()
                _ = await upload.result
                await finished.value
                try await writer.finish(nil)
            }
            return response
        } catch {
            process.stop()
            upload.cancel()
            _ = await upload.result
            await finished.value
            throw error
        }
    }

    private static var challenge: Response {
        var response = ErrorBody.response(
            for: WaybillError(
                .unauthenticated, "this repository needs a token", subject: "git", remedy: "give the token as the password"))
        response.headers[.wwwAuthenticate] = "Basic realm=\"waybill\""
        return response
    }

    /// Takes a place among the exchanges and returns where hooks ask.
    private func begin(_ key: String?, _ ticket: Ticket) throws(WaybillError) -> String {
        guard exchanges < options.exchangesMax else {
            throw WaybillError(.unavailable, "too many Git requests at once", subject: "forge", remedy: "try again in a moment")
        }
        exchanges += 1
        if let key { tickets[key] = ticket }
        return hookSocketPath
    }

    private func end(_ ticket: String?) {
        exchanges -= 1
        if let ticket { tickets[ticket] = nil }
    }

    /// Waits for git's end, at most as long as an exchange may take, and follows what a push has moved.
    private func finish(_ process: RunningProcess, _ ticket: String?, _ repository: String) async {
        let timeout = options.exchangeTimeout
        let watch = Task {
            try await Task.sleep(for: timeout)
            process.stop()
        }
        _ = try? await process.wait()
        watch.cancel()
        end(ticket)
        guard ticket != nil else { return }
        do throws(WaybillError) {
            try await settle(repository)
        } catch {
            // The push stands; the next push, merge or start follows it.
            await reportUnsettled(repository, error)
        }
    }

    private func reportUnsettled(_ repository: String, _ error: WaybillError) async {
        logger.error("a push was accepted and its papers are still to be written", metadata: ["repository": "\(repository)", "error": "\(error)"])
    }
}

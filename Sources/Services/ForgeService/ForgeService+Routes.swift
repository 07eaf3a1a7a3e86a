import Attestations
import Documents
import Foundation
import GitRepositories
public import HTTPServing
public import Hummingbird
import WaybillCore

extension ForgeService {
    /// Adds Git's routes (`/git/NAME.git/…`) and the JSON API (`/api/repositories/…`).
    public nonisolated func addRoutes(to router: Router<ServiceContext>) {
        let group = router.group()
        group.add(middleware: ErrorMiddleware())
        group.add(middleware: TokenMiddleware(tokens))
        addGitRoutes(to: group)
        addRepositoryRoutes(to: group)
        addChangeRoutes(to: group)
    }

    private nonisolated func addRepositoryRoutes(to router: RouterGroup<ServiceContext>) {
        router.get("/api/repositories") { _, context in
            if !self.options.anonymousRead { _ = try context.requireIdentity() }
            var list: [Value] = []
            for name in try await self.repositories() {
                let head = try await self.repository(name).resolve(HostedRepository.trunk)
                list.append(["name": .string(name), "head": Value(head?.hex), "git": .string("/git/\(name).git")])
            }
            return JSONBody.response(["repositories": .array(list)])
        }
        router.post("/api/repositories") { request, context in
            let identity = try context.requireIdentity()
            let body = try await Self.members(of: request, ["name", "signers"])
            let name = try Self.text(body, "name")
            try await self.createRepository(name, signers: Array(Self.text(body, "signers").utf8), by: identity)
            return JSONBody.response(["name": .string(name), "git": .string("/git/\(name).git")], status: .created)
        }
    }

    private nonisolated func addChangeRoutes(to router: RouterGroup<ServiceContext>) {
        let path: RouterPath = "/api/repositories/:repository/changes"
        router.get(path) { _, context in
            if !self.options.anonymousRead { _ = try context.requireIdentity() }
            return JSONBody.response(["changes": .array(try await self.changes(in: Self.name(context)).map(\.value))])
        }
        router.post(path) { request, context in
            let identity = try context.requireIdentity()
            let body = try await Self.members(of: request, ["branch", "title", "target"])
            let change = try await self.openChange(
                in: Self.name(context), branch: Self.text(body, "branch"), into: body["target"]?.string ?? "main",
                title: Self.text(body, "title"), by: identity)
            return JSONBody.response(change.value, status: .created)
        }
        router.get("/api/repositories/:repository/changes/:id") { _, context in
            if !self.options.anonymousRead { _ = try context.requireIdentity() }
            let name = try Self.name(context), id = try Self.id(context)
            var value = try await self.change(id, in: name).value
            value["diff"] = try await self.diffValue(id, name)
            return JSONBody.response(value)
        }
        router.post("/api/repositories/:repository/changes/:id/reviews") { request, context in
            let identity = try context.requireIdentity()
            let envelope = try Envelope(try await JSONBody.value(of: request, bytesMax: Evidence.envelopeBytesMax))
            let entry = try await self.review(Self.id(context), in: Self.name(context), envelope, by: identity)
            return JSONBody.response(entry.value, status: .created)
        }
        router.post("/api/repositories/:repository/changes/:id/merge") { _, context in
            let identity = try context.requireIdentity()
            let name = try Self.name(context), id = try Self.id(context)
            let verdict = try await self.merge(id, in: name, by: identity)
            return JSONBody.response(
                ["merged": .bool(verdict.isAllowed), "verdict": verdict.value],
                status: verdict.isAllowed ? .ok : .unprocessableContent)
        }
    }

    /// A diff that is too large for a page is left out, and said so.
    private func diffValue(_ id: Int, _ name: String) async throws(WaybillError) -> Value {
        do throws(WaybillError) {
            return .string(String(decoding: try await diff(of: id, in: name), as: UTF8.self))
        } catch {
            guard error.code == .limitExceeded else { throw error }
            return .string("The diff is too large to be shown here; use git.")
        }
    }

    // MARK: Requests

    private static func name(_ context: ServiceContext) throws(WaybillError) -> String {
        let name = context.parameters.get("repository") ?? ""
        try HostedRepository.check(name)
        return name
    }

    private static func id(_ context: ServiceContext) throws(WaybillError) -> Int {
        guard let text = context.parameters.get("id"), text.utf8.count <= 9, let id = Int(text), id > 0 else {
            throw WaybillError(.notFound, "there is no such change", subject: "change")
        }
        return id
    }

    /// The body's members; one that nobody asked for is an error.
    private static func members(of request: Request, _ known: [String]) async throws(WaybillError) -> Object {
        guard let object = try await JSONBody.value(of: request).object else {
            throw WaybillError(.invalidInput, "the body is not a JSON object", subject: "request")
        }
        for key in object.keys where !known.contains(key) {
            throw WaybillError(
                .invalidInput, "unknown key \(Redaction.excerpt(key))", subject: "request",
                remedy: "known keys: \(known.joined(separator: ", "))")
        }
        return object
    }

    private static func text(_ object: Object, _ key: String) throws(WaybillError) -> String {
        guard let text = object[key]?.string else {
            throw WaybillError(.invalidInput, "the key “\(key)” is missing or no text", subject: "request")
        }
        return text
    }
}

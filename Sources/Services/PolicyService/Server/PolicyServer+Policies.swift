import Documents
import Hummingbird
import PolicyTools
import Rego
import WaybillCore

/// Modules, queries, health.
extension PolicyServer {
    func policies(_ call: PolicyCall, _ path: [String]) throws -> Response {
        let identifier = path.joined(separator: "/")
        switch call.method {
        case .get, .head:
            let snapshot = store.snapshot
            guard !identifier.isEmpty else {
                let all = snapshot.policies.sorted { $0.key.precedesByBytes($1.key) }
                return call.json(["result": .array(all.map { Self.value($0.key, $0.value.source) })])
            }
            guard let policy = snapshot.policies[identifier] else { throw Self.missingPolicy(identifier) }
            return call.json(["result": Self.value(identifier, policy.source)])
        case .put where !identifier.isEmpty:
            guard let text = call.text else {
                throw PolicyFailure(.badRequest, "invalid_parameter", "the policy is not UTF-8 text")
            }
            let existing = store.snapshot.policies[identifier]
            if existing?.source.text == text { return call.json([:]) }
            do {
                try store.setPolicy(text, identifier: identifier, version: settings.version)
            } catch  where error is RegoError || error is RegoErrors {
                throw PolicyFailure(
                    .badRequest, "invalid_parameter", "error(s) occurred while compiling module(s)", error)
            }
            return call.json([:])
        case .delete where !identifier.isEmpty:
            do {
                try store.removePolicy(identifier)
            } catch  where error is RegoErrors {
                // Another module needs this one.
                throw PolicyFailure(
                    .badRequest, "invalid_operation", "error(s) occurred while compiling module(s)", error)
            }
            return call.json([:])
        default: throw PolicyFailure(.methodNotAllowed, "method_not_allowed", "method not allowed")
        }
    }

    private static func missingPolicy(_ identifier: String) -> PolicyFailure {
        PolicyFailure(
            .notFound, "resource_not_found", "storage_not_found_error: policy id \"\(identifier)\"")
    }

    private static func value(_ identifier: String, _ source: SourceModule) -> Value {
        ["id": .string(identifier), "raw": .string(source.text), "ast": source.module.tree()]
    }

    // MARK: Queries

    func query(_ call: PolicyCall) async throws -> Response {
        let explanation = try explanation(of: call)
        let recorder = explanation.map { _ in EvaluationRecorder(.init(hasTrace: true, eventsMax: 100_000)) }
        var text = call["q"]
        var input: RegoValue?
        if call.method == .post {
            guard let document = try call.document("request"), document.object != nil else {
                throw PolicyFailure(.badRequest, "invalid_parameter", "body contains malformed request")
            }
            text = document["query"]?.string
            input = document["input"].map { RegoValue($0) }
        }
        guard let text, !text.isEmpty else {
            throw PolicyFailure(.badRequest, "invalid_parameter", "missing parameter 'q'")
        }
        let snapshot = store.snapshot
        let start = host.clock()
        let solutions: [[String: RegoValue]]
        do {
            solutions = try snapshot.compiled.evaluate(
                query: text, regoInput: input, limits: limits(),
                surroundings: host.surroundings(hasStrictErrors: call.flag("strict-builtin-errors")),
                recorder: recorder)
        } catch {
            await log(query: text, call, snapshot, input, nil, error)
            // What is wrong with the query is the caller's to mend; what goes wrong in it is not.
            let isOurs = (error as? RegoError)?.code.rawValue.hasPrefix("eval_") ?? false
            guard !isOurs else { throw error }
            throw PolicyFailure(
                .badRequest, "invalid_parameter", "error(s) occurred while compiling module(s)", error)
        }
        let result = Value.array(
            solutions.map { solution in
                .object(
                    Object(
                        solution.filter { !$0.key.hasPrefix("$") && !$0.key.hasPrefix("__") }
                            .sorted { $0.key.precedesByBytes($1.key) }
                            .map { (key: $0.key, value: $0.value.document) }))
            })
        await log(query: text, call, snapshot, input, result, nil)
        var answer: Object = [:]
        if call.flag("metrics") { answer["metrics"] = ["timer_rego_query_eval_ns": .integer(host.clock() - start)] }
        if !solutions.isEmpty { answer["result"] = result }
        if let explanation, let recorder {
            answer["explanation"] = Self.explained(recorder, explanation, snapshot.compiled, call)
        }
        return call.json(.object(answer))
    }

    // MARK: Health

    func health(_ call: PolicyCall) throws -> Response {
        switch Array(call.path.dropFirst()) {
        case []:
            if call.flag("bundles") || call.flag("bundle"), let plugins, !plugins.areBundlesActive {
                return call.json(
                    ["error": "not all configured bundles have been activated"], status: .internalServerError)
            }
            if call.flag("plugins"), let plugins {
                let excluded = Set(call.parameters.filter { $0.name == "exclude-plugin" }.map(\.value))
                guard plugins.isReady(except: excluded) else {
                    return call.json(["error": "not all plugins in OK state"], status: .internalServerError)
                }
            }
            return call.json([:])
        case let names where names.count <= 8:
            // Further checks are rules of `system.health`.
            let path = ["system", "health"] + names
            let input: Value = [
                "plugins_ready": .bool(plugins?.isReady(except: []) ?? true), "plugin_state": plugins?.states() ?? [:],
            ]
            let result: RegoValue?
            do {
                result = try store.snapshot.compiled.document(
                    at: path, input: RegoValue(input), limits: limits(), surroundings: host.surroundings())
            } catch {
                return call.json(["error": .string("\(error)")], status: .internalServerError)
            }
            let name = (["data"] + path).joined(separator: ".")
            switch result {
            case .bool(true)?: return call.json([:])
            case nil:
                return call.json(
                    ["error": .string("health check (\(name)) was undefined")], status: .internalServerError)
            default:
                return call.json(
                    ["error": .string("health check (\(name)) returned unexpected value")], status: .internalServerError
                )
            }
        default: throw PolicyFailure(.notFound, "not_found", "page not found")
        }
    }
}

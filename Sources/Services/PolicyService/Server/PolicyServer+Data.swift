import Documents
import Hummingbird
import PolicyTools
import Rego
import WaybillCore

/// Documents: reading them is a decision, writing them changes what decisions are made from.
extension PolicyServer {
    func data(_ call: PolicyCall, _ path: [String]) async throws -> Response {
        switch call.method {
        case .get, .head:
            var input: RegoValue?
            if let text = call["input"] {
                do {
                    input = RegoValue(try JSONReader.value(from: text))
                } catch {
                    throw PolicyFailure(
                        .badRequest, "invalid_parameter", "parameter contains malformed input document: \(error)")
                }
            }
            return try await decide(call, path, input: input, hasInput: input != nil)
        case .post:
            let document = try call.document("input document")
            guard let document else { return try await decide(call, path, input: nil, hasInput: false) }
            guard document.object != nil else {
                throw PolicyFailure(
                    .badRequest, "invalid_parameter", "body contains malformed input document: expected an object")
            }
            return try await decide(
                call, path, input: document["input"].map { RegoValue($0) }, hasInput: document["input"] != nil)
        case .put: return try put(call, path)
        case .patch: return try patch(call, path)
        case .delete:
            try store.changeData(at: path) { (data) throws(WaybillError) in
                guard data.document(at: path) != nil, data.setDocument(at: path, to: nil) else {
                    throw Self.missing(path)
                }
            }
            return PolicyCall.noContent
        default: throw PolicyFailure(.methodNotAllowed, "method_not_allowed", "method not allowed")
        }
    }

    static func missing(_ path: [String]) -> WaybillError {
        WaybillError(
            .notFound, "/\(path.joined(separator: "/")): document does not exist", subject: "storage_not_found_error")
    }

    private func put(_ call: PolicyCall, _ path: [String]) throws -> Response {
        guard let value = try call.document("data") else {
            throw PolicyFailure(.badRequest, "invalid_parameter", "body is empty, expected a document")
        }
        if call.headers[.ifNoneMatch] == "*",
            Value.object(store.snapshot.data).document(at: path) != nil
        {
            return Response(status: .notModified)
        }
        try store.changeData(at: path) { (data) throws(WaybillError) in
            guard !path.isEmpty || value.object != nil else {
                throw WaybillError(.invalidInput, "root must be object", subject: "storage_invalid_patch_error")
            }
            guard data.setDocument(at: path, to: value) else {
                throw WaybillError(
                    .conflict, "/\(path.joined(separator: "/"))", subject: "storage_write_conflict_error")
            }
        }
        return PolicyCall.noContent
    }

    private func patch(_ call: PolicyCall, _ path: [String]) throws -> Response {
        guard let document = try call.document("patch") else {
            throw PolicyFailure(.badRequest, "invalid_parameter", "body is empty, expected a JSON patch")
        }
        let patch = try JSONPatch(document)
        try store.changeData(at: path) { (data) throws(WaybillError) in
            guard let target = data.document(at: path) else { throw Self.missing(path) }
            let changed: Value
            do throws(WaybillError) {
                changed = try patch.apply(to: target)
            } catch {
                guard error.code == .notFound else { throw error }
                throw WaybillError(.notFound, error.message, subject: "storage_not_found_error")
            }
            _ = data.setDocument(at: path, to: changed)
        }
        return PolicyCall.noContent
    }

    // MARK: Deciding

    /// A decision with everything that the parameters ask for beside it.
    private func decide(_ call: PolicyCall, _ path: [String], input: RegoValue?, hasInput: Bool) async throws
        -> Response
    {
        let explanation = try explanation(of: call)
        let recorder = explanation.map { _ in EvaluationRecorder(.init(hasTrace: true, eventsMax: 100_000)) }
        let snapshot = store.snapshot
        let start = host.clock()
        let identifier = host.identifier()
        var metrics: Object = [:]
        let result: RegoValue?
        do {
            result = try snapshot.compiled.document(
                at: path, input: input, limits: limits(),
                surroundings: host.surroundings(hasStrictErrors: call.flag("strict-builtin-errors")),
                recorder: recorder)
        } catch {
            await log(call, snapshot, identifier, path, input, nil, error, metrics)
            throw error
        }
        metrics["timer_rego_query_eval_ns"] = .integer(host.clock() - start)
        metrics["timer_server_handler_ns"] = .integer(host.clock() - start)
        let document = result?.document
        await log(call, snapshot, identifier, path, input, document, nil, metrics)
        var answer: Object = [:]
        if plugins?.logsDecisions == true { answer["decision_id"] = .string(identifier) }
        if call.flag("metrics") || call.flag("instrument") { answer["metrics"] = .object(metrics) }
        if call.flag("provenance") { answer["provenance"] = provenance(snapshot) }
        if !hasInput, call.method == .post {
            answer["warning"] = [
                "code": "api_usage_warning",
                "message": "'input' key missing from the request",
            ]
        }
        if let document { answer["result"] = document }
        if let explanation, let recorder {
            answer["explanation"] = Self.explained(recorder, explanation, snapshot.compiled, call)
        }
        return call.json(.object(answer))
    }

    /// For people lines, for programs objects.
    static func explained(
        _ recorder: EvaluationRecorder, _ explanation: Explanation, _ policy: CompiledPolicy, _ call: PolicyCall
    ) -> Value {
        let events = recorder.events.explaining(explanation)
        return call.flag("pretty") ? .array(events.lines(policy).map(Value.string)) : events.document(policy)
    }

    func explanation(of call: PolicyCall) throws(PolicyFailure) -> Explanation? {
        guard let text = call["explain"], text != "off" else { return nil }
        // OPA's debug has more of its own inner steps; here there are none beyond full.
        guard let explanation = Explanation(rawValue: text == "debug" ? "full" : text) else {
            throw PolicyFailure(
                .badRequest, "invalid_parameter", "explain: expected off, notes, fails, full or debug")
        }
        return explanation
    }

    func provenance(_ snapshot: PolicyStore.Snapshot) -> Value {
        var object: Object = ["version": .string(host.version)]
        if !snapshot.bundles.isEmpty {
            object["bundles"] = .object(
                Object(
                    snapshot.revisions.sorted { $0.key.precedesByBytes($1.key) }.map {
                        (key: $0.key, value: ["revision": .string($0.value)])
                    }))
        }
        return .object(object)
    }

    /// The body is the input and the answer is the document: what webhooks speak.
    func webhook(_ call: PolicyCall, _ path: [String]) async throws -> Response {
        let snapshot = store.snapshot
        let input = try call.document("input document").map { RegoValue($0) }
        let identifier = host.identifier()
        let start = host.clock()
        let result: RegoValue?
        do {
            result = try snapshot.compiled.document(
                at: path, input: input, limits: limits(),
                surroundings: host.surroundings(hasStrictErrors: call.flag("strict-builtin-errors")))
        } catch {
            await log(call, snapshot, identifier, path, input, nil, error, [:])
            throw error
        }
        let metrics: Object = ["timer_rego_query_eval_ns": .integer(host.clock() - start)]
        await log(call, snapshot, identifier, path, input, result?.document, nil, metrics)
        guard let result else {
            throw PolicyFailure(
                .notFound, "undefined_document",
                "document undefined: \((["data"] + path).joined(separator: "."))")
        }
        return call.json(result.document)
    }

    private func log(
        _ call: PolicyCall, _ snapshot: PolicyStore.Snapshot, _ identifier: String, _ path: [String],
        _ input: RegoValue?, _ result: Value?, _ error: (any Error)?, _ metrics: Object
    ) async {
        guard let plugins, plugins.logsDecisions else { return }
        let event = DecisionEvent(
            labels: plugins.labels, decisionIdentifier: identifier, bundles: snapshot.revisions,
            path: path.joined(separator: "/"), query: nil, input: input?.document, result: result,
            error: error.map { ErrorReport($0).entries.map(\.text).joined(separator: "; ") },
            requestedBy: call.remoteAddress, timestamp: host.timestamp(), metrics: metrics)
        await plugins.log(event, snapshot)
    }

    /// The same for a query.
    func log(
        query: String, _ call: PolicyCall, _ snapshot: PolicyStore.Snapshot, _ input: RegoValue?, _ result: Value?,
        _ error: (any Error)?
    ) async {
        guard let plugins, plugins.logsDecisions else { return }
        let event = DecisionEvent(
            labels: plugins.labels, decisionIdentifier: host.identifier(), bundles: snapshot.revisions, path: nil,
            query: query, input: input?.document, result: result,
            error: error.map { ErrorReport($0).entries.map(\.text).joined(separator: "; ") },
            requestedBy: call.remoteAddress, timestamp: host.timestamp(), metrics: [:])
        await plugins.log(event, snapshot)
    }
}

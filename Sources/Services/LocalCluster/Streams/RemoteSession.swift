import Documents

/// What a client says in a session.
enum SessionInput: Sendable {
    /// All channels are there.
    case ready
    case data([UInt8])
    case endOfInput
    case resize(columns: Int, rows: Int)
}

/// What carries a session to the client.
protocol SessionCarrier: Sendable {
    /// Calls with what the client says until it hangs up.
    func receive(_ handle: @Sendable (SessionInput) async -> Void) async throws
    func send(_ bytes: [UInt8], on channel: SessionChannel) async throws
    /// Says how it ended, and hangs up.
    func finish(_ status: Value) async throws
}

/// Ties a program to a client: `kubectl exec` and `kubectl attach`.
actor RemoteSession {
    private let carrier: any SessionCarrier
    private let outputs: [SessionChannel]
    private let start: @Sendable () throws(APIError) -> any RemoteProgram
    private let ready = AsyncStream<Void>.makeStream()
    private var program: (any RemoteProgram)?
    /// Why there is no program.
    private var failure: APIError?
    /// How long the client may take to hang up once it knows how the program ended.
    private static let farewell = Duration.seconds(2)

    init(
        _ carrier: any SessionCarrier, outputs: [SessionChannel],
        start: @escaping @Sendable () throws(APIError) -> any RemoteProgram
    ) {
        self.carrier = carrier
        self.outputs = outputs
        self.start = start
    }

    /// Returns when the session is over.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                // A client that breaks off is a client that has gone.
                try? await carrier.receive { await self.handle($0) }
                await self.hangUp()
            }
            group.addTask { [self] in
                for await _ in ready.stream { await serve() }
                try? await Task.sleep(for: Self.farewell)
            }
            await group.next()
            group.cancelAll()
        }
        hangUp()
        program?.close()
    }

    private func handle(_ input: SessionInput) async {
        switch input {
        case .ready:
            // Started before anything else is taken in: input that comes at once is for the program.
            do throws(APIError) { program = try start() } catch { failure = error }
            ready.continuation.yield()
            ready.continuation.finish()
        case .data(let bytes): _ = await program?.write(bytes)
        case .endOfInput: program?.closeInput()
        case .resize(let columns, let rows): program?.resize(columns: columns, rows: rows)
        }
    }

    private func hangUp() {
        ready.continuation.finish()
        program?.hangUp()
    }

    private func serve() async {
        do {
            if let failure { throw failure }
            guard let program else { return }
            await withTaskGroup(of: Void.self) { group in
                for output in outputs {
                    group.addTask { [carrier] in
                        while let bytes = await program.read(output) {
                            do { try await carrier.send(bytes, on: output) } catch { return program.hangUp() }
                        }
                    }
                }
            }
            try await carrier.finish(SessionStatus.ended(await program.wait()))
        } catch let error as APIError {
            try? await carrier.finish(error.status)
        } catch {
            // The client has gone before it could be told.
            program?.hangUp()
        }
    }
}

/// How a program ended, as clients expect to be told.
enum SessionStatus {
    static func ended(_ code: Int32) -> Value {
        guard code != 0 else { return ["metadata": [:], "status": "Success"] }
        return [
            "metadata": [:], "status": "Failure",
            "message": .string("command terminated with non-zero exit code: exit status \(code)"),
            "reason": "NonZeroExitCode",
            "details": ["causes": [["reason": "ExitCode", "message": .string(String(code))]]],
        ]
    }
}

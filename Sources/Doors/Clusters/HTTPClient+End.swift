package import AsyncHTTPClient

extension HTTPClient {
    /// Ends all connections. Peers that do not say farewell keep the client waiting for seconds; who stops does not
    /// wait for them.
    package func end(within limit: Duration = .milliseconds(200)) async {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        _Concurrency.Task {
            try? await self.shutdown()
            end.finish()
        }
        let timer = _Concurrency.Task {
            try? await _Concurrency.Task.sleep(for: limit)
            end.finish()
        }
        for await _ in ended {}
        timer.cancel()
    }
}

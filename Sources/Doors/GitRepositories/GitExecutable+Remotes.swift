import Processes
public import WaybillCore

extension GitExecutable {
    /// Gets references and their history from another repository. `refspecs` are as `git fetch` takes them
    /// (`+refs/heads/*:refs/heads/*`); references that are gone there are removed here when `prune`.
    public func fetch(
        from url: String, _ refspecs: [String], credentials: GitCredentials? = nil,
        transports: Set<GitEnvironment.Transport> = [.https, .http], authorityFile: String? = nil, prune: Bool = true,
        timeout: Duration = .seconds(300)
    ) async throws(WaybillError) {
        let environment = try remoteEnvironment(url, credentials, transports, authorityFile)
        for refspec in refspecs {
            guard !refspec.hasPrefix("-") else {
                throw WaybillError(
                    .invalidInput, "not a refspec: \(Redaction.excerpt(refspec))", subject: Redaction.url(url))
            }
        }
        let options =
            ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"] + (prune ? ["--prune"] : [])
        let outcome = try await ProcessRunner.run(
            environment.command(
                ["--git-dir=\(gitFolder)", "fetch"] + options + ["--", url] + refspecs, timeout: timeout))
        guard outcome.isSuccess else { throw Self.remoteFailure("fetch", url, outcome) }
    }

    func remoteEnvironment(
        _ url: String, _ credentials: GitCredentials?, _ transports: Set<GitEnvironment.Transport>,
        _ authorityFile: String?
    ) throws(WaybillError) -> GitEnvironment {
        var environment = environment
        try environment.prepareRemote(url, credentials, transports, authorityFile)
        return environment
    }

    static func remoteFailure(_ verb: String, _ url: String, _ outcome: Outcome) -> WaybillError {
        let text = outcome.errorText
        let lines = text.split(separator: "\n").suffix(12).joined(separator: " | ")
        let code: WaybillError.Code =
            if text.contains("Authentication failed") || text.contains("could not read Username") {
                .unauthenticated
            } else if text.contains("rejected") || text.contains("declined") {
                .forbidden
            } else if text.contains("Could not resolve host") || text.contains("Failed to connect")
                || text.contains("Connection refused")
            {
                .unavailable
            } else if text.contains("not found") || text.contains("does not appear to be a git repository") {
                .notFound
            } else {
                .failed
            }
        return WaybillError(code, "git \(verb): \(lines)", subject: Redaction.url(url))
    }
}

extension GitEnvironment {
    /// Allows the URL's transport and adds what lets us in there.
    mutating func prepareRemote(
        _ url: String, _ credentials: GitCredentials?, _ transports: Set<Transport>, _ authorityFile: String?
    ) throws(WaybillError) {
        let scheme = url.hasPrefix("/") ? "file" : url.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        guard let transport = Transport(rawValue: scheme), transports.contains(transport), !url.hasPrefix("-"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else {
            throw WaybillError(
                .unsupported, "the transport is not allowed here", subject: Redaction.url(url),
                remedy: "use a URL that begins with \(transports.map(\.rawValue).sorted().joined(separator: " or "))")
        }
        setVariable("GIT_ALLOW_PROTOCOL", transport.rawValue)
        if let credentials { set("http.extraHeader", credentials.authorization) }
        if let authorityFile { set("http.sslCAInfo", authorityFile) }
    }
}

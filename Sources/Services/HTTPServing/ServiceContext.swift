public import Hummingbird
public import WaybillCore

/// What a request carries through the middleware: who asks, once that is known.
public struct ServiceContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Set by `TokenMiddleware` when the request brought a valid token.
    public var identity: Identity?

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// The caller's identity. Throws `.unauthenticated` where there is none.
    public func requireIdentity() throws(WaybillError) -> Identity {
        guard let identity else {
            throw WaybillError(
                .unauthenticated, "this needs a token", subject: "request",
                remedy: "send it as the header “Authorization: Bearer …” or as the password")
        }
        return identity
    }
}

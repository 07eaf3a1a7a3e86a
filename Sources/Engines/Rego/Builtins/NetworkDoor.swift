/// The way out to the network that a host may give to its policies. Without one every such call ends the evaluation.
public struct NetworkDoor: Sendable {
    /// The hosts that may be asked, without ports. No other is ever asked, and no redirection to one is to be followed.
    public var hosts: Set<String>
    /// `http.send`: from the request's object to the answer's.
    public var send: @Sendable (RegoValue) throws -> RegoValue
    /// `net.lookup_ip_addr`
    public var addresses: @Sendable (String) throws -> [String]

    public init(
        hosts: Set<String>, send: @escaping @Sendable (RegoValue) throws -> RegoValue,
        addresses: @escaping @Sendable (String) throws -> [String]
    ) {
        self.hosts = hosts
        self.send = send
        self.addresses = addresses
    }

    /// Throws unless the host is on the list.
    func check(_ host: String) throws(BuiltinFailure) {
        guard hosts.contains(host.lowercased()) else {
            throw NetworkBuiltins.failure("the host \(RegoValue.string(host)) is not among those that policies may ask")
        }
    }
}

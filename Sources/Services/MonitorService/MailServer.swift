import Files
import NIOSSL
import WaybillCore

/// The server that mails are handed to, and how.
public struct MailServer: Hashable, Sendable {
    public enum Security: String, Hashable, Sendable, CaseIterable {
        /// In plain: to a relay on the same machine.
        case none
        /// In plain until the server has agreed to encryption (RFC 3207); without it nothing is sent.
        case starttls
        /// Encrypted from the first byte (RFC 8314).
        case tls
    }

    public var host: String
    public var port: Int
    public var security: Security
    /// Who says that it is us; nobody where the server asks nobody.
    public var user: String?
    /// The file that holds the password alone.
    public var passwordFile: String?
    /// PEM certificates to trust instead of the system's.
    public var authorityFile: String?

    /// - Parameter security: nil for what the port is for: 465 is encrypted from the start, 587 after STARTTLS.
    public init(
        host: String, port: Int = 25, security: Security? = nil, user: String? = nil, passwordFile: String? = nil,
        authorityFile: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security ?? (port == 465 ? .tls : port == 587 ? .starttls : .none)
        self.user = user
        self.passwordFile = passwordFile
        self.authorityFile = authorityFile
    }

    /// Why the settings contradict each other; nil where they do not.
    var contradiction: String? {
        if (user == nil) != (passwordFile == nil) { return "user and passwordFile go together" }
        if user != nil, security == .none { return "a password is not sent in plain: set security to starttls or tls" }
        return nil
    }

    /// The words of AUTH PLAIN (RFC 4616); nil where nobody is asked.
    func credentials() throws(WaybillError) -> String? {
        guard let user, let passwordFile else { return nil }
        let password = try Files.text(passwordFile).prefix { !$0.isNewline }
        return Base64.encode([0] + Array(user.utf8) + [0] + Array(password.utf8))
    }

    /// The handler that encrypts what goes to the server.
    func encryption() throws(WaybillError) -> NIOSSLClientHandler {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let authorityFile { configuration.trustRoots = .file(authorityFile) }
            let context = try NIOSSLContext(configuration: configuration)
            // An address is no name that a certificate could be asked for before the connection.
            let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
            return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
        } catch {
            throw WaybillError(.failed, "encryption cannot be set up", subject: "\(host):\(port)", cause: error)
        }
    }
}

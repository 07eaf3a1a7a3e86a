import Documents
import Foundation
import WaybillCore

/// Finds the parts of kubeconfig files that one context puts together.
struct KubeconfigReader {
    struct File {
        let path: String
        let document: Value

        func resolved(_ file: String) -> String {
            if file.hasPrefix("/") { return file }
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            return folder + file
        }
    }

    /// A thing with a name, and the file that it stands in: its relative paths start there.
    struct Entry {
        let file: File
        let value: Value

        subscript(key: String) -> Value? { value[key].flatMap { $0 == .null ? nil : $0 } }

        func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: file.path) }

        /// Inline base 64 (`KEY-data`) or a file beside the kubeconfig.
        func pem(_ key: String) throws(WaybillError) -> String? {
            if let text = self["\(key)-data"]?.string {
                guard let bytes = Base64.decode(text) else { throw failure("“\(key)-data” is not base 64") }
                return String(decoding: bytes, as: UTF8.self)
            }
            guard let name = self[key]?.string, !name.isEmpty else { return nil }
            guard let bytes = FileManager.default.contents(atPath: file.resolved(name)) else {
                throw failure("“\(key)” cannot be read")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    let files: [File]
    let allowsPrograms: Bool
    let environment: [String: String]

    var subject: String { files.map(\.path).joined(separator: ":") }

    func access(_ wanted: String?) throws(WaybillError) -> ClusterAccess {
        let name = try contextName(wanted)
        let context = try entry("contexts", name, "context")
        let cluster = try entry("clusters", context["cluster"]?.string ?? "", "cluster")
        guard let server = cluster["server"]?.string,
            server.hasPrefix("https://") || server.hasPrefix("http://127.0.0.1")
        else {
            throw cluster.failure("the server of context “\(name)” is not an https address")
        }
        if cluster["insecure-skip-tls-verify"]?.bool == true {
            throw cluster.failure("insecure-skip-tls-verify is refused: the server could be anybody")
        }
        let address = server.hasSuffix("/") ? String(server.dropLast()) : server
        let proxy =
            if let text = cluster["proxy-url"]?.string, !text.isEmpty {
                try ClusterProxy(text, subject: cluster.file.path)
            } else {
                try ClusterProxy.fromEnvironment(environment, server: address)
            }
        var access = ClusterAccess(
            server: address, credentials: .none, authorityPEM: try cluster.pem("certificate-authority"),
            serverName: cluster["tls-server-name"]?.string,
            namespace: context["namespace"]?.string ?? "default", proxy: proxy)
        if let userName = context["user"]?.string, !userName.isEmpty {
            let user = try entry("users", userName, "user")
            access.credentials = try credentials(user, access)
            access.impersonation = try impersonation(user)
        }
        return access
    }

    /// The wanted context, or the first that a file calls current.
    func contextName(_ wanted: String?) throws(WaybillError) -> String {
        let current = files.lazy.compactMap { $0.document["current-context"]?.string }.first { !$0.isEmpty }
        guard let name = wanted ?? current, !name.isEmpty else { throw failure("no current-context is set") }
        return name
    }

    private func credentials(_ user: Entry, _ access: ClusterAccess) throws(WaybillError) -> ClusterAccess.Credentials {
        if user["auth-provider"] != nil {
            throw WaybillError(
                .unsupported, "“auth-provider” was removed from Kubernetes in 1.26", subject: user.file.path,
                remedy: "use an “exec” program, a token, a token file or a client certificate")
        }
        if user["username"] != nil || user["password"] != nil {
            throw WaybillError(
                .unsupported, "user name and password were removed from Kubernetes in 1.19", subject: user.file.path,
                remedy: "use a token, a token file or a client certificate")
        }
        if let certificate = try user.pem("client-certificate") {
            guard let key = try user.pem("client-key") else {
                throw user.failure("a client certificate without its key")
            }
            return .certificate(certificatePEM: certificate, privateKeyPEM: key)
        }
        if let file = user["tokenFile"]?.string, !file.isEmpty { return .tokenFile(user.file.resolved(file)) }
        if let token = user["token"]?.string, !token.isEmpty { return .token(token) }
        guard let program = user["exec"] else { return .none }
        guard allowsPrograms else {
            throw WaybillError(
                .unsupported, "“exec” credentials are refused: the file would start a program", subject: user.file.path,
                remedy: "allow it (--allow-exec), or use a token, a token file or a client certificate")
        }
        return .program(try CredentialProgram(program, in: user.file, access, environment: environment))
    }

    private func impersonation(_ user: Entry) throws(WaybillError) -> Impersonation? {
        let keys = ["as-groups", "as-uid", "as-user-extra"]
        guard let name = user["as"]?.string, !name.isEmpty else {
            if let key = keys.first(where: { user[$0] != nil }) { throw user.failure("“\(key)” without “as”") }
            return nil
        }
        let extra = (user["as-user-extra"]?.object ?? [:]).map { entry in
            (entry.key, (entry.value.array ?? []).compactMap(\.string))
        }
        return Impersonation(
            user: name, groups: (user["as-groups"]?.array ?? []).compactMap(\.string), uid: user["as-uid"]?.string,
            extra: Dictionary(extra) { first, _ in first })
    }

    func entry(_ list: String, _ name: String, _ key: String) throws(WaybillError) -> Entry {
        for file in files {
            for candidate in file.document[list]?.array ?? []
            where candidate["name"]?.string?.hasSameBytes(as: name) == true {
                guard let value = candidate[key] else { break }
                return Entry(file: file, value: value)
            }
        }
        throw failure("\(list) has no entry \(Redaction.excerpt(name))")
    }

    private func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: subject) }
}

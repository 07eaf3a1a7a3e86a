import Documents
import Files
import HTTPServing
import WaybillCore

/// What makes a restarted cluster the same one to its clients: port, certificate, token.
struct ClusterIdentity {
    var port: Int
    var tls: TLSIdentity
    var adminToken: String
    /// Signs the tokens of service accounts.
    var accountTokens: ServiceAccountTokens

    private static let name = "identity.json"

    static func load(_ configuration: LocalClusterConfiguration) throws(WaybillError) -> ClusterIdentity {
        let path = "\(configuration.folder)/\(name)"
        guard Files.exists(path) else {
            return ClusterIdentity(
                port: configuration.port,
                tls: try TLSIdentity.selfSigned(hosts: ["127.0.0.1", "localhost", "kubernetes.default.svc"]),
                adminToken: configuration.adminToken ?? TokenTable.newToken(),
                accountTokens: try ServiceAccountTokens(key: nil))
        }
        let value: Value
        do {
            value = try JSONReader.value(from: try Files.read(path))
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.corrupted, "is not JSON", subject: path, cause: error)
        }
        guard let port = value["port"]?.integer, let certificate = value["certificate"]?.string,
            let key = value["key"]?.string, let authority = value["authority"]?.string,
            let token = value["token"]?.string
        else {
            throw WaybillError(
                .corrupted, "lacks a part", subject: path, remedy: "remove it: clients then need the new kubeconfig")
        }
        return ClusterIdentity(
            port: configuration.port == 0 ? port : configuration.port,
            tls: TLSIdentity(certificatePEM: certificate, privateKeyPEM: key, authorityPEM: authority),
            adminToken: configuration.adminToken ?? token,
            accountTokens: try ServiceAccountTokens(key: value["accountKey"]?.string))
    }

    func keep(in folder: String, port: Int) throws(WaybillError) {
        let value: Value = [
            "port": .integer(port), "certificate": .string(tls.certificatePEM), "key": .string(tls.privateKeyPEM),
            "authority": .string(tls.authorityPEM), "token": .string(adminToken),
            "accountKey": .string(accountTokens.pem),
        ]
        try Files.write(JSONWriter.bytes(value, style: .pretty), to: "\(folder)/\(Self.name)", mode: 0o600)
    }
}

/// Writes kubeconfig files.
enum Kubeconfig {
    static func write(to path: String, address: String, authorityPEM: String, token: String) throws(WaybillError) {
        let value: Value = [
            "apiVersion": "v1", "kind": "Config", "current-context": "waybill",
            "clusters": [
                [
                    "name": "waybill",
                    "cluster": [
                        "server": .string(address),
                        "certificate-authority-data": .string(Base64.encode(authorityPEM.utf8)),
                    ],
                ]
            ],
            "users": [["name": "waybill-admin", "user": ["token": .string(token)]]],
            "contexts": [["name": "waybill", "context": ["cluster": "waybill", "user": "waybill-admin"]]],
        ]
        try Files.write(Array(YAMLWriter.string(value).utf8), to: path, mode: 0o600)
    }
}

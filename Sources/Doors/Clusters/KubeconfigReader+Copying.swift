import Documents
import WaybillCore

extension KubeconfigReader {
    /// One context with nothing that it needs from files beside the kubeconfig, but tokens that are replaced and programs.
    func selfContained(_ wanted: String?) throws(WaybillError) -> Value {
        // What would be refused later is refused now.
        _ = try access(wanted)
        let name = try contextName(wanted)
        let context = try entry("contexts", name, "context")
        let cluster = try entry("clusters", context["cluster"]?.string ?? "", "cluster")
        var server: Value = [:]
        for key in ["server", "tls-server-name", "proxy-url"] { server[key] = cluster[key] }
        if let pem = try cluster.pem("certificate-authority") {
            server["certificate-authority-data"] = .string(Base64.encode(Array(pem.utf8)))
        }
        var link: Value = ["cluster": "cluster"]
        link["namespace"] = context["namespace"]
        var result: Value = [
            "apiVersion": "v1", "kind": "Config", "current-context": "context",
            "clusters": [["name": "cluster", "cluster": server]],
        ]
        if let user = context["user"]?.string, !user.isEmpty {
            result["users"] = [["name": "user", "user": try copied(try entry("users", user, "user"))]]
            link["user"] = "user"
        }
        result["contexts"] = [["name": "context", "context": link]]
        return result
    }

    private func copied(_ user: Entry) throws(WaybillError) -> Value {
        var result: Value = [:]
        for key in ["token", "as", "as-groups", "as-uid", "as-user-extra"] { result[key] = user[key] }
        if let file = user["tokenFile"]?.string, !file.isEmpty {
            result["tokenFile"] = .string(user.file.resolved(file))
        }
        for key in ["client-certificate", "client-key"] {
            guard let pem = try user.pem(key) else { continue }
            result["\(key)-data"] = .string(Base64.encode(Array(pem.utf8)))
        }
        if var program = user["exec"] {
            if let command = program["command"]?.string, command.contains("/") {
                program["command"] = .string(user.file.resolved(command))
            }
            result["exec"] = program
        }
        return result
    }
}

import HTTPServing
import HTTPTypes
import KubernetesAPI
import WaybillCore

/// Finds out who asks, and whom he speaks for.
struct Authenticator: Sendable {
    let tokens: TokenTable
    let accounts: ServiceAccountTokens
    let store: ObjectStore
    let authorizer: Authorizer

    /// Throws 401 for a token that nobody knows.
    func user(_ headers: HTTPFields) async throws(APIError) -> APIUser {
        let user = try await bearer(headers)
        return try impersonated(headers, by: user)
    }

    private func bearer(_ headers: HTTPFields) async throws(APIError) -> APIUser {
        guard let header = headers[.authorization] else { return .anonymous }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .unauthorized }
        let token = String(parts[1])
        if let identity = tokens.identity(of: token) { return .administrator(identity.name) }
        guard let found = await accounts.user(of: token, store), found.audiences.contains(ServiceAccountTokens.issuer)
        else { throw .unauthorized }
        return found.user
    }

    private func impersonated(_ headers: HTTPFields, by user: APIUser) throws(APIError) -> APIUser {
        func values(_ name: String) -> [String] {
            HTTPField.Name(name).map { headers[values: $0] } ?? []
        }
        let name = values("Impersonate-User").first ?? ""
        let groups = values("Impersonate-Group")
        let uid = values("Impersonate-Uid").first ?? ""
        var extra: [String: [String]] = [:]
        for field in headers where field.name.canonicalName.hasPrefix("impersonate-extra-") {
            extra[String(field.name.canonicalName.dropFirst("impersonate-extra-".count)), default: []].append(
                field.value)
        }
        guard !name.isEmpty else {
            guard groups.isEmpty, uid.isEmpty, extra.isEmpty else {
                let list = groups.map { "\"\($0)\"" }.joined(separator: ", ")
                throw .badRequest(
                    "requested &user.DefaultInfo{Name:\"\", UID:\"\(uid)\", Groups:[]string\(groups.isEmpty ? "(nil)" : "{\(list)}"), Extra:map[string][]string(nil)} without impersonating a user name"
                )
            }
            return user
        }
        let parts = name.split(separator: ":").map(String.init)
        let isAccount = parts.count == 4 && parts[0] == "system" && parts[1] == "serviceaccount"
        // A service account is one of its namespace, and whoever may act for users may not act for it.
        try authorizer.check(
            isAccount
                ? .init(verb: "impersonate", resource: "serviceaccounts", namespace: parts[2], name: parts[3])
                : .init(verb: "impersonate", resource: "users", name: name), user)
        for group in groups { try authorizer.check(.init(verb: "impersonate", resource: "groups", name: group), user) }
        let details = "authentication.k8s.io"
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            for value in values {
                try authorizer.check(
                    .init(
                        verb: "impersonate", group: details, resource: "userextras", subresource: key, name: value),
                    user)
            }
        }
        if !uid.isEmpty {
            try authorizer.check(.init(verb: "impersonate", group: details, resource: "uids", name: uid), user)
        }
        var result = APIUser(name: name, uid: uid, groups: groups, extra: extra)
        if isAccount, groups.isEmpty {
            result.groups = ["system:serviceaccounts", "system:serviceaccounts:\(parts[2])"]
        }
        if name == "system:anonymous" {
            result.groups.append("system:unauthenticated")
        } else if !result.groups.contains("system:authenticated") {
            result.groups.append("system:authenticated")
        }
        return result
    }
}

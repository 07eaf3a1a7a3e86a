import WaybillCore

/// Who works with Git: the key that signs commits and the token that opens the forge. Given by environment, so that no
/// secret stands in an argument and nobody's own configuration counts.
struct GitIdentity {
    var name: String
    var email: String
    /// The file of the public key; the private one lies beside it.
    var publicKeyPath: String
    /// The folder that Git takes for the home.
    var home: String
    /// Who asks the forge, and the token; in no argument and in no error.
    var login: (user: String, token: String)
    var isSigning = true

    var environment: [String: String] {
        let settings = [
            ("user.name", name), ("user.email", email), ("gpg.format", "ssh"), ("user.signingkey", publicKeyPath),
            ("commit.gpgsign", isSigning ? "true" : "false"), ("init.defaultBranch", "main"),
            ("advice.detachedHead", "false"),
            ("http.extraHeader", "Authorization: Basic \(Base64.encode("\(login.user):\(login.token)".utf8))"),
        ]
        var environment = [
            "HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": String(settings.count),
        ]
        for (index, setting) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = setting.0
            environment["GIT_CONFIG_VALUE_\(index)"] = setting.1
        }
        return environment
    }
}

/// What a package URL type folds, requires and prohibits (the type definitions of the standard).
struct PackageURLType {
    let name: String

    init(_ name: String) { self.name = name }

    private static let lowerCaseNamespace: Set<String> = [
        "alpm", "apk", "bitbucket", "brew", "composer", "deb", "git", "github", "golang", "hex", "luarocks", "qpkg",
        "rpm", "vscode-extension", "yocto",
    ]
    private static let lowerCaseName: Set<String> = [
        "alpm", "apk", "bitbucket", "bitnami", "brew", "chrome-extension", "composer", "deb", "git", "github", "golang",
        "hex", "luarocks", "oci", "otp", "pub", "pypi", "vcpkg", "vscode-extension",
    ]
    private static let namespaceRequired: Set<String> = [
        "alpm", "apk", "bitbucket", "composer", "deb", "github", "git", "swift", "vscode-extension",
    ]
    private static let namespaceProhibited: Set<String> = [
        "bazel", "bitnami", "cargo", "chrome-extension", "cocoapods", "conda", "cran", "gem", "hackage", "julia",
        "mlflow", "nuget", "oci", "opam", "otp", "pub", "pypi", "vcpkg",
    ]

    /// Keys in other letters than small ones are an error in the types gem and rpm, and folded in Maven's, says the
    /// standard's own table of each type.
    var foldsQualifierKeys: Bool { name == "maven" }

    func namespace(_ text: String) -> String {
        if name == "cpan" { return text.uppercased() }
        return Self.lowerCaseNamespace.contains(name) ? text.lowercased() : text
    }

    func packageName(_ text: String, _ qualifiers: [PackageURL.Qualifier]) -> String {
        switch name {
        // Databricks folds a model's letters on every cloud, Azure ML keeps them.
        case "mlflow" where qualifiers.contains { $0.key == "repository_url" && Self.isDatabricks($0.value) }:
            return text.lowercased()
        case "pypi":
            return String(text.lowercased().map { $0 == "_" ? "-" : $0 })
        default:
            return Self.lowerCaseName.contains(name) ? text.lowercased() : text
        }
    }

    private static func isDatabricks(_ url: String) -> Bool {
        let host =
            url.lowercased().split(separator: "/", maxSplits: 2).dropFirst(url.contains("://") ? 1 : 0).first ?? ""
        return host.hasSuffix("databricks.com") || host.hasSuffix("azuredatabricks.net")
    }

    func version(_ text: String) -> String {
        name == "huggingface" || name == "vscode-extension" ? text.lowercased() : text
    }

    /// The reason why the type does not allow these parts; nil where it does.
    func problem(_ url: PackageURL) -> String? {
        if url.name.isEmpty { return "the name is missing" }
        if url.namespace == nil, Self.namespaceRequired.contains(name) {
            return "the type \(name) requires a namespace"
        }
        if url.namespace != nil, Self.namespaceProhibited.contains(name) { return "the type \(name) has no namespace" }
        switch name {
        case "julia" where url[qualifier: "uuid"] == nil: return "the type julia requires the qualifier uuid"
        case "cpan" where url.name.contains("::"): return "a CPAN distribution is written with - instead of ::"
        case "chrome-extension": return chromeProblem(url)
        case "cocoapods"
        where url.name.hasPrefix(".") || url.name.utf8.contains { ASCII.isSpace($0) || $0 == UInt8(ascii: "+") }:
            return "a pod's name has no spaces and no +, and does not begin with a dot"
        default: return nil
        }
    }

    private func chromeProblem(_ url: PackageURL) -> String? {
        guard url.name.utf8.count == 32,
            url.name.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "p")).contains($0) })
        else {
            return "an extension's name has 32 letters from a to p"
        }
        guard let version = url.version else { return nil }
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isDigit) }) else {
            return "an extension's version has one to four numbers"
        }
        return nil
    }
}

import Packages

/// The commands with which people's own tools move a package.
enum FixCommand {
    static func advice(_ upgrade: FixPlan.Upgrade, file: String) -> FixPlan.Advice {
        let package = upgrade.package
        let (command, reason) = command(
            package, upgrade.version, file.split(separator: "/").last.map(String.init) ?? "")
        return FixPlan.Advice(upgrade: upgrade, command: command, reason: reason)
    }

    private static let locked = "the lockfile holds checksums, which only the package manager can fetch"

    private static func command(_ package: Package, _ version: String, _ file: String) -> (String?, String) {
        let name = package.name
        let isTransitive = package.isDirect == false
        switch (package.ecosystem.name, file) {
        case ("npm", "yarn.lock"):
            return (
                isTransitive
                    ? "yarn set resolution \(name)@npm:\(package.version) npm:\(version)"
                    : "yarn up \(name)@\(version)", locked
            )
        case ("npm", "pnpm-lock.yaml"):
            return (
                isTransitive ? "pnpm update --depth Infinity \(name)@\(version)" : "pnpm update \(name)@\(version)",
                locked
            )
        case ("npm", "bun.lock"), ("npm", "bun.lockb"): return ("bun update \(name)@\(version)", locked)
        case ("npm", "package-lock.json"), ("npm", "npm-shrinkwrap.json"):
            return (
                isTransitive
                    ? "npm pkg set 'overrides.\(name)=\(version)' && npm install" : "npm install \(name)@\(version)",
                locked
            )
        case ("PyPI", "poetry.lock"):
            return (isTransitive ? "poetry update \(name)" : "poetry add '\(name)>=\(version)'", locked)
        case ("PyPI", "uv.lock"): return ("uv lock --upgrade-package '\(name)>=\(version)'", locked)
        case ("PyPI", "pdm.lock"): return ("pdm update --unconstrained \(name)", locked)
        case ("PyPI", "Pipfile.lock"): return ("pipenv install '\(name)>=\(version)'", locked)
        case ("PyPI", _) where file.hasSuffix(".txt"):
            return (
                "pip-compile --upgrade-package '\(name)==\(version)' --generate-hashes",
                "the requirement carries checksums or is not pinned on its line"
            )
        case ("Go", _):
            return ("go get \(name)@v\(version) && go mod tidy", "the module is not required on a line of its own")
        case ("crates.io", _): return ("cargo update -p \(name)@\(package.version) --precise \(version)", locked)
        case ("RubyGems", _): return ("bundle update --conservative \(name)", locked)
        case ("Packagist", _):
            return (
                isTransitive ? "composer update \(name) --with-dependencies" : "composer require '\(name):^\(version)'",
                locked
            )
        case ("NuGet", _): return ("dotnet add package \(name) --version \(version)", locked)
        case ("Pub", _): return ("dart pub upgrade \(name)", locked)
        case ("Hex", _): return ("mix deps.update \(name)", locked)
        case ("Maven", _):
            return (nil, "its version is said in a parent or comes with another package: manage it in the pom")
        case _ where package.ecosystem.isOperatingSystem:
            return (nil, "rebuild on a base image with \(package.source?.name ?? name) \(version)")
        default: return (nil, "upgrade \(name) to \(version)")
        }
    }
}

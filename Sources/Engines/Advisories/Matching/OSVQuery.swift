public import Documents
public import Packages
public import WaybillCore

/// A question in OSV's form: a package by name and ecosystem or by package URL, perhaps with its version.
public struct OSVQuery: Sendable {
    public let package: Package
    /// Without a version every record about the package is meant.
    public let version: String?

    public init(_ value: Value) throws(WaybillError) {
        func invalid(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "query") }
        if value["commit"] != nil {
            throw WaybillError(.unsupported, "questions about commits are not answered", subject: "query")
        }
        guard let asked = value["package"] else { throw invalid("the member package is missing") }
        var version = value["version"]?.string
        if let text = asked["purl"]?.string {
            let url: PackageURL
            do { url = try PackageURL(parsing: text) } catch { throw invalid("the package URL cannot be read") }
            guard let named = Package(url) else { throw invalid("packages of this type are not known") }
            if !named.version.isEmpty {
                guard version == nil else { throw invalid("the version is given twice") }
                version = named.version
            }
            package = named
        } else {
            guard let name = asked["name"]?.string, !name.isEmpty, let ecosystem = asked["ecosystem"]?.string,
                !ecosystem.isEmpty
            else { throw invalid("a package has a name and an ecosystem, or a package URL") }
            package = Package(ecosystem: Ecosystem(osv: ecosystem), name: name, version: version ?? "")
        }
        self.version = version
    }

    /// The records as they were published: not merged, ordered by id.
    public func records(_ session: MatchingSession) -> [Advisory] {
        guard let version else { return session.records(about: package) }
        var asked = package
        asked.version = version
        return session.records(affecting: asked)
    }
}

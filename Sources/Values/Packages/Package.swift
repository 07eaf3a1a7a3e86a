public import WaybillCore

/// A package as it is installed or locked, with the place where that is written.
public struct Package: Hashable, Sendable {
    public var ecosystem: Ecosystem
    /// As the ecosystem writes it: `@babel/core`, `org.apache.commons:commons-io`, `github.com/gorilla/mux`.
    public var name: String
    /// Empty where only a commit is known.
    public var version: String
    /// What a distribution built it from; advisories of distributions are about these.
    public var source: Source?
    /// Asked for by the project itself; nil where the file does not tell.
    public var isDirect: Bool?
    /// Used for building and testing only.
    public var isDevelopment: Bool
    /// The groups of the lockfile that ask for it: `dev`, `optional`, `peer`.
    public var groups: [String]
    /// The commit of a package that is taken from a repository.
    public var commit: String?
    public var architecture: String?
    /// As they are declared, SPDX expressions where the ecosystem uses them.
    public var licences: [String]
    /// File and line, layer, and the package URL.
    public var place: Place
    /// The packages of the same file that it needs, by `identifier`, in order.
    public var dependencies: [String] = []
    /// The distribution's package whose file this is: then its vendor answers for it, not the language's advisories.
    public var owner: String?
    /// Who made the package, as it says itself.
    public var vendor: String?
    /// Installed from a repository other than the distribution's own: the distribution's advisories are not about it.
    public var isThirdParty = false

    public struct Source: Hashable, Sendable {
        public var name: String
        public var version: String
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    public init(
        ecosystem: Ecosystem, name: String, version: String, place: Place = Place(), source: Source? = nil,
        isDirect: Bool? = nil, isDevelopment: Bool = false, groups: [String] = [], commit: String? = nil,
        architecture: String? = nil, licences: [String] = []
    ) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.source = source
        self.isDirect = isDirect
        self.isDevelopment = isDevelopment
        self.groups = groups
        self.commit = commit
        self.architecture = architecture
        self.licences = licences
        self.place = place
        self.place.package = purl?.description ?? place.package
    }

    /// A package of which only the name, the version and the place are known, and whose place does not name it yet: see
    /// `nameInPlace`.
    package init(unnamed ecosystem: Ecosystem, name: String, version: String, place: Place) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.place = place
        isDevelopment = false
        groups = []
        licences = []
    }

    /// Sets the package URL of the place, where it has none.
    package mutating func nameInPlace() {
        if place.package == nil { place.package = purl?.description }
    }

    /// Names the package within its file: `lodash@4.17.21`; Maven writes a colon.
    public var identifier: String {
        version.isEmpty ? name : name + (ecosystem == .maven ? ":" : "@") + version
    }

    /// The same package as one of another ecosystem: a database of packages is read before its distribution is known.
    public func moved(to ecosystem: Ecosystem) -> Package {
        guard ecosystem != self.ecosystem else { return self }
        var package = self
        package.ecosystem = ecosystem
        package.place.package = package.purl?.description
        return package
    }

    /// Nil for an ecosystem without package URL type, and for a name that the type does not allow.
    public var purl: PackageURL? {
        guard let type = ecosystem.purlType else { return nil }
        let (namespace, name) = Self.purlName(ecosystem, name)
        var qualifiers: [PackageURL.Qualifier] = []
        if let architecture { qualifiers.append(.init("arch", architecture)) }
        if ecosystem.isOperatingSystem, let release = ecosystem.release {
            qualifiers.append(.init("distro", "\(ecosystem.purlNamespace)-\(release)"))
        }
        var version = version
        if type == "rpm", let colon = version.firstIndex(of: ":") {
            qualifiers.append(.init("epoch", String(version[..<colon])))
            version = String(version[version.index(after: colon)...])
        }
        // Go's versions are tags; advisories leave their first letter out, package URLs do not.
        if ecosystem == .go, self.name != "stdlib", version.first?.isNumber == true { version = "v" + version }
        return try? PackageURL(
            type: type, namespace: namespace, name: name, version: version.isEmpty ? commit : version,
            qualifiers: qualifiers)
    }

    private static func purlName(_ ecosystem: Ecosystem, _ name: String) -> (namespace: String?, name: String) {
        if ecosystem.isOperatingSystem {
            return (ecosystem.purlNamespace, name)
        }
        let separator: Character = ecosystem == .maven ? ":" : "/"
        guard ecosystem != .cocoaPods, let index = name.lastIndex(of: separator) else { return (nil, name) }
        return (String(name[..<index]), String(name[name.index(after: index)...]))
    }

    /// The name and version that advisories speak of: those of dpkg's and apk's distributions are about source packages.
    public var advisorySubject: Source {
        guard let source, let ordering = ecosystem.ordering, ordering == .dpkg || ordering == .apk else {
            return Source(name: name, version: version)
        }
        return source
    }

    /// The order of lists and documents: by ecosystem, name, version and place.
    public static func inOrder(_ left: Package, _ right: Package) -> Bool {
        if left.ecosystem != right.ecosystem { return left.ecosystem < right.ecosystem }
        if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
        if left.version != right.version { return left.version.utf8.lexicographicallyPrecedes(right.version.utf8) }
        return left.place.description.utf8.lexicographicallyPrecedes(right.place.description.utf8)
    }
}

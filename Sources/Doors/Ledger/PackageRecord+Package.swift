public import Packages
import WaybillCore

extension PackageRecord {
    /// The record under which a package is found when an advisory arrives: the ecosystem without release, and the
    /// normalised name and the version that advisories speak of. The package itself is in the package URL.
    public init(_ package: Package) {
        let subject = package.advisorySubject
        self.init(
            purl: package.purl?.description ?? "", ecosystem: package.ecosystem.name,
            name: package.ecosystem.normalized(subject.name), version: subject.version, place: package.placeText)
    }

    /// The package again, as far as matching needs it.
    public var package: Package {
        // Packages without a package URL have an empty one; they are matched by the columns.
        guard let url = try? PackageURL(parsing: purl), var package = Package(url) else {
            var package = Package(ecosystem: Ecosystem(osv: ecosystem), name: name, version: version)
            package.place.object = place
            return package
        }
        package.place.object = place
        if package.ecosystem.isOperatingSystem { package.source = Package.Source(name: name, version: version) }
        return package
    }
}

extension Package {
    /// As people read it: `app/package-lock.json:12`, `layer 9f2c… var/lib/dpkg/status:7`.
    var placeText: String {
        var text = place.layer.map { "layer \($0.short) " } ?? ""
        if let location = place.location { text += location.line.map { "\(location.file):\($0)" } ?? location.file }
        return text.isEmpty ? place.description : text
    }
}

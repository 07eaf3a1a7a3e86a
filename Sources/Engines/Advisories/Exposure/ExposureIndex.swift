public import Packages
public import WaybillCore

/// Which images hold which versions of which packages: what an advisory needs to know, and nothing else.
///
/// A version of a package counts once, in however many images it is: an advisory is held against it once.
public struct ExposureIndex: Sendable {
    /// One version of a package, as advisories speak of it.
    public struct Component: Hashable, Sendable {
        /// With the release of a distribution.
        public var ecosystem: Ecosystem
        /// Normalised; the source package of a distribution.
        public var name: String
        public var version: String

        /// Nil for a package that no advisory can be about.
        init?(_ package: Package) {
            let subject = package.advisorySubject
            guard !subject.version.isEmpty, package.isJudged else { return nil }
            ecosystem = package.ecosystem
            name = package.ecosystem.normalized(subject.name)
            version = subject.version
        }

        var key: AdvisoryIndex.Key { AdvisoryIndex.Key(ecosystemName: ecosystem.name, normalizedName: name) }

        /// The package, as far as matching needs it.
        public var package: Package {
            Package(
                ecosystem: ecosystem, name: name, version: version,
                source: ecosystem.isOperatingSystem ? .init(name: name, version: version) : nil)
        }
    }

    private var components: [Component] = []
    private var numbers: [Component: Int] = [:]
    private var byKey: [AdvisoryIndex.Key: [Int]] = [:]
    /// By component, in the order in which the images came.
    private var holders: [[UInt32]] = []
    public private(set) var images: [Digest] = []
    private var imageNumbers: [Digest: UInt32] = [:]

    public init() {}

    public var componentCount: Int { components.count }

    /// Takes an image in; one that is known already is left as it is.
    public mutating func add(_ image: Digest, _ packages: some Sequence<Package>) {
        guard imageNumbers[image] == nil else { return }
        let number = UInt32(truncatingIfNeeded: images.count)
        imageNumbers[image] = number
        images.append(image)
        for package in packages {
            guard let component = Component(package) else { continue }
            let index: Int
            if let known = numbers[component] {
                index = known
            } else {
                index = components.count
                numbers[component] = index
                components.append(component)
                holders.append([])
                byKey[component.key, default: []].append(index)
            }
            if holders[index].last != number { holders[index].append(number) }
        }
    }

    public func contains(_ image: Digest) -> Bool { imageNumbers[image] != nil }

    /// Every version of a package that some image holds.
    public func components(of key: AdvisoryIndex.Key) -> [Component] { (byKey[key] ?? []).map { components[$0] } }

    public var keys: Set<AdvisoryIndex.Key> { Set(byKey.keys) }

    public func images(holding component: Component) -> [Digest] {
        guard let number = numbers[component] else { return [] }
        return holders[number].map { images[Int($0)] }
    }

    /// By number, from low to high; `images` has them in that order.
    public func imageNumbers(holding component: Component) -> [UInt32] { numbers[component].map { holders[$0] } ?? [] }

    public func imageCount(holding component: Component) -> Int { numbers[component].map { holders[$0].count } ?? 0 }
}

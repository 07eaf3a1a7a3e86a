public import Advisories
public import Packages
import WaybillCore

/// What removes the weaknesses of a project: changes of its texts, and commands where a text alone cannot do it because
/// checksums or further packages must be fetched.
public struct FixPlan: Sendable {
    /// One package with the smallest version that removes as much as possible.
    public struct Upgrade: Hashable, Sendable {
        public var package: Package
        public var version: String
        /// Names of the advisories that the version is free of.
        public var removes: [String]
        /// Names of those that it still falls under.
        public var keeps: [String]
    }

    /// A file with other versions in it.
    public struct Change: Hashable, Sendable {
        public var file: String
        public var before: [UInt8]
        public var after: [UInt8]
        public var upgrades: [Upgrade]
    }

    /// What somebody must do, where we cannot.
    public struct Advice: Hashable, Sendable {
        public var upgrade: Upgrade
        /// What does it; nil where nothing general does.
        public var command: String?
        public var reason: String
    }

    /// By file.
    public internal(set) var changes: [Change] = []
    public internal(set) var advice: [Advice] = []
    /// What nothing that is known or allowed removes.
    public internal(set) var unfixable: [Match] = []

    /// - Parameters:
    ///   - read: the bytes of a file that packages name; nil for one that is not there.
    ///   - options: `levels` bound how far a version may move, `only` names the advisories that count.
    public init(
        _ packages: [Package], _ index: AdvisoryIndex, options: RemediationOptions = RemediationOptions(),
        read: (String) -> [UInt8]?
    ) {
        let search = UpgradeSearch(index, options)
        var byFile: [String: [Upgrade]] = [:]
        for package in packages.sorted(by: Package.inOrder) {
            if package.isDevelopment, !options.includesDevelopment { continue }
            let (upgrade, rest) = search.upgrade(of: package)
            unfixable += rest
            guard let upgrade else { continue }
            byFile[package.place.location?.file ?? "", default: []].append(upgrade)
        }
        var wishes: [String: Change] = [:]
        for (file, upgrades) in byFile.sorted(by: { $0.key < $1.key }) {
            for path in BuildFile.paths(beside: file) {
                guard
                    var change = wishes[path]
                        ?? read(path).map({ Change(file: path, before: $0, after: $0, upgrades: []) })
                else { continue }
                for upgrade in upgrades where upgrade.package.isDirect != false {
                    guard let text = BuildFile.text(change.after, path, with: upgrade) else { continue }
                    change.after = text
                    change.upgrades.append(upgrade)
                }
                if change.before != change.after { wishes[path] = change }
            }
            let editor = VersionEditor(file: file)
            var text = read(file)
            let before = text
            var done: [Upgrade] = []
            for upgrade in upgrades {
                if let old = text, let new = editor?.text(old, with: upgrade, options) {
                    text = new
                    done.append(upgrade)
                } else {
                    advice.append(FixCommand.advice(upgrade, file: file))
                }
            }
            if let before, let after = text, before != after {
                changes.append(Change(file: file, before: before, after: after, upgrades: done))
            }
        }
        changes = (changes + wishes.values).sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    }

    public var isEmpty: Bool { changes.isEmpty && advice.isEmpty && unfixable.isEmpty }

    /// All changes as one patch that `git apply` and `patch -p1` take.
    public var patch: String {
        changes.map { UnifiedDiff.text(file: $0.file, from: $0.before, to: $0.after) }.joined()
    }
}

/// Looks for the smallest version that puts a package right.
struct UpgradeSearch {
    /// A version that removes one weakness may bring others, whose fix is looked at next, so often.
    private static let stepsMax = 32

    private let session: MatchingSession
    private let options: RemediationOptions

    init(_ index: AdvisoryIndex, _ options: RemediationOptions) {
        session = MatchingSession(index)
        self.options = options
    }

    /// The upgrade, and the matches that it leaves.
    func upgrade(of package: Package) -> (upgrade: FixPlan.Upgrade?, rest: [Match]) {
        let found = session.matches(package).filter(isWanted)
        guard !found.isEmpty, let ordering = package.ecosystem.ordering else { return (nil, found) }
        var best: (version: String, left: [Match])?
        var version = package.version, open = found
        for _ in 0..<Self.stepsMax {
            // The smallest step first: a weakness that is mended far away must not hide one that is mended near.
            let next = open.compactMap(\.fixedVersion).filter { ordering.compare($0, version) == .greater }
                .min { ordering.compare($0, $1) == .less }
            guard let next, options.level(of: package.name).allows(VersionStep(from: package.version, to: next)) else {
                break
            }
            version = next
            var moved = package
            moved.version = next
            if moved.source != nil { moved.source?.version = next }
            open = session.matches(moved).filter(isWanted)
            if open.count < (best?.left ?? found).count { best = (next, open) }
            if open.isEmpty { break }
        }
        guard let best else { return (nil, found) }
        let left = Set(best.left.map(\.advisory.rule))
        return (
            FixPlan.Upgrade(
                package: package, version: best.version,
                removes: found.map(\.advisory.rule).filter { !left.contains($0) }, keeps: left.sorted()),
            found.filter { left.contains($0.advisory.rule) }
        )
    }

    private func isWanted(_ match: Match) -> Bool {
        options.only.isEmpty || !options.only.isDisjoint(with: match.advisory.names)
    }
}

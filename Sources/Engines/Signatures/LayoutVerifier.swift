public import Attestations
import Documents
import Trust
import WaybillCore

/// Verifies a layout and its links, as `in-toto-verify` does. Inspections are not run: running a command that a
/// document names is no part of verifying it. Where a layout has them, the caller gives their artifacts.
public struct LayoutVerifier: Sendable {
    /// The owners' keys; all of them must have signed the layout.
    public var owners: [LayoutKey]

    public init(owners: [LayoutKey]) { self.owners = owners }

    /// Artifacts before and after an inspection, by path, with their hashes.
    public struct Inspected: Sendable {
        public var materials: [String: [String: String]]
        public var products: [String: [String: String]]

        public init(materials: [String: [String: String]], products: [String: [String: String]]) {
            self.materials = materials
            self.products = products
        }
    }

    /// Layouts within layouts within layouts: more is a mistake, or an attack.
    static let depthMax = 8

    /// Throws the first thing that is not as the layout wants it. `links` are the links' files, by any name.
    public func verify(
        layout bytes: [UInt8], links: [[UInt8]], inspected: [String: Inspected] = [:], at moment: Timestamp
    ) throws(SignatureFailure) {
        try verify(layout: bytes, in: LinkFolder(nameless: links), inspected: inspected, at: moment)
    }

    /// The same with the links' names, by which layouts within the layout are found.
    public func verify(
        layout bytes: [UInt8], in folder: LinkFolder, inspected: [String: Inspected] = [:], at moment: Timestamp
    ) throws(SignatureFailure) {
        let metadata = try LayoutMetadata(parsing: bytes)
        guard !owners.isEmpty, metadata.signers(among: owners).count == Set(owners.map(\.key)).count else {
            throw SignatureFailure(.key, "the layout is not signed by all of its owners")
        }
        let layout = try Layout(metadata.payload)
        try Self.checkEnd(of: layout, at: moment)
        _ = try verify(layout, in: folder, inspected: inspected, at: moment)
    }

    private static func checkEnd(of layout: Layout, at moment: Timestamp) throws(SignatureFailure) {
        guard let expires = layout.expires else {
            throw SignatureFailure(.layout, "the layout does not say when it expires")
        }
        guard moment < expires else { throw SignatureFailure(.time, "the layout expired at \(expires)") }
    }

    /// Verifies links against a layout that nobody signed: what its author can do before it is signed.
    public func verifyUnsigned(
        layout bytes: [UInt8], links: [[UInt8]], inspected: [String: Inspected] = [:]
    ) throws(SignatureFailure) {
        _ = try verify(
            Layout(LayoutMetadata(parsing: bytes, needsSignature: false).payload), in: LinkFolder(nameless: links),
            inspected: inspected, at: nil)
    }

    /// What the layout's steps did together: what the first was given, and what the last left.
    private func verify(
        _ layout: Layout, in folder: LinkFolder, inspected: [String: Inspected], at moment: Timestamp?, depth: Int = 0
    ) throws(SignatureFailure) -> Link {
        guard folder.files.count <= Layout.stepsMax else {
            throw SignatureFailure(.layout, "there are too many links")
        }
        var parsed: [(name: String, metadata: LayoutMetadata)] = []
        for file in folder.files { parsed.append((file.name, try LayoutMetadata(parsing: file.bytes))) }
        var known: [String: Link] = [:]
        for step in layout.steps {
            known[step.name] = try link(for: step, layout, parsed, folder, at: moment, depth: depth)
        }
        for step in layout.steps {
            guard let link = known[step.name] else { continue }
            try check(step.materials, of: link, products: false, known)
            try check(step.products, of: link, products: true, known)
        }
        for inspection in layout.inspections {
            guard let artifacts = inspected[inspection.name] else {
                throw SignatureFailure(
                    .unsupported,
                    "the layout asks for the inspection \(Redaction.excerpt(inspection.name)), which is a command; it is not run here"
                )
            }
            let link = Link(name: inspection.name, materials: artifacts.materials, products: artifacts.products)
            known[inspection.name] = link
            try check(inspection.materials, of: link, products: false, known)
            try check(inspection.products, of: link, products: true, known)
        }
        return Link(
            name: "", materials: layout.steps.first.flatMap { known[$0.name] }?.materials ?? [:],
            products: layout.steps.last.flatMap { known[$0.name] }?.products ?? [:])
    }

    /// The step's link; where several people must have done it, all must tell the same.
    private func link(
        for step: Layout.Step, _ layout: Layout, _ files: [(name: String, metadata: LayoutMetadata)],
        _ folder: LinkFolder, at moment: Timestamp?, depth: Int
    ) throws(SignatureFailure) -> Link {
        let keys = step.keyIDs.compactMap { layout.keys[$0] }
        var signers: Set<PublicKey> = []
        var agreed: Link?
        for (name, metadata) in files {
            let found: [LayoutKey]
            let link: Link
            switch metadata.payload["_type"]?.string {
            case "link":
                guard metadata.payload["name"]?.string?.utf8.elementsEqual(step.name.utf8) == true else { continue }
                found = metadata.signers(among: keys)
                guard !found.isEmpty else { continue }
                link = try Link(metadata.payload)
            case "layout":
                // For which step it stands is said by its file's name alone.
                found = metadata.signers(
                    among: keys.filter { LayoutWriter.linkFile(step: step.name, keyID: $0.keyID) == name })
                guard let maker = found.first else { continue }
                link = try result(of: metadata, by: maker, for: step, folder, at: moment, depth: depth)
            default: continue
            }
            if let agreed, agreed.materials != link.materials || agreed.products != link.products {
                throw SignatureFailure(.layout, "links of the step \(step.name) contradict each other")
            }
            agreed = link
            signers.formUnion(found.map(\.key))
        }
        guard let agreed, signers.count >= step.threshold else {
            throw SignatureFailure(
                .threshold,
                "the step \(step.name) is signed by \(signers.count) of its people, \(step.threshold) are needed")
        }
        return agreed
    }

    /// What a layout within the layout did. Its maker is its owner.
    private func result(
        of metadata: LayoutMetadata, by maker: LayoutKey, for step: Layout.Step, _ folder: LinkFolder,
        at moment: Timestamp?, depth: Int
    ) throws(SignatureFailure) -> Link {
        guard let moment else {
            throw SignatureFailure(.unsupported, "the step \(step.name) is a layout, which only a signed one can hold")
        }
        guard depth < Self.depthMax else {
            throw SignatureFailure(.layout, "more than \(Self.depthMax) layouts stand within each other")
        }
        let layout = try Layout(metadata.payload)
        try Self.checkEnd(of: layout, at: moment)
        let links = folder.folders[LinkFolder.name(step: step.name, keyID: maker.keyID)] ?? LinkFolder(files: [])
        var link = try verify(layout, in: links, inspected: [:], at: moment, depth: depth + 1)
        link.name = step.name
        return link
    }

    /// Goes through the rules in order; each takes artifacts out of the queue, DISALLOW refuses what is left.
    private func check(
        _ rules: [ArtifactRule], of link: Link, products: Bool, _ links: [String: Link]
    ) throws(SignatureFailure) {
        let artifacts = products ? link.products : link.materials
        var queue = Set(artifacts.keys)
        for rule in rules {
            let taken = queue.filter { NamePattern.matches($0, rule.pattern) }
            switch rule.kind {
            case .create: queue.subtract(taken.filter { link.materials[$0] == nil && link.products[$0] != nil })
            case .delete: queue.subtract(taken.filter { link.materials[$0] != nil && link.products[$0] == nil })
            case .modify:
                queue.subtract(
                    taken.filter {
                        guard let before = link.materials[$0], let after = link.products[$0] else { return false }
                        return before != after
                    })
            case .allow: queue.subtract(taken)
            case .disallow:
                guard let first = taken.min() else { continue }
                throw SignatureFailure(
                    .layout, "\(link.name): \(Redaction.excerpt(first)) is not allowed (DISALLOW \(rule.pattern))")
            case .require:
                guard queue.contains(rule.pattern) else {
                    throw SignatureFailure(.layout, "\(link.name): \(Redaction.excerpt(rule.pattern)) is required")
                }
            case .match(let source, let fromProducts, let destination, let step):
                guard let other = links[step] else { continue }
                let theirs = fromProducts ? other.products : other.materials
                queue.subtract(
                    queue.filter { path in
                        guard path.hasPrefix(source) else { return false }
                        let name = String(path.dropFirst(source.count))
                        guard NamePattern.matches(name, rule.pattern), let found = theirs[destination + name] else {
                            return false
                        }
                        return found == artifacts[path]
                    })
            }
        }
    }
}

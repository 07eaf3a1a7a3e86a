import Documents
public import WaybillCore

/// A file system while layers are laid on it, as a tree of folders: removing one is a single step, and links are
/// followed inside the root as container engines do.
struct LayerStack {
    private final class Place {
        var entry: FileEntry?
        var children: [Name: Place] = [:]
        init(_ entry: FileEntry?) { self.entry = entry }

        var isFolder: Bool { entry == nil || entry?.kind == .folder }
    }

    /// A name compared by bytes.
    private struct Name: Hashable {
        let text: Substring
        static func == (left: Name, right: Name) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
        func hash(into hasher: inout Hasher) {
            let isDone = text.utf8.withContiguousStorageIfAvailable { bytes in
                hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
                return true
            }
            if isDone != true { for byte in text.utf8 { hasher.combine(byte) } }
        }
    }

    private let root = Place(nil)
    private let limits: LayerLimits

    init(limits: LayerLimits) { self.limits = limits }

    func apply(_ layer: Layer) throws(WaybillError) {
        // Whiteouts speak about lower layers only, wherever they stand in the archive.
        for change in layer.changes {
            switch change {
            case .remove(let path):
                guard let (folder, name) = try locate(path, layer, creating: false) else { continue }
                folder.last?.children[name] = nil
            case .clear(let path):
                guard let folder = try folder(path, layer, creating: false) else { continue }
                folder.last?.children = [:]
            case .put: break
            }
        }
        for case .put(let entry) in layer.changes { try put(entry, layer) }
    }

    /// Everything that is there in the end, in no order.
    func entries() -> [FileEntry] {
        var entries: [FileEntry] = []
        var pending = [root]
        while let place = pending.popLast() {
            pending += place.children.values
            if let entry = place.entry { entries.append(entry) }
        }
        return entries
    }

    /// The finished tree.
    func tree() -> FileTree {
        var tree = FileTree()
        for var entry in entries().sorted(by: { $0.path.precedesByBytes($1.path) }) {
            if let other = tree[entry.path], !other.path.hasSameBytes(as: entry.path) {
                // The tree takes canonically equivalent names for one; neither file may hide the other.
                entry.path = LayerPath.escaped(entry.path.utf8)
            }
            tree.insert(entry)
        }
        return tree
    }

    private func put(_ entry: FileEntry, _ layer: Layer) throws(WaybillError) {
        guard let (folders, name) = try locate(entry.path, layer, creating: true), let folder = folders.last else {
            return
        }
        var entry = entry
        entry.path = Self.path(folder, name)
        if entry.kind == .hardLink { entry = try linked(entry, layer) }
        if let place = folder.children[name], place.isFolder, entry.kind == .folder {
            place.entry = entry
        } else {
            folder.children[name] = Place(entry)
        }
    }

    /// A hard link is the same file under a second name: it gets everything but the name from its target.
    private func linked(_ link: FileEntry, _ layer: Layer) throws(WaybillError) -> FileEntry {
        guard let target = link.linkTarget, let (folders, name) = try locate(target, layer, creating: false),
            var entry = folders.last?.children[name]?.entry, entry.kind != .folder
        else {
            throw WaybillError(
                .invalidInput, "the hard link \(Redaction.excerpt(link.path)) points to no file",
                subject: "layer \(layer.digest.short)")
        }
        if entry.kind == .file { entry.linkTarget = entry.linkTarget ?? entry.path }
        entry.path = link.path
        entry.layer = link.layer
        return entry
    }

    private static func path(_ folder: Place, _ name: Name) -> String {
        folder.entry.map { "\($0.path)/\(name.text)" } ?? String(name.text)
    }

    /// The folders down to the one that holds the path, and the path's last name; nil where a folder is missing.
    private func locate(_ path: String, _ layer: Layer, creating: Bool) throws(WaybillError) -> ([Place], Name)? {
        var components = Self.components(path)
        guard let name = components.popLast() else { return nil }
        guard let folders = try walk(components, layer, creating: creating) else { return nil }
        return (folders, Name(text: name))
    }

    private func folder(_ path: String, _ layer: Layer, creating: Bool) throws(WaybillError) -> [Place]? {
        try walk(Self.components(path), layer, creating: creating)
    }

    /// Walks down from the root, following links; missing folders are made where `creating` says so.
    private func walk(_ components: [Substring], _ layer: Layer, creating: Bool) throws(WaybillError) -> [Place]? {
        var pending = Array(components.reversed())
        var done = [root]
        var links = 0
        while let component = pending.popLast() {
            if component == ".." {
                if done.count > 1 { done.removeLast() }
                continue
            }
            let name = Name(text: component)
            let here = done[done.count - 1]
            if let next = here.children[name] {
                if next.entry?.kind == .symbolicLink, let target = next.entry?.linkTarget {
                    links += 1
                    guard links <= FileTree.linksMax else { throw failure("links run in a circle", layer) }
                    if target.utf8.first == UInt8(ascii: "/") { done = [root] }
                    pending += Self.components(target).reversed()
                } else if next.isFolder {
                    done.append(next)
                } else if creating {
                    throw failure(
                        "an entry lies under \(Redaction.excerpt(Self.path(here, name))), which is no folder", layer)
                } else {
                    return nil
                }
            } else {
                guard creating else { return nil }
                let made = Place(
                    FileEntry(path: Self.path(here, name), kind: .folder, mode: 0o755, layer: layer.digest))
                here.children[name] = made
                done.append(made)
            }
            // Links may lead deeper than any path is long.
            guard done.count <= limits.depthMax * 2 else { throw failure("folders are nested too deeply", layer) }
        }
        return done
    }

    private static func components(_ path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.filter { $0 != "." }
    }

    private func failure(_ message: String, _ layer: Layer) -> WaybillError {
        WaybillError(.invalidInput, message, subject: "layer \(layer.digest.short)")
    }
}

extension FileTree {
    /// The file system that the layers give, the lowest first.
    public init(applying layers: some Sequence<Layer>, limits: LayerLimits = .standard) throws(WaybillError) {
        let stack = LayerStack(limits: limits)
        for layer in layers { try stack.apply(layer) }
        self = stack.tree()
    }

    /// What the layers leave, the lowest first, in no order: each path is as the tree would have it, and names that
    /// differ by their bytes are different files.
    public static func entries(
        applying layers: some Sequence<Layer>, limits: LayerLimits = .standard
    ) throws(WaybillError) -> [FileEntry] {
        let stack = LayerStack(limits: limits)
        for layer in layers { try stack.apply(layer) }
        return stack.entries()
    }
}

public import Documents
public import PolicyTools
public import Rego
import Synchronization
public import WaybillCore

/// The policies and documents of a server. Every change is compiled aside and then takes the place of what was there
/// as one step; a change that does not compile changes nothing.
public final class PolicyStore: Sendable {
    /// Who brought a module.
    public enum Origin: Sendable, Hashable {
        /// By `PUT /v1/policies`, or from a file at the start.
        case direct
        case bundle(String)
    }

    public struct Policy: Sendable {
        public var source: SourceModule
        public var origin: Origin
    }

    public struct ActiveBundle: Sendable {
        public var manifest: BundleManifest
    }

    /// What every decision of one moment is made from.
    public struct Snapshot: Sendable {
        public var policies: [String: Policy]
        public var data: Object
        public var bundles: [String: ActiveBundle]
        public var compiled: CompiledPolicy

        public var revisions: [String: String] { bundles.mapValues(\.manifest.revision) }
        public var sources: PolicySources {
            PolicySources(
                modules: policies.sorted { $0.key.precedesByBytes($1.key) }.map(\.value.source), data: data)
        }
    }

    private let current: Mutex<Snapshot>
    /// One change at a time; decisions go on meanwhile.
    private let changing = Mutex(())

    public init(_ sources: PolicySources = PolicySources()) throws {
        var policies: [String: Policy] = [:]
        for module in sources.modules { policies[module.file] = Policy(source: module, origin: .direct) }
        current = Mutex(
            Snapshot(policies: policies, data: sources.data, bundles: [:], compiled: try sources.compiled()))
    }

    public var snapshot: Snapshot { current.withLock { $0 } }

    // MARK: Policies

    /// Adds or replaces a module. True when it was not there before.
    @discardableResult
    public func setPolicy(_ text: String, identifier: String, version: RegoVersion) throws -> Bool {
        try change { snapshot in
            let isNew = snapshot.policies[identifier] == nil
            let source = try SourceModule(parsing: text, file: identifier, version: version)
            try Self.checkOwner(of: source.module.packagePath, snapshot)
            if let existing = snapshot.policies[identifier] {
                try Self.checkOwner(of: existing.source.module.packagePath, snapshot)
            }
            snapshot.policies[identifier] = Policy(source: source, origin: .direct)
            return isNew
        }
    }

    public func removePolicy(_ identifier: String) throws {
        try change { snapshot in
            guard let existing = snapshot.policies[identifier] else {
                throw WaybillError(.notFound, "policy id \"\(identifier)\"", subject: "storage_not_found_error")
            }
            try Self.checkOwner(of: existing.source.module.packagePath, snapshot)
            snapshot.policies[identifier] = nil
        }
    }

    // MARK: Documents

    /// Changes the documents below a path; `body` gets them and may refuse.
    public func changeData(at path: [String], _ body: (inout Value) throws(WaybillError) -> Void) throws {
        try change(compiles: false) { snapshot in
            try Self.checkOwner(of: path, snapshot)
            var data = Value.object(snapshot.data)
            try body(&data)
            guard let object = data.object else {
                throw WaybillError(.invalidInput, "root must be object", subject: "storage_invalid_patch_error")
            }
            snapshot.data = object
        }
    }

    // MARK: Bundles

    /// Puts a bundle in the place of the one with the same name: its roots, documents and modules.
    public func activate(_ bundle: PolicyBundle, name: String) throws {
        try change { snapshot in
            try PolicySources.checkRoots(
                of: bundle, against: snapshot.bundles.filter { $0.key != name }.map { ($0.key, $0.value.manifest) })
            if let patch = bundle.patch {
                guard let active = snapshot.bundles[name] else {
                    throw WaybillError(.conflict, "a delta bundle needs a whole one before it", subject: name)
                }
                guard active.manifest.roots == bundle.manifest.roots || !bundle.hasManifest else {
                    throw WaybillError(.conflict, "a delta bundle must have the roots of the whole one", subject: name)
                }
                try Self.apply(patch, to: &snapshot.data, name)
                if bundle.hasManifest { snapshot.bundles[name]?.manifest.revision = bundle.manifest.revision }
                return
            }
            var data = Value.object(snapshot.data)
            for root in (snapshot.bundles[name]?.manifest.roots ?? []) + bundle.manifest.roots {
                // Documents that were not there need no removing.
                _ = data.setDocument(at: root.split(separator: "/").map(String.init), to: nil)
            }
            var object = data.object ?? [:]
            try DataFile.merge(.object(bundle.data), at: [], into: &object, subject: name)
            snapshot.data = object
            snapshot.policies = snapshot.policies.filter { $0.value.origin != .bundle(name) }
            for module in bundle.modules {
                guard snapshot.policies[module.file] == nil else {
                    throw WaybillError(.conflict, "a policy with this name is there already", subject: module.file)
                }
                snapshot.policies[module.file] = Policy(source: module, origin: .bundle(name))
            }
            snapshot.bundles[name] = ActiveBundle(manifest: bundle.manifest)
        }
    }

    private static func apply(_ patch: [DataChange], to data: inout Object, _ name: String) throws(WaybillError) {
        var value = Value.object(data)
        for change in patch {
            let isThere = value.document(at: change.path) != nil
            let isDone: Bool =
                switch change.operation {
                case .upsert: value.setDocument(at: change.path, to: change.value)
                case .replace: isThere && value.setDocument(at: change.path, to: change.value)
                case .remove: isThere && value.setDocument(at: change.path, to: nil)
                }
            guard isDone else {
                throw WaybillError(
                    .conflict, "the patch cannot \(change.operation.rawValue) /\(change.path.joined(separator: "/"))",
                    subject: name)
            }
        }
        data = value.object ?? [:]
    }

    // MARK: Changing

    /// New documents under the same rules need no compiling.
    private func change<Result>(compiles: Bool = true, _ body: (inout Snapshot) throws -> Result) throws -> Result {
        try changing.withLock { _ in
            var next = snapshot
            let result = try body(&next)
            next.compiled =
                try compiles
                ? next.sources.compiled() : next.compiled.replacing(regoData: RegoValue(Value.object(next.data)))
            current.withLock { $0 = next }
            return result
        }
    }

    /// What a bundle owns nobody else may change.
    private static func checkOwner(of path: [String], _ snapshot: Snapshot) throws(WaybillError) {
        for (name, bundle) in snapshot.bundles.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            for root in bundle.manifest.roots
            where BundleManifest.overlap(root, path.joined(separator: "/")) {
                throw WaybillError(
                    .invalidInput, "path \(path.joined(separator: "/")) is owned by bundle \"\(name)\"",
                    subject: "storage")
            }
        }
    }
}

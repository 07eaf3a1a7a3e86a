public import Documents
public import Kubernetes
public import WaybillCore

/// What an environment shall hold at one revision: rendered, placed in its namespace, marked as its own.
public struct DesiredState: Hashable, Sendable {
    public let resources: [Resource]
    public let images: [ImageUse]
    /// The digest of the rendered resources: binds what was applied to the commit.
    public let digest: Digest
    /// Why it must not be applied, whatever its papers: images that are not pinned.
    public let violations: [Finding]

    /// Every image once, in order.
    public var imageDigests: [Digest] { Set(images.compactMap(\.digest)).sorted() }

    /// - Parameter scope: the scope of kinds that are not built in; nil leaves such an object as it is written.
    ///   - application: the part of the environment that this is; nil for the whole.
    ///   - sealedInputs: what it was rendered from, where some of that was sealed: nil where nothing was. The digest,
    ///     which stands in signed papers, is then of these, so that it can be made again without the keys and tells
    ///     nobody whether a guess at a secret is right.
    public init(
        rendered: [Resource], environment: EnvironmentEntry, application: ApplicationEntry? = nil,
        sealedInputs: Value? = nil,
        scope: (ObjectKind) -> ObjectScope? = { _ in nil }
    ) {
        let home = application?.namespace ?? environment.namespace
        let isPart = application != nil && environment.isDivided
        let placed = rendered.map { resource in
            var resource = resource
            let isNamespaced = (ObjectScope(builtIn: resource.objectKind) ?? scope(resource.objectKind)) == .namespaced
            if resource.namespace.isEmpty, isNamespaced { resource.namespace = home }
            resource["metadata", "labels", Ownership.environmentLabel] = .string(environment.name)
            if isPart, let application {
                resource["metadata", "labels", Ownership.applicationLabel] = .string(application.name)
            }
            return resource
        }
        resources = placed
        images = placed.flatMap(ImageUse.all)
        digest = .sha256(
            of: JSONWriter.bytes(
                sealedInputs.map { ["objects": .array(placed.map { .string($0.key.description) }), "inputs": $0] }
                    ?? .array(placed.map(\.value)), style: .canonical))
        let outside = isPart ? application.map { Self.outside($0, placed) } ?? [] : []
        violations =
            outside + Self.sealed(placed)
            + images.filter { $0.digest == nil }.map { use in
                Finding(
                    rule: "WB-AGT-002", kind: .configuration, severity: .high,
                    message: "the image \(Redaction.excerpt(use.reference)) is not named by digest",
                    place: Place(object: use.workload.description, field: "image of container \(use.container)"),
                    remedy: "promote an image that was built and checked: its digest goes into the kustomization")
            }
    }

    /// Files that SOPS has sealed: nobody opened them, and applied as they stand their values would be the seals.
    private static func sealed(_ resources: [Resource]) -> [Finding] {
        resources.filter { $0.value["sops"]?["mac"] != nil }.map { resource in
            Finding(
                rule: "WB-AGT-008", kind: .configuration, severity: .high,
                message: "\(resource.key) is sealed with SOPS, and the agent has no key for it",
                place: Place(object: resource.key.description, field: "sops"),
                remedy: "give the agent a key of age that opens it: see docs/delivery.md, “Sealed files”"
            )
        }
    }

    /// Objects in namespaces that the application was not given.
    private static func outside(_ application: ApplicationEntry, _ resources: [Resource]) -> [Finding] {
        guard !application.namespaces.contains("*") else { return [] }
        return resources.filter { resource in
            !resource.namespace.isEmpty && resource.namespace != application.namespace
                && !application.namespaces.contains(resource.namespace)
        }.map { resource in
            Finding(
                rule: "WB-AGT-006", kind: .configuration, severity: .high,
                message: "\(resource.key) is outside of the application's namespace \(application.namespace)",
                place: Place(object: resource.key.description, field: "metadata.namespace"),
                remedy: "name the namespace in the application's namespaces, in the environment's waybill.yaml")
        }
    }

    /// The kinds whose scope nobody knows yet.
    public static func kindsOfUnknownScope(in rendered: [Resource]) -> Set<ObjectKind> {
        let declared = rendered.compactMap(ObjectScope.declared)
        return Set(
            rendered.filter { resource in
                resource.namespace.isEmpty && ObjectScope(builtIn: resource.objectKind) == nil
                    && !declared.contains { $0.group == resource.objectKind.group && $0.kind == resource.kind }
            }.map(\.objectKind))
    }
}

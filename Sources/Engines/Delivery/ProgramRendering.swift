import Documents
public import Kubernetes
public import WaybillCore

/// One run of a program that makes an application's objects: what it is given, and how its answer is read.
public struct ProgramRendering: Hashable, Sendable {
    /// What a program may be given and may answer.
    public static let filesMax = 5000
    public static let bytesMax = 32 << 20
    public static let outputBytesMax = 32 << 20
    static let objectsMax = 10_000
    private static let depthMax = 32

    public let settings: RendererSettings
    /// The application's folder in the repository.
    public let folder: String
    public let name: String
    public let namespace: String

    public init(_ settings: RendererSettings, folder: String, name: String, namespace: String) {
        self.settings = settings
        self.folder = folder
        self.name = name
        self.namespace = namespace
    }

    /// The folders of the repository that the program may read.
    public var folders: [String] { [folder] + settings.libraries }

    /// The arguments, for a program that runs at the root of the given files. A path never looks like an option.
    public var arguments: [String] {
        switch settings.program {
        case .jsonnet:
            settings.libraries.flatMap { ["--jpath", "./\($0)"] }
                + settings.arguments.sorted { $0.key.precedesByBytes($1.key) }.flatMap {
                    ["--tla-str", "\($0.key)=\($0.value)"]
                } + [path(settings.entry)]
        case .helm:
            ["template", settings.release ?? name, path(settings.entry), "--namespace", namespace, "--include-crds"]
                + settings.values.flatMap { ["--values", path($0)] }
        }
    }

    private func path(_ below: String) -> String {
        let parts = [folder, below].filter { $0 != "." }
        return parts.isEmpty ? "." : "./" + parts.joined(separator: "/")
    }

    /// The objects in what the program wrote. Throws `.invalidInput` for anything that is no object.
    public func resources(from output: [UInt8]) throws(WaybillError) -> [Resource] {
        let subject = "\(settings.program.rawValue) \(path(settings.entry))"
        var found: [Resource] = []
        do throws(DocumentError) {
            switch settings.program {
            case .jsonnet: try Self.collect(try JSONReader.value(from: output), "", 0, &found)
            case .helm:
                for node in try YAMLReader.nodes(from: output) where node.scalar != .null {
                    try Self.collect(node.value, "", 0, &found)
                }
            }
        } catch {
            throw WaybillError(.invalidInput, "the output is not understood: \(error.message)", subject: subject)
        }
        guard found.count <= Self.objectsMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.objectsMax) objects", subject: subject)
        }
        var seen: Set<ObjectKey> = []
        for resource in found where !seen.insert(resource.key).inserted {
            throw WaybillError(.invalidInput, "writes \(resource.key) twice", subject: subject)
        }
        return found
    }

    /// An object, a list of them, or a mapping whose values are again any of these, as people write jsonnet.
    private static func collect(
        _ value: Value, _ path: String, _ depth: Int, _ found: inout [Resource]
    ) throws(DocumentError) {
        func wrong(_ message: String) -> DocumentError {
            DocumentError(at: .start, "\(path.isEmpty ? "the root" : path) \(message)")
        }
        guard depth <= depthMax else { throw wrong("lies too deep") }
        if let elements = value.array {
            for (index, element) in elements.enumerated() {
                try collect(element, "\(path)[\(index)]", depth + 1, &found)
            }
            return
        }
        guard let object = value.object else { throw wrong("is no object") }
        if value["kind"]?.string?.hasSuffix("List") == true, value["apiVersion"]?.string == "v1",
            let items = value["items"]
        {
            return try collect(items, "\(path).items", depth + 1, &found)
        }
        if value["apiVersion"] != nil || value["kind"] != nil {
            do { found.append(try Resource(value)) } catch { throw wrong("is no Kubernetes object: \(error.message)") }
            return
        }
        for member in object.members {
            try collect(member.value, path.isEmpty ? member.key : "\(path).\(member.key)", depth + 1, &found)
        }
    }
}

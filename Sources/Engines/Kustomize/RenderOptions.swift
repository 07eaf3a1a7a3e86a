import Documents
public import Kubernetes
public import Secrets
public import WaybillCore

/// What a render does beyond what kustomize does.
public struct RenderOptions: Sendable {
    /// Keys that open files of SOPS, wherever a kustomization reads one. Empty: such files are read as they stand.
    public var identities: [AgeIdentity] = []
    /// Values for `${name}` in the rendered resources; nil leaves such text alone.
    public var variables: [String: String]?
    /// Opens a file of SOPS, where that is more than trying `identities`: keys that are fetched only when a file asks
    /// for them, or none, which is then said.
    public var unseal: (@Sendable (_ path: String, _ bytes: [UInt8]) throws(WaybillError) -> [UInt8])?

    public init(identities: [AgeIdentity] = [], variables: [String: String]? = nil) {
        self.identities = identities
        self.variables = variables
    }
}

extension KustomizeBuild {
    /// Renders with encrypted files opened and variables put in.
    public static func render(
        root folder: String, options: RenderOptions, files: @escaping (String) -> [UInt8]?
    ) throws(WaybillError) -> [Resource] {
        let opened = OpenedFiles(files, options)
        var resources: [Resource] = []
        do throws(WaybillError) {
            resources = try render(root: folder) { opened.read($0) }
        } catch {
            // A file that could not be opened is missing for the build; why is what counts.
            throw opened.failure ?? error
        }
        if let failure = opened.failure { throw failure }
        return try substituted(resources, options.variables)
    }

    /// Puts variables into resources that were made elsewhere; nil leaves them alone.
    public static func substituted(
        _ resources: [Resource], _ variables: [String: String]?
    ) throws(WaybillError) -> [Resource] {
        guard let variables else { return resources }
        var result: [Resource] = []
        for resource in resources { result.append(try Substitution(variables).applied(to: resource)) }
        return result
    }
}

/// The files of a build, those of SOPS in plain. Nothing is kept but the first failure.
private final class OpenedFiles {
    private let files: (String) -> [UInt8]?
    private let options: RenderOptions
    private(set) var failure: WaybillError?

    init(_ files: @escaping (String) -> [UInt8]?, _ options: RenderOptions) {
        self.files = files
        self.options = options
    }

    func read(_ path: String) -> [UInt8]? {
        guard let bytes = files(path) else { return nil }
        guard options.unseal != nil || !options.identities.isEmpty, SOPSFile.isEncrypted(bytes) else { return bytes }
        do throws(WaybillError) {
            if let unseal = options.unseal { return try unseal(path, bytes) }
            return try SOPSFile.decrypted(bytes, file: path, with: options.identities)
        } catch {
            failure = failure ?? error
            return nil
        }
    }
}

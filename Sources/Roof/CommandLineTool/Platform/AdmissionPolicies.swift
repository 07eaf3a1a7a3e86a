import AdmissionService
import AgentService
import Delivery
import DeployPolicies
import Documents
import Files
import GitRepositories
import Ledger
import Logging
import Trust
import WaybillCore

/// Reads deployment policies: from a folder of the machine, or from an environment's repository.
enum AdmissionPolicies {
    /// The folder of an environment repository.
    static let repositoryFolder = ".waybill/admission"
    private static let bytesMax = DeployPolicies.bytesMax

    /// The policies of a folder. A folder that was named and holds none is a mistake.
    static func folder(_ path: String) throws(WaybillError) -> DeployPolicyFolder {
        var files: [(name: String, bytes: [UInt8])] = []
        for name in try Files.names(in: path).sorted() where !name.hasPrefix(".") {
            files.append((name, try Files.read("\(path)/\(name)", bytesMax: bytesMax)))
        }
        guard !files.isEmpty else {
            throw WaybillError(
                .notFound, "there are no policies in the folder", subject: path,
                remedy: "put them there, or start without it")
        }
        do throws(WaybillError) { return try DeployPolicyFolder(files: files) } catch {
            throw WaybillError(
                error.code, error.message, subject: "\(path)/\(error.subject)", remedy: error.remedy, cause: error.cause
            )
        }
    }

    /// Where the ledger keeps which revisions' policies count, by environment.
    static let stateName = "admission/places"

    /// The policies of every environment as they counted last, so that they hold from the first request on.
    static func remembered(_ state: StateFolder, _ ledger: any Ledger) async throws(WaybillError) -> DeployRules {
        var rules = DeployRules()
        for (environment, known) in try await ledger.state(stateName)?.object?.members.map({ ($0.key, $0.value) }) ?? []
        {
            guard let namespace = known["namespace"]?.string, let name = known["repository"]?.string,
                let revision = known["revision"]?.string.flatMap({ ObjectID($0) })
            else { throw WaybillError(.corrupted, "the places of policies cannot be read", subject: environment) }
            let place: DeployRules.Place
            do throws(WaybillError) {
                let git = try GitExecutable("\(state.mirrors)/\(name).git")
                guard let found = try await self.place(namespace, git, at: revision, named: name, state) else {
                    continue
                }
                place = found
            } catch { place = DeployRules.Place(namespace: namespace, source: .unreadable(error)) }
            rules.places[environment] = place
        }
        return rules
    }

    /// The policies of an environment at the revision that its agent accepted last, with what is to be remembered of them.
    /// What cannot be read closes the namespace and says so: it was meant to protect something.
    static func accepted(
        of entry: EnvironmentEntry, in repository: any GitRepository, named name: String, _ state: StateFolder,
        _ ledger: any Ledger
    ) async -> (place: DeployRules.Place?, memory: Value?) {
        var memory: Value?
        do throws(WaybillError) {
            let known = try await ledger.state(AgentSettings.stateName(of: entry.name))
            guard let text = known?["accepted"]?.string ?? known?["highWaterMark"]?.string else { return (nil, nil) }
            guard let revision = ObjectID(text) else {
                throw WaybillError(.corrupted, "the agent's state cannot be read", subject: entry.name)
            }
            memory = [
                "namespace": .string(entry.namespace), "repository": .string(name), "revision": .string(revision.hex),
            ]
            return (try await place(entry.namespace, repository, at: revision, named: name, state), memory)
        } catch {
            logger.error(
                "admission policies cannot be read", metadata: ["environment": "\(entry.name)", "error": "\(error)"])
            return (DeployRules.Place(namespace: entry.namespace, source: .unreadable(error)), memory)
        }
    }

    private static func place(
        _ namespace: String, _ repository: any GitRepository, at revision: ObjectID, named name: String,
        _ state: StateFolder
    ) async throws(WaybillError) -> DeployRules.Place? {
        let path = state.rootSigners(of: name)
        let root =
            Files.exists(path) ? try AllowedSigners(parsing: try Files.read(path), file: path) : AllowedSigners()
        return try await self.repository(repository, at: revision, root: root).map {
            DeployRules.Place(namespace: namespace, source: .folder($0))
        }
    }

    private static let logger = Logger(label: "admission")

    /// The policies of a repository at a revision that was reviewed; nil where it has none. The people who may break the
    /// glass are among the repository's own signers.
    static func repository(
        _ repository: any GitRepository, at revision: ObjectID, root: AllowedSigners
    ) async throws(WaybillError) -> DeployPolicyFolder? {
        var files: [(name: String, bytes: [UInt8])] = []
        for file in try await repository.files(at: revision, under: repositoryFolder) {
            guard file.mode.hasPrefix("100") else {
                throw WaybillError(.unsupported, "only plain files are read here", subject: file.path)
            }
            guard let object = try await repository.object(file.blob), object.type == "blob" else {
                throw WaybillError(.failed, "the file’s content is missing", subject: file.path)
            }
            guard object.bytes.count <= bytesMax, files.count < DeployPolicyFolder.filesMax else {
                throw WaybillError(.limitExceeded, "too many or too large files", subject: file.path)
            }
            files.append((file.path, object.bytes))
        }
        guard !files.isEmpty else { return nil }
        let terms = try await SourceTerms(at: revision, in: repository, root: root)
        return try DeployPolicyFolder(files: files, signers: terms.signers, revoked: terms.revoked)
    }
}

import Documents
import Grafeas
import Ledger
import MetadataFilters
import MetadataRules
import WaybillCore

/// Projects are the same in both versions: a name.
extension MetadataService {
    public func createProject(_ name: String, _ caller: LedgerCaller) async throws(LedgerFailure) -> String {
        try refuseMoment(caller)
        let project = try checked { () throws(WaybillError) in try MetadataName(project: name) }
        try await require(caller, .projectsCreate, project: project.project)
        try await create([Self.record(project, at: now())], naming: [])
        return project.description
    }

    public func getProject(_ name: String, _ caller: LedgerCaller) async throws(LedgerFailure) -> String {
        let project = try checked { () throws(WaybillError) in try MetadataName(project: name) }
        try await require(caller, .projectsGet, project: project.project)
        return try await record(project.description, .project, caller).name
    }

    /// Refused while the project holds anything: nothing shall be left without a place.
    public func deleteProject(_ name: String, _ caller: LedgerCaller) async throws(LedgerFailure) {
        try refuseMoment(caller)
        let project = try checked { () throws(WaybillError) in try MetadataName(project: name) }
        try await require(caller, .projectsDelete, project: project.project)
        _ = try await record(project.description, .project, caller)
        try await deleteUnused(project.description, "still holds notes or occurrences")
    }

    public func listProjects(
        filter: String, pageSize: Int, pageToken: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> (names: [String], next: String) {
        try await require(caller, .projectsList)
        let parsed = try Self.filter(filter) { $0 == FieldPath("name") ? $0 : nil }
        let page = try await list(
            MetadataQuery(kind: .project), ["projects", filter], pageSize, pageToken, caller
        ) { record in
            parsed.map { $0.matches(["name": .string(record.name)]) } ?? true ? record.name : nil
        }
        return (page.items, page.next)
    }

    /// The first note or occurrence makes the project, where the caller may: clients of v1 often have no way to.
    func ensureProject(of name: MetadataName, _ caller: LedgerCaller) async throws(LedgerFailure) {
        let found = try await failing { () async throws(WaybillError) in
            try await store.record(name.projectName, asOf: nil)
        }
        guard found == nil else { return }
        let question = LedgerAccess.Question(.projectsCreate, project: name.project)
        guard access.allows(caller.identity, question) else {
            throw LedgerFailure(.notFound, "there is no project “\(name.projectName)”")
        }
        let project = try checked { () throws(WaybillError) in try MetadataName(project: name.projectName) }
        do throws(WaybillError) { try await store.create([Self.record(project, at: now())]) } catch {
            // Somebody else made it meanwhile.
            guard error.code == .conflict else { throw LedgerFailure(error) }
        }
    }

    private static func record(_ name: MetadataName, at moment: Instant) -> MetadataRecord {
        MetadataRecord(
            kind: .project, name: name.description, project: name.project, created: moment, updated: moment, body: [1])
    }
}

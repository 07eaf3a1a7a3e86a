import Grafeas
import HTTPServing
import Hummingbird
import MetadataRules
import NIOCore
import SwiftProtobuf
import WaybillCore

/// One request, on its way to the method that answers it.
struct RESTCall: Sendable {
    let service: MetadataService
    let request: Request
    let route: RESTRoute
    let query: RESTQuery
    let caller: LedgerCaller

    private func body<M: Message>(_ type: M.Type) async throws(LedgerFailure) -> M {
        let buffer: ByteBuffer
        do { buffer = try await request.body.collect(upTo: MetadataREST.bodyBytesMax) } catch {
            throw LedgerFailure(
                .resourceExhausted, "the body is larger than \(MetadataREST.bodyBytesMax) bytes or broke off")
        }
        guard buffer.readableBytes > 0 else { throw LedgerFailure(.invalidArgument, "the body is missing") }
        do throws(WaybillError) {
            return try MessageJSON.message(type, from: Array(buffer.readableBytesView))
        } catch { throw LedgerFailure(error) }
    }

    private var mask: UpdateMask {
        get throws(LedgerFailure) {
            do throws(WaybillError) { return try UpdateMask(paths: query.mask ?? []) } catch {
                throw LedgerFailure(error)
            }
        }
    }

    private func respond(_ message: some Message) throws(LedgerFailure) -> Response {
        try RESTResponses.message(message, query)
    }

    private func methodNotAllowed() -> LedgerFailure {
        LedgerFailure(.unimplemented, "\(request.method.rawValue) means nothing here")
    }

    // MARK: v1

    func v1() async throws(LedgerFailure) -> Response {
        switch (request.method, route.target) {
        case (.post, .projects):
            let name = try await service.createProject(body(V1ProjectProject.self).name, caller)
            return try respond(V1ProjectProject.with { $0.name = name })
        case (.get, .projects):
            let page = try await service.listProjects(
                filter: query.filter, pageSize: query.pageSize, pageToken: query.pageToken, caller)
            return try respond(
                V1ProjectListProjectsResponse.with { response in
                    response.projects = page.names.map { name in V1ProjectProject.with { $0.name = name } }
                    response.nextPageToken = page.next
                })
        case (.get, .project(let name)):
            let name = try await service.getProject(name, caller)
            return try respond(V1ProjectProject.with { $0.name = name })
        case (.post, .notesBatch(let parent)):
            let notes = try await service.batchCreateNotes(
                V1Flavor.self, parent: parent, notes: body(V1BatchCreateNotesRequest.self).notes, caller)
            return try respond(V1BatchCreateNotesResponse.with { $0.notes = notes })
        case (.post, .occurrencesBatch(let parent)):
            let occurrences = try await service.batchCreateOccurrences(
                V1Flavor.self, parent: parent, occurrences: body(V1BatchCreateOccurrencesRequest.self).occurrences,
                caller)
            return try respond(V1BatchCreateOccurrencesResponse.with { $0.occurrences = occurrences })
        case (.get, .notes(let parent)):
            let page = try await service.listNotes(
                V1Flavor.self, parent: parent, filter: query.filter, pageSize: query.pageSize,
                pageToken: query.pageToken, caller)
            return try respond(
                V1ListNotesResponse.with {
                    $0.notes = page.notes
                    $0.nextPageToken = page.next
                })
        case (.get, .occurrences(let parent)):
            let page = try await service.listOccurrences(
                V1Flavor.self, parent: parent, filter: query.filter, pageSize: query.pageSize,
                pageToken: query.pageToken, caller)
            return try respond(
                V1ListOccurrencesResponse.with {
                    $0.occurrences = page.occurrences
                    $0.nextPageToken = page.next
                })
        case (.get, .noteOccurrences(let name)):
            let page = try await service.listNoteOccurrences(
                V1Flavor.self, name: name, filter: query.filter, pageSize: query.pageSize,
                pageToken: query.pageToken, caller)
            return try respond(
                V1ListNoteOccurrencesResponse.with {
                    $0.occurrences = page.occurrences
                    $0.nextPageToken = page.next
                })
        default: return try await single(V1Flavor.self)
        }
    }

    // MARK: v1beta1

    func beta() async throws(LedgerFailure) -> Response {
        switch (request.method, route.target) {
        case (.post, .projects):
            let name = try await service.createProject(body(V1Beta1ProjectProject.self).name, caller)
            return try respond(V1Beta1ProjectProject.with { $0.name = name })
        case (.get, .projects):
            let page = try await service.listProjects(
                filter: query.filter, pageSize: query.pageSize, pageToken: query.pageToken, caller)
            return try respond(
                V1Beta1ProjectListProjectsResponse.with { response in
                    response.projects = page.names.map { name in V1Beta1ProjectProject.with { $0.name = name } }
                    response.nextPageToken = page.next
                })
        case (.get, .project(let name)):
            let name = try await service.getProject(name, caller)
            return try respond(V1Beta1ProjectProject.with { $0.name = name })
        case (.post, .notesBatch(let parent)):
            let notes = try await service.batchCreateNotes(
                BetaFlavor.self, parent: parent, notes: body(V1Beta1BatchCreateNotesRequest.self).notes, caller)
            return try respond(V1Beta1BatchCreateNotesResponse.with { $0.notes = notes })
        case (.post, .occurrencesBatch(let parent)):
            let occurrences = try await service.batchCreateOccurrences(
                BetaFlavor.self, parent: parent,
                occurrences: body(V1Beta1BatchCreateOccurrencesRequest.self).occurrences, caller)
            return try respond(V1Beta1BatchCreateOccurrencesResponse.with { $0.occurrences = occurrences })
        case (.get, .notes(let parent)):
            let page = try await service.listNotes(
                BetaFlavor.self, parent: parent, filter: query.filter, pageSize: query.pageSize,
                pageToken: query.pageToken, caller)
            return try respond(
                V1Beta1ListNotesResponse.with {
                    $0.notes = page.notes
                    $0.nextPageToken = page.next
                })
        case (.get, .occurrences(let parent)):
            let page = try await service.listOccurrences(
                BetaFlavor.self, parent: parent, filter: query.filter, pageSize: query.pageSize,
                pageToken: query.pageToken, caller)
            return try respond(
                V1Beta1ListOccurrencesResponse.with {
                    $0.occurrences = page.occurrences
                    $0.nextPageToken = page.next
                })
        case (.get, .noteOccurrences(let name)):
            let page = try await service.listNoteOccurrences(
                BetaFlavor.self, name: name, filter: query.filter, pageSize: query.pageSize,
                pageToken: query.pageToken, caller)
            return try respond(
                V1Beta1ListNoteOccurrencesResponse.with {
                    $0.occurrences = page.occurrences
                    $0.nextPageToken = page.next
                })
        case (.get, .vulnerabilitySummary(let parent)):
            let summary = try await service.vulnerabilitySummary(parent: parent, filter: query.filter, caller)
            return try respond(V1Beta1VulnerabilityOccurrencesSummary(summary))
        default: return try await single(BetaFlavor.self)
        }
    }

    // MARK: both

    private func single<F: MetadataFlavor>(_ flavor: F.Type) async throws(LedgerFailure) -> Response {
        switch (request.method, route.target) {
        case (.delete, .project(let name)):
            try await service.deleteProject(name, caller)
            return try respond(Google_Protobuf_Empty())
        case (.post, .notes(let parent)):
            return try await respond(
                service.createNote(
                    flavor, parent: parent, id: query.noteID, note: body(F.Note.self), caller))
        case (.post, .occurrences(let parent)):
            return try await respond(
                service.createOccurrence(flavor, parent: parent, occurrence: body(F.Occurrence.self), caller))
        case (.get, .note(let name)): return try await respond(service.getNote(flavor, name: name, caller))
        case (.get, .occurrence(let name)):
            return try await respond(service.getOccurrence(flavor, name: name, caller))
        case (.get, .occurrenceNote(let name)):
            return try await respond(service.getOccurrenceNote(flavor, name: name, caller))
        case (.patch, .note(let name)):
            return try await respond(
                service.updateNote(flavor, name: name, note: body(F.Note.self), mask: mask, caller))
        case (.patch, .occurrence(let name)):
            return try await respond(
                service.updateOccurrence(
                    flavor, name: name, occurrence: body(F.Occurrence.self), mask: mask, caller))
        case (.delete, .note(let name)):
            try await service.deleteNote(name: name, caller)
            return try respond(Google_Protobuf_Empty())
        case (.delete, .occurrence(let name)):
            try await service.deleteOccurrence(name: name, caller)
            return try respond(Google_Protobuf_Empty())
        default: throw methodNotAllowed()
        }
    }
}

extension V1Beta1VulnerabilityOccurrencesSummary {
    init(_ summary: VulnerabilitySummary) {
        self.init()
        counts = summary.rows.map { row in
            .with {
                $0.resource.uri = row.resource
                $0.severity =
                    V1Beta1VulnerabilitySeverity.allCases.first {
                        "\($0)".lowercased() == row.severity.lowercased()
                    } ?? .unspecified
                $0.fixableCount = Int64(row.fixable)
                $0.totalCount = Int64(row.total)
            }
        }
    }
}

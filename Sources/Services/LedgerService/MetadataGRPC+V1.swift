import GRPCCore
import Grafeas
import MetadataRules
import SwiftProtobuf

extension MetadataGRPC {
    func registerV1<Transport: ServerTransport>(_ router: inout RPCRouter<Transport>) {
        let name = "grafeas.v1.Grafeas"
        let service = service
        add(name, "GetOccurrence", to: &router, V1GetOccurrenceRequest.self) { request, caller throws(LedgerFailure) in
            try await service.getOccurrence(V1Flavor.self, name: request.name, caller)
        }
        add(name, "GetOccurrenceNote", to: &router, V1GetOccurrenceNoteRequest.self) {
            request, caller throws(LedgerFailure) in
            try await service.getOccurrenceNote(V1Flavor.self, name: request.name, caller)
        }
        add(name, "GetNote", to: &router, V1GetNoteRequest.self) { request, caller throws(LedgerFailure) in
            try await service.getNote(V1Flavor.self, name: request.name, caller)
        }
        add(name, "ListOccurrences", to: &router, V1ListOccurrencesRequest.self) {
            request, caller throws(LedgerFailure) in
            let page = try await service.listOccurrences(
                V1Flavor.self, parent: request.parent, filter: request.filter, pageSize: Int(request.pageSize),
                pageToken: request.pageToken, caller)
            return V1ListOccurrencesResponse.with {
                $0.occurrences = page.occurrences
                $0.nextPageToken = page.next
            }
        }
        add(name, "ListNotes", to: &router, V1ListNotesRequest.self) { request, caller throws(LedgerFailure) in
            let page = try await service.listNotes(
                V1Flavor.self, parent: request.parent, filter: request.filter, pageSize: Int(request.pageSize),
                pageToken: request.pageToken, caller)
            return V1ListNotesResponse.with {
                $0.notes = page.notes
                $0.nextPageToken = page.next
            }
        }
        add(name, "ListNoteOccurrences", to: &router, V1ListNoteOccurrencesRequest.self) {
            request, caller throws(LedgerFailure) in
            let page = try await service.listNoteOccurrences(
                V1Flavor.self, name: request.name, filter: request.filter, pageSize: Int(request.pageSize),
                pageToken: request.pageToken, caller)
            return V1ListNoteOccurrencesResponse.with {
                $0.occurrences = page.occurrences
                $0.nextPageToken = page.next
            }
        }
        add(name, "CreateOccurrence", to: &router, V1CreateOccurrenceRequest.self) {
            request, caller throws(LedgerFailure) in
            try await service.createOccurrence(
                V1Flavor.self, parent: request.parent, occurrence: request.occurrence, caller)
        }
        add(name, "CreateNote", to: &router, V1CreateNoteRequest.self) { request, caller throws(LedgerFailure) in
            try await service.createNote(
                V1Flavor.self, parent: request.parent, id: request.noteID, note: request.note, caller)
        }
        add(name, "BatchCreateOccurrences", to: &router, V1BatchCreateOccurrencesRequest.self) {
            request, caller throws(LedgerFailure) in
            let occurrences = try await service.batchCreateOccurrences(
                V1Flavor.self, parent: request.parent, occurrences: request.occurrences, caller)
            return V1BatchCreateOccurrencesResponse.with { $0.occurrences = occurrences }
        }
        add(name, "BatchCreateNotes", to: &router, V1BatchCreateNotesRequest.self) {
            request, caller throws(LedgerFailure) in
            let notes = try await service.batchCreateNotes(
                V1Flavor.self, parent: request.parent, notes: request.notes, caller)
            return V1BatchCreateNotesResponse.with { $0.notes = notes }
        }
        add(name, "UpdateOccurrence", to: &router, V1UpdateOccurrenceRequest.self) {
            request, caller throws(LedgerFailure) in
            try await service.updateOccurrence(
                V1Flavor.self, name: request.name, occurrence: request.occurrence, mask: Self.mask(request.updateMask),
                caller)
        }
        add(name, "UpdateNote", to: &router, V1UpdateNoteRequest.self) { request, caller throws(LedgerFailure) in
            try await service.updateNote(
                V1Flavor.self, name: request.name, note: request.note, mask: Self.mask(request.updateMask), caller)
        }
        add(name, "DeleteOccurrence", to: &router, V1DeleteOccurrenceRequest.self) {
            request, caller throws(LedgerFailure) in
            try await service.deleteOccurrence(name: request.name, caller)
            return Google_Protobuf_Empty()
        }
        add(name, "DeleteNote", to: &router, V1DeleteNoteRequest.self) { request, caller throws(LedgerFailure) in
            try await service.deleteNote(name: request.name, caller)
            return Google_Protobuf_Empty()
        }
    }

    func registerV1Projects<Transport: ServerTransport>(_ router: inout RPCRouter<Transport>) {
        let name = "grafeas.v1.project.Projects"
        let service = service
        add(name, "CreateProject", to: &router, V1ProjectCreateProjectRequest.self) {
            request, caller throws(LedgerFailure) in
            let name = try await service.createProject(request.project.name, caller)
            return V1ProjectProject.with { $0.name = name }
        }
        add(name, "GetProject", to: &router, V1ProjectGetProjectRequest.self) { request, caller throws(LedgerFailure) in
            let name = try await service.getProject(request.name, caller)
            return V1ProjectProject.with { $0.name = name }
        }
        add(name, "ListProjects", to: &router, V1ProjectListProjectsRequest.self) {
            request, caller throws(LedgerFailure) in
            let page = try await service.listProjects(
                filter: request.filter, pageSize: Int(request.pageSize), pageToken: request.pageToken, caller)
            return V1ProjectListProjectsResponse.with { response in
                response.projects = page.names.map { name in V1ProjectProject.with { $0.name = name } }
                response.nextPageToken = page.next
            }
        }
        add(name, "DeleteProject", to: &router, V1ProjectDeleteProjectRequest.self) {
            request, caller throws(LedgerFailure) in
            try await service.deleteProject(request.name, caller)
            return Google_Protobuf_Empty()
        }
    }
}

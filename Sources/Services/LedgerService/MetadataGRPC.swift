import Attestations
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Grafeas
import MetadataRules
import SwiftASN1
import SwiftProtobuf
import WaybillCore
import X509

/// The API over gRPC: the methods of both versions and their projects.
struct MetadataGRPC: RegistrableRPCService {
    let service: MetadataService
    let identities: CallerIdentities

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        registerV1(&router)
        registerV1Projects(&router)
        registerBeta(&router)
        registerBetaProjects(&router)
    }

    /// Registers a method that takes one message and answers one.
    func add<Transport: ServerTransport, Input: Message, Output: Message>(
        _ service: String, _ method: String, to router: inout RPCRouter<Transport>, _ input: Input.Type,
        answer: @escaping @Sendable (Input, LedgerCaller) async throws(LedgerFailure) -> Output
    ) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: service, method: method),
            deserializer: MessageCoding<Input>(), serializer: MessageCoding<Output>()
        ) { request, context in
            let single = try await ServerRequest(stream: request)
            do throws(LedgerFailure) {
                let caller = try await caller(single.metadata, context)
                return StreamingServerResponse(
                    single: ServerResponse(message: try await answer(single.message, caller)))
            } catch {
                throw RPCError(error)
            }
        }
    }

    private func caller(_ metadata: Metadata, _ context: ServerContext) async throws(LedgerFailure) -> LedgerCaller {
        func first(_ key: String) -> String? { metadata[stringValues: key].first { _ in true } }
        let certificate = (context.transportSpecific as? HTTP2ServerTransport.Posix.Context)?.peerCertificate
        let identity = try await identities.identity(
            authorization: first("authorization"),
            certificate: {
                guard let certificate else { return nil }
                var serializer = DER.Serializer()
                guard (try? serializer.serialize(certificate)) != nil else { return nil }
                return serializer.serializedBytes
            })
        let moment = try first("waybill-as-of").map { text throws(LedgerFailure) in try RESTQuery.moment(text) }
        return LedgerCaller(identity: identity, peer: context.remotePeer, moment: moment)
    }

    static func mask(_ mask: Google_Protobuf_FieldMask) throws(LedgerFailure) -> UpdateMask {
        do throws(WaybillError) { return try UpdateMask(paths: mask.paths) } catch { throw LedgerFailure(error) }
    }
}

extension RPCError {
    init(_ failure: LedgerFailure) {
        self.init(code: Code(failure.status), message: failure.message)
    }
}

extension RPCError.Code {
    init(_ status: LedgerFailure.Status) {
        self =
            switch status {
            case .invalidArgument: .invalidArgument
            case .deadlineExceeded: .deadlineExceeded
            case .notFound: .notFound
            case .alreadyExists: .alreadyExists
            case .permissionDenied: .permissionDenied
            case .resourceExhausted: .resourceExhausted
            case .failedPrecondition: .failedPrecondition
            case .aborted: .aborted
            case .unimplemented: .unimplemented
            case .internalError: .internalError
            case .unavailable: .unavailable
            case .unauthenticated: .unauthenticated
            }
    }
}

/// Messages as the bytes of a call.
struct MessageCoding<Message: SwiftProtobuf.Message>: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes {
        let bytes: [UInt8] = try message.serializedBytes()
        return Bytes(bytes)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> Message {
        do {
            return try serializedMessageBytes.withUnsafeBytes { try Message(serializedBytes: Array($0)) }
        } catch {
            throw RPCError(code: .invalidArgument, message: "the request cannot be read", cause: error)
        }
    }
}

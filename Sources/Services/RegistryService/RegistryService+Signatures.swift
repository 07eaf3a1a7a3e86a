import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import OCI
import WaybillCore

/// OpenPGP signatures beside an image, as skopeo and podman read and write them in a registry. They are only kept here:
/// who trusts which key is decided by those who verify.
extension RegistryService {
    /// Signatures of one image.
    static let signaturesMax = 100
    static let signatureBytesMax = 64 << 10

    func signatures(_ repository: String, _ text: String) throws -> Response {
        let image = try signedImage(repository, text)
        let list = try repositories.signatures(of: image, in: repository).map { name, content -> Value in
            [
                "schemaVersion": 2, "name": .string("\(image)@\(name)"), "type": "atomic",
                "content": .string(Base64.encode(content)),
            ]
        }
        return JSONBody.response(["signatures": .array(list)])
    }

    func addSignature(_ request: Request, _ repository: String, _ text: String) async throws -> Response {
        let image = try signedImage(repository, text)
        let signature = try await PushedSignature(request, of: image)
        let present = try repositories.signatures(of: image, in: repository)
        if let same = present.first(where: { $0.name == signature.name }) {
            guard same.content == signature.content else {
                throw RegistryFailure(
                    .signatureInvalid, .conflict, "there is another signature of the name \(signature.name)")
            }
            return Response(status: .created)
        }
        guard present.count < Self.signaturesMax else {
            throw RegistryFailure(
                .signatureInvalid, .contentTooLarge, "an image has at most \(Self.signaturesMax) signatures")
        }
        try repositories.addSignature(signature.content, named: signature.name, of: image, in: repository)
        return Response(status: .created)
    }

    private func signedImage(_ repository: String, _ text: String) throws -> Digest {
        guard let digest = Digest(text) else { throw RegistryFailure.digest(text) }
        guard try repositories.mediaType(digest, in: repository) != nil else { throw RegistryFailure.manifest(text) }
        return digest
    }
}

/// A signature as a client sends it: `{"schemaVersion":2,"name":"DIGEST@NAME","type":"atomic","content":BASE64}`.
private struct PushedSignature {
    let name: String
    let content: [UInt8]

    init(_ request: Request, of image: Digest) async throws {
        func invalid(_ message: String) -> RegistryFailure { RegistryFailure(.signatureInvalid, .badRequest, message) }
        // Base 64 makes four bytes of three, and names and braces need some too.
        let limit = RegistryService.signatureBytesMax * 2
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            bytes.append(contentsOf: buffer.readableBytesView)
            guard bytes.count <= limit else {
                throw RegistryFailure(
                    .sizeInvalid, .contentTooLarge,
                    "a signature has at most \(RegistryService.signatureBytesMax) bytes")
            }
        }
        let value: Value
        do {
            value = try JSONReader.value(from: bytes)
        } catch {
            throw invalid("the signature is not JSON: \(error)")
        }
        guard value["schemaVersion"]?.integer == 2 else { throw invalid("schemaVersion is not 2") }
        guard value["type"]?.string == "atomic" else { throw invalid("the type is not “atomic”") }
        let prefix = "\(image)@"
        guard let whole = value["name"]?.string, whole.utf8.starts(with: prefix.utf8) else {
            throw invalid("the name does not begin with \(prefix)")
        }
        name = String(whole.dropFirst(prefix.count))
        // The name becomes a file's.
        guard (1...128).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        else { throw invalid("the name after the digest is not made of small letters and digits") }
        guard let content = value["content"]?.string.flatMap({ Base64.decode($0) }), !content.isEmpty,
            content.count <= RegistryService.signatureBytesMax
        else {
            throw invalid("the content is not base 64 of 1 to \(RegistryService.signatureBytesMax) bytes")
        }
        self.content = content
    }
}

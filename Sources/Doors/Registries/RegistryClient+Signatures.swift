import Documents
import NIOHTTP1
import OCI
public import WaybillCore

extension Registry {
    /// OpenPGP signatures that the registry keeps beside the image; none where it has no place for them.
    public func signatures(of image: Digest, in repository: String) async throws(WaybillError) -> [[UInt8]] { [] }

    /// Adds an OpenPGP signature beside the image. Throws `.unsupported` where the registry has no place for it.
    public func add(signature: [UInt8], to image: Digest, in repository: String) async throws(WaybillError) {
        throw WaybillError(
            .unsupported, "keeps no OpenPGP signatures", subject: repository,
            remedy: "name a folder that skopeo's registries.d names as lookaside: --lookaside DIR")
    }
}

/// The extension with which skopeo and podman keep signatures in a registry: `/extensions/v2/NAME/signatures/DIGEST`,
/// announced by `X-Registry-Supports-Signatures: 1` on `/v2/`.
extension RegistryClient {
    /// Signatures of one image, and the bytes of their list.
    private static let signaturesMax = 100
    private static let listBytesMax = 16 << 20

    public func signatures(of image: Digest, in repository: String) async throws(WaybillError) -> [[UInt8]] {
        guard try await supportsSignatures() else { return [] }
        let subject = "\(repository)@\(image)"
        let answer = try await transport.send(.GET, try Self.signaturesPath(repository, image))
        if answer.status == 404 { return [] }
        guard answer.status == 200 else { throw try await transport.failure(answer, "signatures", subject) }
        let bytes = try await transport.body(answer, bytesMax: Self.listBytesMax)
        let list: [Value]
        do {
            list = try JSONReader.value(from: bytes)["signatures"]?.array ?? []
        } catch {
            throw WaybillError(.invalidInput, "the list of signatures is not JSON: \(error)", subject: subject)
        }
        guard list.count <= Self.signaturesMax else {
            throw WaybillError(
                .limitExceeded, "has more than \(Self.signaturesMax) OpenPGP signatures", subject: subject)
        }
        var found: [[UInt8]] = []
        for item in list where item["type"]?.string == "atomic" {
            guard let content = item["content"]?.string.flatMap({ Base64.decode($0) }) else {
                throw WaybillError(.invalidInput, "a signature's content is not base 64", subject: subject)
            }
            found.append(content)
        }
        return found
    }

    public func add(signature: [UInt8], to image: Digest, in repository: String) async throws(WaybillError) {
        let subject = "\(repository)@\(image)"
        guard try await supportsSignatures() else {
            throw WaybillError(
                .unsupported, "the registry keeps no OpenPGP signatures", subject: subject,
                remedy: "name a folder that skopeo's registries.d names as lookaside: --lookaside DIR")
        }
        // Equal signatures have equal names: adding one twice is no conflict.
        let name = Digest.sha256(of: signature).hex.prefix(32)
        let body: Value = [
            "schemaVersion": 2, "name": .string("\(image)@\(name)"), "type": "atomic",
            "content": .string(Base64.encode(signature)),
        ]
        let answer = try await transport.send(
            .PUT, try Self.signaturesPath(repository, image), headers: [("Content-Type", "application/json")],
            body: JSONWriter.bytes(body))
        guard answer.status == 201 || answer.status == 200 else {
            throw try await transport.failure(answer, "image", subject)
        }
    }

    private func supportsSignatures() async throws(WaybillError) -> Bool {
        let answer = try await transport.send(.GET, "/v2/")
        // A registry that lets anybody read asks for a login here and says so all the same.
        return (answer.status == 200 || answer.status == 401) && answer.header("X-Registry-Supports-Signatures") == "1"
    }

    private static func signaturesPath(_ repository: String, _ image: Digest) throws(WaybillError) -> String {
        "/extensions" + (try path(repository, "signatures", image.description))
    }
}

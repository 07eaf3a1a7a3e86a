import Documents
import WaybillCore

/// Where the next page of a list begins, and of which moment the list is.
struct ContinueToken {
    var revision: Int
    var namespace: String
    var name: String

    init(revision: Int, after object: Value) {
        self.revision = revision
        namespace = object[path: "metadata", "namespace"]?.string ?? ""
        name = object[path: "metadata", "name"]?.string ?? ""
    }

    init(_ text: String) throws(APIError) {
        func failure(_ why: String) -> APIError {
            .badRequest("invalid continue token: continue key is not valid: \(why)")
        }
        // The alphabet is taken without its padding too.
        guard
            let bytes = Base64.decode(text)
                ?? Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
        else { throw failure("illegal base64 data at input byte 0") }
        let value: Value
        do throws(GoJSON.Failure) {
            value = try GoJSON.read(bytes).value
        } catch {
            throw failure(error.message)
        }
        guard let revision = value["rv"]?.integer, let namespace = value["namespace"]?.string,
            let name = value["name"]?.string
        else { throw failure("unrecognized encoded version \"\(value["v"]?.string ?? "")\"") }
        self.revision = revision
        self.namespace = namespace
        self.name = name
    }

    var text: String {
        Base64.encode(
            JSONWriter.bytes([
                "v": "meta.k8s.io/v1", "rv": .integer(revision), "namespace": .string(namespace), "name": .string(name),
            ]), alphabet: .urlSafe)
    }

    /// The object comes after the last one of the page before.
    func precedes(_ object: Value) -> Bool {
        let here = ObjectStore.Key(resource: "", namespace: namespace, name: name)
        let there = ObjectStore.Key(
            resource: "", namespace: object[path: "metadata", "namespace"]?.string ?? "",
            name: object[path: "metadata", "name"]?.string ?? "")
        return here < there
    }
}

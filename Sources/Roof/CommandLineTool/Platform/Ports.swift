import Documents
import Files
import WaybillCore

/// The ports of a state folder. They are chosen at the first start and kept: image references and Git remotes name them.
struct Ports: Hashable, Sendable {
    var forge = 0
    var registry = 0
    var cluster = 0
    var admission = 0
    var ledger = 0
    var ledgerGRPC = 0

    static func load(_ path: String) throws(WaybillError) -> Ports {
        guard Files.exists(path) else { return Ports() }
        do {
            var fields = try Fields(try JSONReader.node(from: try Files.read(path)), of: "ports")
            var ports = Ports()
            ports.forge = try fields.integer("forge", in: 1...65535) ?? 0
            ports.registry = try fields.integer("registry", in: 1...65535) ?? 0
            ports.cluster = try fields.integer("cluster", in: 1...65535) ?? 0
            ports.admission = try fields.integer("admission", in: 1...65535) ?? 0
            ports.ledger = try fields.integer("ledger", in: 1...65535) ?? 0
            ports.ledgerGRPC = try fields.integer("ledgerGRPC", in: 1...65535) ?? 0
            try fields.finish()
            return ports
        } catch let error as DocumentError {
            throw error.inFile(path)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: path, cause: error)
        }
    }

    func save(_ path: String) throws(WaybillError) {
        let value: Value = [
            "forge": .integer(forge), "registry": .integer(registry), "cluster": .integer(cluster),
            "admission": .integer(admission), "ledger": .integer(ledger), "ledgerGRPC": .integer(ledgerGRPC),
        ]
        try Files.write(JSONWriter.bytes(value, style: .pretty), to: path)
    }
}

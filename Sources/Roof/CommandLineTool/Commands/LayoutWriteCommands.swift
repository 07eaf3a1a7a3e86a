import ArgumentParser
import Attestations
import Documents
import Files
import Signatures
import Signers
import Trust
import WaybillCore

/// Signs a layout as its owner.
struct LayoutSignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a supply chain's layout as its owner.",
        discussion: """
            The layout is a JSON file with steps and the time at which it expires. --functionary adds a key; steps name it
            under “pubkeys” by the file's name. The envelope is what in-toto-verify reads.

              waybill layout sign shop.json --key owner.key --functionary ann.pub --out root.layout
            """)

    @Argument(help: "The layout, JSON.") var layout: String
    @Option(help: "The owner’s private key.") var key: String
    @Option(help: "The public key (PEM) of somebody who carries out a step; may be given more than once.")
    var functionary: [String] = []
    @Option(name: .shortAndLong, help: "Where to write the envelope.") var out: String

    func run() async throws {
        try await Guarded.run { () async throws(WaybillError) in
            let bytes = try Files.read(layout, bytesMax: 16 << 20)
            let value: Value
            do throws(DocumentError) {
                value = try JSONReader.value(from: bytes, limits: DocumentLimits(depthMax: 64))
            } catch {
                throw error.inFile(layout)
            }
            var people: [(name: String, key: LayoutKey)] = []
            for path in functionary { people.append((path, LayoutKey(try PublicKey(pem: Files.text(path))))) }
            let payload = try LayoutWriter.layout(value, functionaries: people)
            try LayoutEnvelope.write(payload, key: key, to: out)
            Terminal.result(out)
        }
    }
}

/// Signs what a step was given and what it left.
struct LayoutLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Sign what a step of a layout was given and what it left.",
        discussion: """
            Files are named as the layout's rules name them. The link is written to STEP.KEY.link, where in-toto looks.

              waybill layout link build --key ann.key --material main.swift --product shop --command "swift build"
            """)

    @Argument(help: "The step’s name.") var step: String
    @Option(help: "The private key of whoever carried the step out.") var key: String
    @Option(help: "A file that the step was given; may be given more than once.") var material: [String] = []
    @Option(help: "A file that the step left; may be given more than once.") var product: [String] = []
    @Option(help: "The command that was run.") var command: String?

    func run() async throws {
        try await Guarded.run { () async throws(WaybillError) in
            func files(_ names: [String]) throws(WaybillError) -> [(name: String, bytes: [UInt8])] {
                var files: [(name: String, bytes: [UInt8])] = []
                for name in names { files.append((name, try Files.read(name))) }
                return files
            }
            let words = command.map { $0.split(separator: " ").map(String.init) } ?? []
            let payload = try LayoutWriter.link(
                step: step, command: words, materials: try files(material), products: try files(product))
            let keyID = try LayoutEnvelope.key(key).name.keyID
            let file = LayoutWriter.linkFile(step: step, keyID: keyID)
            try LayoutEnvelope.write(payload, key: key, to: file)
            Terminal.result(file)
        }
    }
}

/// An envelope as in-toto writes it: the key goes by the name that securesystemslib gives to it.
private enum LayoutEnvelope {
    static func key(_ path: String) throws(WaybillError) -> (secret: PrivateKey, name: LayoutKey) {
        let secret = try PrivateKey(file: path) { () throws(WaybillError) in try SigningKeyOption.password() }
        let name = LayoutKey(secret.publicKey)
        // securesystemslib takes PSS for RSA keys.
        return (try secret.signing(as: name.key.encoding), name)
    }

    static func write(_ payload: [UInt8], key path: String, to file: String) throws(WaybillError) {
        let (secret, name) = try key(path)
        var envelope = try PrivateKeySigner(secret).envelope(payloadType: Statement.payloadType, payload: payload)
        envelope.signatures = envelope.signatures.map { .init(keyID: name.keyID, bytes: $0.bytes) }
        try Files.write(envelope.bytes, to: file)
    }
}

import ArgumentParser
import Files
import Signers
import Trust
import WaybillCore

/// Keys that people sign with.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make and look at signing keys.", subcommands: [Create.self, Show.self])

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case ed25519
        case p256, p384, p521
        case rsa

        var algorithm: PublicKey.Algorithm {
            switch self {
            case .ed25519: .ed25519
            case .p256: .ecdsaP256
            case .p384: .ecdsaP384
            case .p521: .ecdsaP521
            case .rsa: .rsa
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a key: NAME.key for you alone, NAME.pub for everybody.",
            discussion: "With --encrypted in cosign's form, under the password in WAYBILL_KEY_PASSWORD.")

        @Argument(help: "The files' name, without its ending.") var name: String
        @Option(help: "\(Kind.allCases.map(\.rawValue).joined(separator: ", ")).") var kind: Kind = .p256
        @Flag(help: "Keep it under a password, in the form that cosign reads.") var encrypted = false

        func run() async throws {
            do {
                guard !Files.exists("\(name).key"), !Files.exists("\(name).pub") else {
                    throw WaybillError(.conflict, "there is a key already", subject: "\(name).key")
                }
                let key = try PrivateKey.generate(kind.algorithm)
                let text = encrypted ? try EncryptedKey.encrypt(key, password: SigningKeyOption.password()) : key.pem
                try Files.write(Array(text.utf8), to: "\(name).key", mode: 0o600)
                try Files.write(Array(key.publicKey.pem.utf8), to: "\(name).pub")
                Terminal.result(key.publicKey.keyID)
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the public half of a key, and its name.")

        @Argument(help: "A private key's file.") var path: String

        func run() async throws {
            do {
                let key = try PrivateKey(file: path) { () throws(WaybillError) in try SigningKeyOption.password() }
                Terminal.result("\(key.publicKey.pem)\(key.publicKey.keyID)")
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
        }
    }
}

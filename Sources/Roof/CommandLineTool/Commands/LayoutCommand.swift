import ArgumentParser
import Attestations
import Documents
import Files
import Foundation
import Signatures
import Trust
import WaybillCore

/// Verifies a supply chain by its owner's layout.
struct LayoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layout", abstract: "in-toto layouts and their links.",
        subcommands: [Verify.self, LayoutSignCommand.self, LayoutLinkCommand.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Verify a layout and its links, as in-toto-verify does; inspections are not run.",
            discussion: "Exit status: 0 verified, 1 not verified, 2 we could not find out.")

        @Argument(help: "The layout, then its links.") var files: [String]
        @Option(name: .customLong("key"), help: "An owner's public key (PEM); every owner must have signed.")
        var owners: [String] = []
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            var failure: SignatureFailure?
            do {
                guard let layout = files.first, !owners.isEmpty else {
                    throw WaybillError(
                        .invalidInput, "a layout and at least one owner are needed", subject: "layout",
                        remedy: "waybill layout verify LAYOUT LINK… --key OWNER.pub")
                }
                var keys: [LayoutKey] = []
                for path in owners { keys.append(LayoutKey(try PublicKey(pem: Files.text(path)))) }
                var links: [[UInt8]] = []
                for path in files.dropFirst() { links.append(try Files.read(path, bytesMax: 16 << 20)) }
                let bytes = try Files.read(layout, bytesMax: 16 << 20)
                failure = Self.failure(keys, bytes, links)
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
            switch output {
            case .text: Terminal.result(failure.map { "not verified  \($0)" } ?? "verified")
            case .json:
                var members: [(key: String, value: Value)] = [("verified", .bool(failure == nil))]
                if let failure {
                    members += [("check", .string(failure.check.rawValue)), ("message", .string(failure.message))]
                }
                Terminal.result(JSONWriter.string(.object(Object(members)), style: .pretty))
            }
            if failure != nil { throw ExitStatus.no }
        }

        private static func failure(_ owners: [LayoutKey], _ layout: [UInt8], _ links: [[UInt8]]) -> SignatureFailure? {
            do {
                try LayoutVerifier(owners: owners).verify(
                    layout: layout, links: links, at: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
                return nil
            } catch { return error }
        }
    }
}

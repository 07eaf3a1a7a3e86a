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

        @Argument(
            help:
                "The layout, then its links or their folder, in which layouts of steps stand with folders of their own."
        )
        var files: [String]
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
                var links = LinkFolder(files: [])
                for path in files.dropFirst() { try Self.add(path, to: &links) }
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

        /// A link's file, or all of a folder.
        private static func add(_ path: String, to links: inout LinkFolder, depth: Int = 0) throws(WaybillError) {
            guard Files.isFolder(path) else {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                links.files.append((name, try Files.read(path, bytesMax: 16 << 20)))
                return
            }
            guard depth < 16 else { throw WaybillError(.limitExceeded, "is too deep", subject: path) }
            for name in try Files.names(in: path).sorted() {
                let inner = "\(path)/\(name)"
                if Files.isFolder(inner) {
                    var folder = LinkFolder(files: [])
                    try add(inner, to: &folder, depth: depth + 1)
                    links.folders[name] = folder
                } else if name.hasSuffix(".link") {
                    try add(inner, to: &links, depth: depth + 1)
                }
            }
        }

        private static func failure(_ owners: [LayoutKey], _ layout: [UInt8], _ links: LinkFolder) -> SignatureFailure?
        {
            do {
                try LayoutVerifier(owners: owners).verify(
                    layout: layout, in: links, at: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
                return nil
            } catch { return error }
        }
    }
}

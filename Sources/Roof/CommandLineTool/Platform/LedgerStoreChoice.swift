import Files
import Foundation
import Ledger
import WaybillCore

/// Where notes and occurrences are kept: by address, by a file that holds one, or in the ledger's own database.
struct LedgerStoreChoice: Sendable {
    /// `postgres://USER@HOST/DATABASE`, as it stands on the command line.
    var address: String?
    /// A file with an address, for passwords.
    var file: String?

    static let variable = "WAYBILL_LEDGER_STORE"
    static let fileVariable = "WAYBILL_LEDGER_STORE_FILE"
    /// The file of a state folder that is looked for where nothing is named.
    static let standardFile = "ledger-store"

    init(address: String? = nil, file: String? = nil) {
        self.address = address
        self.file = file
    }

    /// The address, from the command line, the environment or a file, in this order; nil for the ledger's own database.
    /// Throws for a password where other users could read it.
    func resolved(
        _ state: StateFolder, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(WaybillError) -> String? {
        if let address {
            guard !Self.hasPassword(address) else {
                throw WaybillError(
                    .forbidden, "a password on the command line is seen by every user of the machine",
                    subject: Redaction.url(address),
                    remedy:
                        "put the address into a file (--ledger-store-file, of ledger serve --store-file) or $\(Self.variable)"
                )
            }
            return try Self.checked(address)
        }
        if let file { return try Self.read(file) }
        if let address = environment[Self.variable], !address.isEmpty { return try Self.checked(address) }
        if let file = environment[Self.fileVariable], !file.isEmpty { return try Self.read(file) }
        let standard = "\(state.path)/\(Self.standardFile)"
        return Files.exists(standard) ? try Self.read(standard) : nil
    }

    /// A name for the store without secrets: the same address is the same store.
    func name(_ state: StateFolder) throws(WaybillError) -> String {
        try resolved(state).map { Redaction.url($0) } ?? "own"
    }

    /// Opens what was chosen. A store that does not answer is an error: another one would be empty.
    func open(_ state: StateFolder, own ledger: SQLiteLedger) async throws(WaybillError) -> any MetadataStore {
        guard let address = try resolved(state) else { return SQLiteMetadataStore(ledger) }
        return try await PostgresMetadataStore(url: address)
    }

    private static func read(_ path: String) throws(WaybillError) -> String {
        guard let status = FileStatus(of: path) else {
            throw WaybillError(.notFound, "there is no such file", subject: path)
        }
        let text = try Files.text(path)
        let line = String(text.prefix { !$0.isNewline })
        guard !hasPassword(line) || status.mode & 0o077 == 0 else {
            throw WaybillError(
                .forbidden, "holds a password and can be read by others", subject: path, remedy: "chmod 600 \(path)")
        }
        return try checked(line)
    }

    private static func checked(_ address: String) throws(WaybillError) -> String {
        guard PostgresMetadataStore.isAddress(address) else {
            throw WaybillError(
                .invalidInput, "is no address of PostgreSQL", subject: Redaction.url(address),
                remedy: "postgres://USER@HOST/DATABASE")
        }
        return address
    }

    /// Before the host, or among the parameters.
    static func hasPassword(_ address: String) -> Bool {
        let rest =
            address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if let end = authority.lastIndex(of: "@"), authority[..<end].contains(":") { return true }
        guard let query = address.firstIndex(of: "?") else { return false }
        return address[query...].split(whereSeparator: { $0 == "&" || $0 == "?" }).contains {
            $0.lowercased().hasPrefix("password=") || $0.lowercased().hasPrefix("sslpassword=")
        }
    }
}

import Advisories
import Packages
import WaybillCore

/// A file of advisories, as it came.
public struct AdvisoryFile: Sendable {
    /// Its path, for messages; the end of the name tells the format.
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// What an import changed.
public struct ImportReport: Hashable, Sendable {
    public var added = 0
    public var changed = 0
    public var withdrawn = 0
    public var unchanged = 0
    /// Records per ecosystem among those that were read.
    public var ecosystems: [String: Int] = [:]
    /// Files that are no advisories by their name, such as README.md.
    public var skipped: [String] = []

    public init() {}
}

/// Decides what an import means, before anything is stored.
struct AdvisoryImport {
    var advisories: [Advisory] = []
    var report = ImportReport()

    /// Reads every file. Throws for the first that cannot be read, so that a half-good import changes nothing.
    init(_ files: [AdvisoryFile], over index: AdvisoryIndex) throws(WaybillError) {
        for file in files.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            let ending = file.name.split(separator: "/").last?.split(separator: ".").last.map { $0.lowercased() } ?? ""
            switch ending {
            case "json", "yaml", "yml": advisories += try OSVReader.advisories(from: file.bytes, file: file.name)
            case "zip", "gz", "tar", "tgz", "zst", "xz":
                throw WaybillError(
                    .unsupported, "archives are not read", subject: file.name, remedy: "unpack it and import the folder")
            default: report.skipped.append(file.name)
            }
        }
        guard !advisories.isEmpty else {
            throw WaybillError(
                .invalidInput, "no advisory among \(files.count) files", subject: "advisories",
                remedy: "import files of OSV records, *.json or *.yaml")
        }
        for advisory in advisories { count(advisory, index) }
    }

    private mutating func count(_ advisory: Advisory, _ index: AdvisoryIndex) {
        for ecosystem in Set(advisory.affected.map(\.ecosystem.name)) { report.ecosystems[ecosystem, default: 0] += 1 }
        switch (index[advisory.id], advisory.withdrawn) {
        case (nil, nil): report.added += 1
        case (let old?, _?) where old.withdrawn == nil: report.withdrawn += 1
        case (nil, _?): report.withdrawn += 1
        case (let old?, nil) where old.modified != advisory.modified: report.changed += 1
        default: report.unchanged += 1
        }
    }
}

import Packages
import WaybillCore

/// One package's header in an rpm database: an index of tags, then their data, all numbers in big-endian order.
struct RPMHeader {
    enum Tag: Int {
        case name = 1000, version = 1001, release = 1002, epoch = 1003, vendor = 1011, licence = 1014
        case architecture = 1022, sourcePackage = 1044, directoryIndexes = 1116, baseNames = 1117
        case directoryNames = 1118, modularityLabel = 5096
    }

    private struct Entry {
        var type: Int
        var offset: Int
        var count: Int
    }

    private static let entriesMax = 65_535
    private static let valuesMax = 4_000_000

    private var entries: [Int: Entry] = [:]
    private let data: ByteView

    init(_ blob: ArraySlice<UInt8>) throws(BinaryError) {
        let view = ByteView(blob, isBigEndian: true)
        guard let count = view.uint32(0), let size = view.uint32(4), count <= Self.entriesMax,
            let data = view.slice(8 + count * 16, size)
        else { throw BinaryError("a package's header is damaged or cut off") }
        self.data = ByteView(data, isBigEndian: true)
        for index in 0..<count {
            let start = 8 + index * 16
            guard let tag = view.uint32(start), let type = view.uint32(start + 4), let offset = view.uint32(start + 8),
                let count = view.uint32(start + 12)
            else { throw BinaryError("a package's header is cut off") }
            if entries[tag] == nil { entries[tag] = Entry(type: type, offset: offset, count: count) }
        }
    }

    /// The first text of a tag.
    func text(_ tag: Tag) -> String? {
        guard let entry = entries[tag.rawValue], [6, 8, 9].contains(entry.type) else { return nil }
        return data.text(entry.offset)
    }

    func integer(_ tag: Tag) -> Int? {
        guard let entry = entries[tag.rawValue], entry.type == 4, entry.count >= 1 else { return nil }
        return data.uint32(entry.offset)
    }

    private func texts(_ tag: Tag) -> [String] {
        guard let entry = entries[tag.rawValue], entry.type == 8, entry.count <= Self.valuesMax else { return [] }
        var offset = entry.offset
        var result: [String] = []
        for _ in 0..<entry.count {
            guard let text = data.text(offset) else { return result }
            result.append(text)
            offset += text.utf8.count + 1
        }
        return result
    }

    private func integers(_ tag: Tag) -> [Int] {
        guard let entry = entries[tag.rawValue], entry.type == 4, entry.count <= Self.valuesMax else { return [] }
        var result: [Int] = []
        for index in 0..<entry.count {
            guard let value = data.uint32(entry.offset + index * 4) else { return result }
            result.append(value)
        }
        return result
    }

    /// The paths of the package's files that name packages of a language.
    func ownedPaths() -> [String] {
        let names = texts(.baseNames), folders = texts(.directoryNames), indexes = integers(.directoryIndexes)
        var result: [String] = []
        for (name, index) in zip(names, indexes) where folders.indices.contains(index) {
            let path = String((folders[index] + name).drop { $0 == "/" })
            if OwnedFiles.isWorthKnowing(path) { result.append(path) }
        }
        return result
    }

    /// Nil for what is no package: rpm keeps its keys as one.
    func package(_ file: InventoryFile) throws(BinaryError) -> Package? {
        guard let name = text(.name), let version = text(.version), let release = text(.release), !name.isEmpty else {
            throw BinaryError("a package's header has no name, version or release")
        }
        if name == "gpg-pubkey" { return nil }
        let epoch = integer(.epoch) ?? 0
        let full = (epoch > 0 ? "\(epoch):" : "") + "\(version)-\(release)"
        var package = Package(
            ecosystem: file.system?.ecosystem ?? Ecosystem(name: "RPM"), name: name, version: full,
            place: Place(location: SourceLocation(file: file.path), layer: file.layer),
            source: Self.source(text(.sourcePackage), epoch), architecture: text(.architecture),
            licences: text(.licence).map { [$0] } ?? [])
        package.vendor = text(.vendor)
        if let label = text(.modularityLabel), !label.isEmpty { package.groups = ["module:\(label)"] }
        return package
    }

    /// `bash-5.1.8-6.el9.src.rpm`: name, version, release from the right.
    private static func source(_ file: String?, _ epoch: Int) -> Package.Source? {
        guard let file, file.hasSuffix(".rpm") else { return nil }
        let stem = file.dropLast(4).split(separator: ".").dropLast().joined(separator: ".")
        let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        let version = parts.suffix(2).joined(separator: "-")
        return Package.Source(
            name: parts.dropLast(2).joined(separator: "-"), version: (epoch > 0 ? "\(epoch):" : "") + version)
    }
}

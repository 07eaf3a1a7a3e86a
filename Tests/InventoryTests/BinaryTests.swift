import Documents
import Inventory
import OCI
import Packages
import Testing
import WaybillCore

struct ProgramTests {
    private func scan(_ bytes: [UInt8]) -> InventoryResult {
        InventoryScanner.scan([FileEntry(path: "usr/local/bin/tool", kind: .file, contents: bytes)])
    }

    @Test func `a Go program lists its modules, replacements, itself and the standard library`() throws {
        let modules = """
            path\texample.org/tool/cmd
            mod\texample.org/tool\tv1.4.0\th1:x
            dep\tgithub.com/a/b\tv1.2.3\th1:y
            dep\tgithub.com/old/c\tv1.0.0
            =>\tgithub.com/new/c\tv1.1.0\th1:z
            build\t-buildmode=exe

            """
        let result = scan(Programs.go(version: "go1.21.5 X:nocoverageredesign", modules: modules))
        #expect(
            result.packages.map { "\($0.name) \($0.version)" } == [
                "example.org/tool 1.4.0", "github.com/a/b 1.2.3", "github.com/new/c 1.1.0", "stdlib 1.21.5",
            ])
        #expect(result.packages[1].purl?.description == "pkg:golang/github.com/a/b@v1.2.3")
        #expect(result.packages[1].place.location?.file == "usr/local/bin/tool")
    }

    @Test func `a Go program of before 1_18 is followed through its pointers`() throws {
        let result = scan(
            Programs.oldGo(version: "go1.13.4", modules: "mod\tx\t(devel)\ndep\tgithub.com/a/b\tv0.1.0\n"))
        #expect(result.packages.map { "\($0.name) \($0.version)" } == ["github.com/a/b 0.1.0", "stdlib 1.13.4"])
        #expect(result.projects.map(\.name) == ["x"])
    }

    @Test func `a Rust program lists the crates that cargo-auditable wrote down`() throws {
        let list = #"""
            {"packages":[{"name":"app","version":"0.1.0","source":"local","root":true,"dependencies":[1]},
            {"name":"serde","version":"1.0.1","source":"crates.io","dependencies":[2]},
            {"name":"cc","version":"1.0.2","source":"crates.io","kind":"build"}]}
            """#
        let result = scan(Programs.elf(section: ".dep-v0", try Programs.zlib(Array(list.utf8))))
        #expect(result.packages.map { "\($0.name) \($0.version)" } == ["cc 1.0.2", "serde 1.0.1"])
        #expect(result.packages.map(\.isDirect) == [false, true])
        #expect(result.packages[0].isDevelopment && result.packages[1].dependencies == ["cc@1.0.2"])
        #expect(result.projects.map(\.name) == ["app"])
    }

    @Test func `a damaged list is said, other damaged programs are let be`() throws {
        let packed = try Programs.zlib(Array("{}".utf8))
        #expect(scan(Programs.elf(section: ".dep-v0", packed)).isIncomplete)
        #expect(scan(Programs.elf(section: ".dep-v0", Array(packed.prefix(4)))).isIncomplete)
        #expect(!scan(Programs.elf(section: ".text", [1, 2, 3])).isIncomplete)
        #expect(!scan([0x7F, 0x45, 0x4C, 0x46, 9, 9]).isIncomplete)
    }
}

struct JavaArchiveTests {
    private func scan(_ name: String, _ bytes: [UInt8]) -> InventoryResult {
        InventoryScanner.scan([FileEntry(path: name, kind: .file, contents: bytes)])
    }

    private static let note = Array("#x\ngroupId=org.apache.commons\nartifactId=commons-io\nversion=2.7\n".utf8)

    @Test func `coordinates come from Maven's note, also of jars in jars in wars`() {
        let inner = Programs.zip([("META-INF/maven/org.apache.commons/commons-io/pom.properties", Self.note)])
        let middle = Programs.zip([("BOOT-INF/lib/commons-io-2.7.jar", inner)])
        let war = Programs.zip([("WEB-INF/lib/app.jar", middle), ("index.html", Array("x".utf8))])
        let result = scan("app.war", war)
        #expect(result.packages.map { "\($0.name) \($0.version)" } == ["org.apache.commons:commons-io 2.7"])
        #expect(
            result.packages[0].place.location?.file == "app.war!/WEB-INF/lib/app.jar!/BOOT-INF/lib/commons-io-2.7.jar")
    }

    @Test func `without a note manifest and file name speak, and what cannot be told is said`() {
        let manifest =
            "Manifest-Version: 1.0\r\nBundle-SymbolicName: com.fasterxml.jackson.core.jack\r\n son-core;x=1\r\n\r\n"
        let told = scan("lib/jackson-core-2.9.1.jar", Programs.zip([("META-INF/MANIFEST.MF", Array(manifest.utf8))]))
        #expect(told.packages.map { "\($0.name) \($0.version)" } == ["com.fasterxml.jackson.core:jackson-core 2.9.1"])
        let untold = scan("lib/thing-1.0.jar", Programs.zip([("a.class", [1])]))
        #expect(untold.packages.isEmpty && untold.problems.contains { $0.rule == "WB-SCAN-005" })
    }

    @Test func `an archive that is none, and archives without end, are problems that name the file`() {
        #expect(scan("a.jar", Array("PK but not really".utf8)).problems.contains { $0.rule == "WB-SCAN-001" })
        var nested = Programs.zip([("META-INF/maven/a/b/pom.properties", Self.note)])
        for _ in 0..<8 { nested = Programs.zip([("x.jar", nested)]) }
        let result = scan("deep.jar", nested)
        #expect(result.isIncomplete && result.problems.contains { $0.place.location?.file == "deep.jar" })
    }
}

/// Programs and archives as small as they can be.
enum Programs {
    static func little(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    private static func marked(_ text: String) -> [UInt8] {
        [UInt8](repeating: 0x30, count: 16) + Array(text.utf8) + [UInt8](repeating: 0x31, count: 16)
    }

    static let goMagic = [0xFF] + Array(" Go buildinf:".utf8)

    static func go(version: String, modules: String) -> [UInt8] {
        var info: [UInt8] = goMagic + [8, 2]
        info += [UInt8](repeating: 0, count: 16)
        let text = marked(modules)
        info += varint(version.utf8.count) + Array(version.utf8) + varint(text.count) + text
        return elf(section: ".go.buildinfo", info)
    }

    /// The data segment lies at an address, and the texts behind what points to them.
    static func oldGo(version: String, modules: String) -> [UInt8] {
        let address = 0x40_0000, start = 64 + 56, text = marked(modules)
        var data: [UInt8] = [UInt8](repeating: 0, count: (16 - start % 16) % 16)
        let info = data.count
        data += goMagic + [8, 0] + little(address + info + 32, 8) + little(address + info + 48, 8)
        data += little(address + info + 64, 8) + little(version.utf8.count, 8)
        data += little(address + info + 64 + version.utf8.count, 8) + little(text.count, 8)
        data += Array(version.utf8) + text
        var header = elfHeader(programHeaders: (64, 1), sectionHeaders: (0, 0))
        header += little(1, 4) + little(4, 4) + little(start, 8) + little(address, 8) + little(address, 8)
        header += little(data.count, 8) + little(data.count, 8) + little(16, 8)
        return header + data
    }

    private static func elfHeader(programHeaders: (Int, Int), sectionHeaders: (Int, Int)) -> [UInt8] {
        [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8) + little(2, 2) + little(62, 2)
            + little(1, 4) + little(0, 8) + little(programHeaders.0, 8) + little(sectionHeaders.0, 8) + little(0, 4)
            + little(64, 2) + little(56, 2) + little(programHeaders.1, 2) + little(64, 2)
            + little(sectionHeaders.1, 2) + little(sectionHeaders.1 > 0 ? 2 : 0, 2)
    }

    static func elf(section name: String, _ contents: [UInt8]) -> [UInt8] {
        let names = [0] + Array(name.utf8) + [0] + Array(".shstrtab".utf8) + [0]
        let contentsStart = 64, namesStart = contentsStart + contents.count
        func header(_ name: Int, _ type: Int, _ offset: Int, _ size: Int) -> [UInt8] {
            little(name, 4) + little(type, 4) + little(0, 8) + little(0, 8) + little(offset, 8) + little(size, 8)
                + [UInt8](repeating: 0, count: 24)
        }
        return elfHeader(programHeaders: (0, 0), sectionHeaders: (namesStart + names.count, 3)) + contents + names
            + header(0, 0, 0, 0) + header(1, 1, contentsStart, contents.count)
            + header(2 + name.utf8.count, 3, namesStart, names.count)
    }

    /// RFC 1950 around the deflate stream that gzip has.
    static func zlib(_ bytes: [UInt8]) throws -> [UInt8] {
        var a = 1, b = 0
        for byte in bytes {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        let packed = try Gzip.compress(bytes).dropFirst(10).dropLast(8)
        return [0x78, 0x9C] + packed + [UInt8(b >> 8), UInt8(b & 255), UInt8(a >> 8), UInt8(a & 255)]
    }

    /// Members that are stored, not packed.
    static func zip(_ members: [(String, [UInt8])]) -> [UInt8] {
        var body: [UInt8] = [], directory: [UInt8] = []
        for (name, contents) in members {
            let offset = body.count
            let sizes =
                little(0, 4) + little(contents.count, 4) + little(contents.count, 4) + little(name.utf8.count, 2)
            body +=
                [0x50, 0x4B, 3, 4] + little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + sizes + little(0, 2)
            body += Array(name.utf8) + contents
            directory +=
                [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4)
            directory += sizes + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
            directory += little(offset, 4) + Array(name.utf8)
        }
        return body + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(members.count, 2)
            + little(members.count, 2)
            + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
    }
}

import Inventory
import OCI
import Packages
import Testing
import WaybillCore

struct RPMDatabaseTests {
    /// An SQLite database with pages of 512 bytes: five packages of interest, one key, thirty to fill pages. Its rows lie
    /// on inner and overflow pages. Packed with gzip.
    static let sqlite = try! Compression.unpack(
        Base64.decode(sqliteText.split(separator: "\n").joined())!, bytesMax: 1 << 20, subject: "sqlite")

    private static let release = FileEntry(
        path: "etc/os-release", kind: .file, contents: Array("ID=\"rhel\"\nVERSION_ID=\"9.3\"\n".utf8))

    private func scan(_ path: String, _ bytes: [UInt8]) -> InventoryResult {
        InventoryScanner.scan([Self.release, FileEntry(path: path, kind: .file, contents: bytes)])
    }

    @Test func `an SQLite database gives packages with source, epoch and vendor, and no keys`() throws {
        let result = scan("var/lib/rpm/rpmdb.sqlite", Self.sqlite)
        #expect(result.packages.count == 34)
        let ssl = try #require(result.packages.first { $0.name == "openssl-libs" })
        #expect(ssl.version == "1:3.0.7-24.el9")
        #expect(ssl.source == Package.Source(name: "openssl", version: "1:3.0.7-24.el9"))
        #expect(ssl.purl?.description == "pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=redhat-9&epoch=1")
        #expect(!ssl.isThirdParty)
        #expect(result.packages.first { $0.name == "docker-ce" }?.isThirdParty == true)
        #expect(result.problems.map(\.rule) == ["WB-SCAN-013"])
    }

    @Test func `what a distribution's package installed is its vendor's to mend`() throws {
        let metadata = FileEntry(
            path: "usr/lib/python3.9/site-packages/requests-2.25.1.dist-info/METADATA", kind: .file,
            contents: Array("Name: requests\nVersion: 2.25.1\n".utf8))
        let own = FileEntry(
            path: "app/site-packages/flask-2.0.0.dist-info/METADATA", kind: .file,
            contents: Array("Name: flask\nVersion: 2.0.0\n".utf8))
        let database = FileEntry(path: "usr/lib/sysimage/rpm/rpmdb.sqlite", kind: .file, contents: Self.sqlite)
        let result = InventoryScanner.scan([Self.release, metadata, own, database])
        #expect(result.packages.first { $0.name == "requests" }?.owner == "python3-requests")
        #expect(result.packages.first { $0.name == "flask" }?.owner == nil)
    }

    @Test func `rpm's own database form is read`() {
        var slots = Builder.little(0x506D_7052) + Builder.little(0) + Builder.little(1) + Builder.little(1)
        slots += [UInt8](repeating: 0, count: 16)
        let header = Builder.header(name: "zlib", version: "1.2.13", release: "1.1")
        slots += Builder.little(0x746F_6C53) + Builder.little(1) + Builder.little(4096 / 16) + Builder.little(10)
        while slots.count < 4096 { slots += Builder.little(0x746F_6C53) + [UInt8](repeating: 0, count: 12) }
        let blob = Builder.little(0x5362_6C42) + Builder.little(1) + Builder.little(1) + Builder.little(header.count)
        let result = scan("usr/lib/sysimage/rpm/Packages.db", slots + blob + header)
        #expect(result.packages.map { "\($0.name) \($0.version)" } == ["zlib 1.2.13-1.1"])
        // Half a database is no shorter list.
        let cut = scan("usr/lib/sysimage/rpm/Packages.db", slots + blob + header.prefix(20))
        #expect(cut.isIncomplete && cut.packages.isEmpty)
    }

    @Test(arguments: [false, true])
    func `a Berkeley database is read in either byte order`(_ isBig: Bool) {
        func number(_ value: Int) -> [UInt8] { isBig ? Builder.big(value) : Builder.little(value) }
        func short(_ value: Int) -> [UInt8] {
            let bytes = [UInt8(value & 255), UInt8(value >> 8)]
            return isBig ? bytes.reversed() : bytes
        }
        let size = 512
        func page(_ fields: [(Int, [UInt8])]) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: size)
            for (offset, field) in fields { bytes.replaceSubrange(offset..<(offset + field.count), with: field) }
            return bytes
        }
        let header = Builder.header(name: "bash", version: "4.2.46", release: "31.el7")
        let meta = page([(12, number(0x0006_1561)), (16, number(9)), (20, number(size)), (25, [8]), (32, number(2))])
        // One pair: a key of four bytes, and a value that lies on page two.
        var key: [UInt8] = [1]
        key += number(1)
        var value: [UInt8] = [3, 0, 0, 0]
        value += number(2)
        value += number(header.count)
        let keyStart = size - key.count
        let valueStart = keyStart - value.count
        let hash = page([
            (20, short(2)), (25, [13]), (26, short(keyStart)), (28, short(valueStart)), (keyStart, key),
            (valueStart, value),
        ])
        let overflow = page([(22, short(header.count)), (25, [7]), (26, header)])
        let result = scan("var/lib/rpm/Packages", meta + hash + overflow)
        #expect(result.packages.map { "\($0.name) \($0.version)" } == ["bash 4.2.46-31.el7"])
        // The value's page names itself: that is a circle and no endless read.
        let circle = page([(16, number(2)), (22, short(10)), (25, [7])])
        #expect(scan("var/lib/rpm/Packages", meta + hash + circle).problems.contains { $0.rule == "WB-SCAN-001" })
    }

    /// Numbers and package headers.
    enum Builder {
        static func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        static func big(_ value: Int) -> [UInt8] { little(value).reversed() }

        static func header(name: String, version: String, release: String) -> [UInt8] {
            var data: [UInt8] = [], index: [UInt8] = []
            for (tag, text) in [
                (1000, name), (1001, version), (1002, release), (1044, "\(name)-\(version)-\(release).src.rpm"),
            ] {
                index += big(tag) + big(6) + big(data.count) + big(1)
                data += Array(text.utf8) + [0]
            }
            return big(4) + big(data.count) + index + data
        }
    }

    private static let sqliteText = """
        H4sIAAAAAAACA+1XSW8jRRSuip1ksjiJs+BgJpmeRCgT4m67qrsdW4jFmVgkIhvBA0QsI9vpLMSxHbcjzRwNFy5I/CoEHLhw4cJl
        LsN2AaS5ICFetZ+zlJR0kAwllJTcVf3a3V99772ur1+9/dbKft3Rdiq1w3xdM0kHoZS8rmmEkAAcw+S0dcARPGNT4t8CxCjSkHfy
        hNDP6csw/Mft3UB3ZGyMNsL1fKHkrOUPvSN4fzObyWW1XGZhJavNiEsz2r0D57GWy76X09bW4XiwshLT9srHh9ryWi77RnYzpu1v
        P2oZsxsdXZG5Obrl4bpHJYjjQ9c5OnbKRdkMnJtN+vNeGSaPgTV7RLsjExO0YXuQG/niQX7XcVtjx3nKrctA+yxHbWNzeTWzuaW9
        md3SMg9y68tr8Nxqdi0X0wqlSkFbWFlfOPFvthMi1Ee/FoEapn/SZ/Q3+it9Sp/QH+j39Dv6bfOvm/Z/aGGxaocmoBuMQjcQgS40
        Cl1/WGR5ALrePuh6bkHXJTLf2SHWJqW/E/jdtGvR+mlggrbEYzrUUvabdi1byEv/FqGvQtfO1ih0BMmnS3Am1OYdqAB+FKpzWjsE
        fkI7hPbPaI+g/QvWG7fR/gP/19B+hraB9l9o86YdHEU7LexK1Sm7bkkv7RdcYhoJY55wy3BKaeSz6WxrS/l6TFsuFw2yupwjj1LJ
        h0mLtB70ntGbzxhurWjUqoek8RoFJ8Xy6Ybj/iVOdkpO9klOhSWn7khOTUtOvSTsQt7dI7bBjBRJer5c6IW4U/fu1JPnPGjWZjuE
        vk91GP6l1ljshDj1Y5yWLolTrxSnsBSniBSnSSlOU1KcZoW9XSkeODW96IicJwybMC9ai97ls2E6uVFv3qizc8H6rCsYJF8MiU8o
        TPnxJW4ITxtTgSD5ZAmvJC+5u09yelRyekJyek5yOi7s3equXj0uQAlLdrYtk23bjFh5J2GlzcLFL4ZYn2Fp+nFp+klp+pg0fQJj
        /gEu2BQcr8Dph83FT2Nof9S0A2NCc6qP63uVsqnXRBXs1l3CDQ4vKJm/4EUuV/K14t65zce1OVazucxiJpchO/slJ5FI4Mhw5Dia
        OFo42jgmcZzHMYVjGkYRSzhniMkQkyEmQ0yGmAwxGWIyxGSIydLNkSMeRzyOeBzxOOJxxOOIxxGPIx5HPBPxTMQzEc9EPBPxTMQz
        Ec9EPBPxTMSzEM9CPAvxLMSzEM9CPAvxLMSzEM9CPBvxbMSzEc9GPBvxbMSzEc9GPBvx7DSJH7u1OHym4rhCjHTche2iXsWSLd5a
        MXpzxRjb+25d3y/vVOLNZ929fM2Jg5Sd3Bm//PsfAAGhDvmGxP2FfPwWaJp1KgQXalqPJCohSVRGJFG5K4nKi8KGmJRAjzkINkfR
        vlDJGuPdCqgxoMX8qXUpoJYAWgk/av84/30KPBEfbNs/yL0KqFlAy/Kn1qOAmgm0zLbnf0CBJykiSlzfIIcUUJsHWvP+1PoVUEsC
        reTV8j8n8v+VV1dekvtoGLxIne66rlzED0pejEleTEtezJwVWE9h/SU2OqSCnNBXlvDP/6CC/KeBVvpq+Z8ltEi+9DZLF2d/VEWA
        hbYyf4GNjqggJ9SVmf7khlWQEwUT423Mf0SFF0Jbmb/ARp9TQU6oK0v6kxtTQU4UTMxuY/6jCrzgQlu5v8BGn1cRYqGuLO1PblwF
        OVEwsVQb8z+hIv9CXfkVJPa2CnLevtR/Yxp9QQU5UTJx1sb8ayq8EOrKryCxd1SQE+rK/Tem0UkV5ETRxK025n9ahRdCXfkVJHZK
        BTmhrtx/Yxq9q4KcKJq4b+X0N+YF4ccAJAAA
        """
}

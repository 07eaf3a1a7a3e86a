import Inventory
import OCI
import Packages
import Testing
import WaybillCore

struct DpkgCopyrightTests {
    struct Case: Sendable {
        var text: String
        var licences: [String]
    }

    private func licences(_ text: String) -> [String]? {
        let files = [
            ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n"),
            ("usr/share/doc/bash/copyright", text),
        ]
        let result = InventoryScanner.scan(
            files.map { FileEntry(path: $0.0, kind: .file, size: $0.1.utf8.count, contents: Array($0.1.utf8)) })
        return result.packages.first { $0.name == "bash" }?.licences
    }

    @Test(arguments: [
        Case(
            text:
                "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-3+\n text\n",
            licences: ["GPL-3.0-or-later"]),
        Case(
            text: "License: GPL-2+ or Artistic, and Expat\nLicense: LGPL-2.1+ with linking exception\n",
            licences: ["Artistic-1.0-Perl", "GPL-2.0-or-later", "LGPL-2.1-or-later", "MIT"]),
        Case(
            text: "It may be copied under /usr/share/common-licenses/GPL-2.\nSee `/usr/share/common-licenses/BSD'.\n",
            licences: ["BSD-3-Clause", "GPL-2.0-only"]),
        Case(text: "License: my own\n", licences: []),
        Case(text: "License: something-else\n", licences: ["something-else"]),
        Case(text: "", licences: []),
        Case(text: "/usr/share/common-licenses/", licences: []),
    ])
    func `a package of Debian has the licences that its copyright file names`(_ example: Case) {
        #expect(licences(example.text) == example.licences)
    }

    struct Link: Sendable {
        var path: String
        var target: String
        var licences: [String]
    }

    @Test(arguments: [
        Link(path: "usr/share/doc/bash", target: "base", licences: ["MIT"]),
        Link(path: "usr/share/doc/bash", target: "../doc/base", licences: ["MIT"]),
        Link(path: "usr/share/doc/bash", target: "/usr/share/doc/base", licences: ["MIT"]),
        Link(path: "usr/share/doc/bash/copyright", target: "../base/copyright", licences: ["MIT"]),
        Link(path: "usr/share/doc/bash/changelog", target: "../base/copyright", licences: []),
        Link(path: "usr/share/doc/bash", target: "bash", licences: []),
        Link(path: "usr/share/doc/bash", target: "../../../../..", licences: []),
        Link(path: "usr/share/doc/bash", target: "other", licences: []),
    ])
    func `a linked folder of documentation has the licences of the one behind it`(_ link: Link) throws {
        let files = [
            ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n"),
            ("usr/share/doc/base/copyright", "License: Expat\n"),
        ]
        let entries =
            files.map { FileEntry(path: $0.0, kind: .file, size: $0.1.utf8.count, contents: Array($0.1.utf8)) }
            + [FileEntry(path: link.path, kind: .symbolicLink, linkTarget: link.target)]
        #expect(InventoryScanner.scan(entries).packages.map(\.licences) == [link.licences])

        var writer = TarWriter()
        for (path, text) in files { writer.add(TarEntry(name: path), contents: Array(text.utf8)) }
        writer.add(TarEntry(name: link.path, kind: .symbolicLink, linkName: link.target), contents: [])
        let bytes = writer.finish()
        let digest = Digest.sha256(of: bytes)
        let stream = LayerStream(digest: digest)
        let builder = InventoryBuilder(layer: digest)
        try stream.feed(bytes) { (event) throws(WaybillError) in try builder.handle(event) }
        let layer = builder.finish(try stream.finish { (event) throws(WaybillError) in try builder.handle(event) })
        #expect(try ImageInventory.result(of: [layer]).packages.map(\.licences) == [link.licences])
    }
}

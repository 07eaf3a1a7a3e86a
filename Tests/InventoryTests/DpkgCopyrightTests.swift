import Inventory
import OCI
import Packages
import Testing

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
}

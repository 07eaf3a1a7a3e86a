import MetadataRules
import Testing
import WaybillCore

struct MetadataNameTests {
    @Test func `names are read into their parts`() throws {
        let note = try MetadataName(note: "projects/shop/locations/eu/notes/CVE-2021-44228")
        #expect(note.project == "shop" && note.location == "eu" && note.id == "CVE-2021-44228")
        #expect(note.description == "projects/shop/locations/eu/notes/CVE-2021-44228")
        #expect(note.parent == "projects/shop/locations/eu")
        #expect(
            try MetadataName(parent: "projects/shop").child(.occurrences, "1").description
                == "projects/shop/occurrences/1")
    }

    @Test(arguments: [
        "", "projects", "projects/", "projects/a/notes", "projects/a/notes/", "projects/a/notes/b/c",
        "projects/a/occurrences/b", "project/a/notes/b", "projects/../notes/b", "projects/a b/notes/c",
        "projects/a/locations/notes/b", "projects/a/notes/b\u{0}", "projects/a/notes/b\u{202E}", "/projects/a/notes/b",
    ])
    func `what is no note's name is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try MetadataName(note: text) }
    }
}

import Documents
import PolicyTools
import Rego
import Testing
import WaybillCore

/// Filters for databases from what a rule leaves over.
@Suite struct DataFilterTests {
    private func filter(_ text: String, _ input: RegoValue? = nil) throws -> DataFilter? {
        let policy = try CompiledPolicy(modules: [
            try PolicyModule(parsing: "package f\n\n" + text, file: "f.rego")
        ])
        return try DataFilter.from(
            policy.partiallyEvaluate(
                query: "data.f.include == true", regoInput: input, unknowns: ["input.fruits", "input.owners"]))
    }

    @Test(
        arguments: [
            (#"include if input.fruits.name == "app'le""#, "WHERE fruits.name = E'app''le'"),
            (
                "include if { input.fruits.price > 1.5; input.fruits.sold != true }",
                "WHERE (fruits.price > 1.5 AND fruits.sold <> TRUE)"
            ),
            (
                "include if input.fruits.name == \"a\"\ninclude if input.fruits.owner == input.owners.id",
                "WHERE (fruits.name = E'a' OR owners.id = fruits.owner)"
            ),
            (#"include if not input.fruits.name == "a""#, "WHERE NOT fruits.name = E'a'"),
            (#"include if input.fruits.name in {"a", "b"}"#, "WHERE fruits.name IN (E'a', E'b')"),
            (#"include if startswith(input.fruits.name, "5%")"#, #"WHERE fruits.name LIKE E'5\\%%'"#),
            ("include if 3 <= input.fruits.price", "WHERE fruits.price >= 3"),
            ("include if input.fruits.name == null", "WHERE fruits.name IS NULL"),
            ("include if input.user == \"root\"\ninclude if input.fruits.price == 1", ""),
        ] as [(String, String)])
    func `a rule becomes a condition`(_ text: String, _ sql: String) throws {
        let filter = try #require(try filter(text, ["user": "root"]))
        #expect(filter.sql(.postgresql) == sql)
    }

    @Test func `dialects quote in their own way`() throws {
        let text = #"include if { input.fruits.name == "a\\'"; input.fruits.sold == true }"#
        let filter = try #require(try filter(text))
        #expect(filter.sql(.mysql) == #"WHERE (fruits.name = 'a\\''' AND fruits.sold = TRUE)"#)
        #expect(filter.sql(.sqlite) == #"WHERE (fruits.name = 'a\''' AND fruits.sold = 1)"#)
        #expect(filter.sql(.sqlserver) == #"WHERE (fruits.name = N'a\''' AND fruits.sold = 1)"#)
    }

    @Test func `a condition is a tree too`() throws {
        let text = #"include if { input.fruits.name == "a"; input.fruits.price > 1 }"#
        let filter = try #require(try filter(text))
        let tree: Value = [
            "type": "compound", "operator": "and",
            "value": [
                ["type": "field", "operator": "eq", "field": "fruits.name", "value": "a"],
                ["type": "field", "operator": "gt", "field": "fruits.price", "value": 1],
            ],
        ]
        #expect(try filter.tree(.minimal) == tree)
        let prefix = try #require(try self.filter(#"include if startswith(input.fruits.name, "a")"#))
        #expect(try prefix.tree(.all)["operator"] == "startswith")
        #expect(throws: WaybillError.self) { try prefix.tree(.minimal) }
    }

    @Test func `names can be exchanged, for plain ones only`() throws {
        let filter = try #require(try filter(#"include if input.fruits.name == "a""#))
        let renamed = try filter.renamed(["fruits": ["$self": "f", "name": "n"]])
        #expect(renamed.sql(.sqlite) == "WHERE f.n = 'a'")
        #expect(throws: WaybillError.self) { try filter.renamed(["fruits": ["name": "n; DROP TABLE x"]]) }
    }

    @Test(
        arguments: [
            "include if count(input.fruits.names) > 1", "include if input.fruits.a.b.c == 1",
            #"include if input.fruits["a b"] == 1"#, #"include if input.fruits.name == {"a": 1}"#,
            "include if every x in input.fruits.xs { x > 1 }", "include if input.fruits.name in []",
        ])
    func `what a filter cannot say is refused`(_ text: String) throws {
        let error = #expect(throws: WaybillError.self) { _ = try filter(text) }
        #expect(error?.code == .unsupported)
    }

    @Test func `a rule that never holds has no filter`() throws {
        #expect(try filter("include if 1 == 2") == nil)
    }
}

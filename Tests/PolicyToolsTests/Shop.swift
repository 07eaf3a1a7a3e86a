import PolicyTools
import Rego

/// Policies and tests of a small shop, for the tools to work on.
enum Shop {
    static let policy = """
        package shop.authz

        import rego.v1

        default allow := false

        # METADATA
        # title: Admins may do everything
        # entrypoint: true
        allow if "admin" in roles

        allow if {
        	input.method == "GET"
        	input.user in data.shop.readers
        }

        roles contains role if some role in data.shop.roles[input.user]
        """

    static let tests = """
        package shop.authz_test

        import rego.v1

        import data.shop.authz

        test_admin_may if authz.allow with input as {"user": "ann", "method": "PUT"}

        test_roles_of_ann if {
        	found := authz.roles with input as {"user": "ann"}
        	found == {"admin", "buyer"}
        }

        test_sums[name] if {
        	some name, case in {"one": [1, 1, 2], "two": [2, 2, 5]}
        	case[0] + case[1] == case[2]
        }

        todo_test_later if false
        """

    static let data: String = #"{"shop": {"roles": {"ann": ["admin"], "bob": ["buyer"]}, "readers": ["bob"]}}"#

    static func sources(tests: Bool = true) throws -> PolicySources {
        var sources = PolicySources()
        sources.modules.append(try SourceModule(parsing: policy, file: "shop/authz.rego"))
        if tests { sources.modules.append(try SourceModule(parsing: Self.tests, file: "shop/authz_test.rego")) }
        try DataFile.merge(
            try DataFile.value(of: BundleFile(path: "data.json", text: data), subject: "data.json"), at: [],
            into: &sources.data, subject: "data.json")
        return sources
    }

    static let files = [
        BundleFile(path: ".manifest", text: #"{"revision": "r1", "roots": ["shop"]}"#),
        BundleFile(path: "data.json", text: data),
        BundleFile(path: "shop/authz.rego", text: policy),
    ]
}

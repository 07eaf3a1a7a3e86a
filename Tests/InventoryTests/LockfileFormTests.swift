import Inventory
import OCI
import Packages
import Testing

/// Forms that lockfiles take beside the usual one.
struct LockfileFormTests {
    private func packages(_ path: String, _ text: String, isMerging: Bool = true) -> [Package] {
        let bytes = Array(text.utf8)
        return InventoryScanner.scan(
            FileTree([FileEntry(path: path, kind: .file, size: bytes.count, contents: bytes)]), mode: .all,
            isMerging: isMerging
        ).packages
    }

    @Test func `versions that NuGet's central file says elsewhere are read`() {
        let found = packages(
            "Directory.Packages.props",
            """
            <Project>
              <PropertyGroup><V>3.1.2</V><W>$(V)</W></PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Prop" Version="$(V)" />
                <PackageVersion Include="Mixed" Version="$(V)-rc" />
                <PackageVersion Include="Child"><Version>2.2.2</Version></PackageVersion>
                <PackageVersion Update="Up" Version="4.0.0" />
                <GlobalPackageReference Include="Glob" Version="5.0.0" />
                <PackageVersion Include="Chain" Version="$(W)" />
                <PackageVersion Include="Unset" Version="$(X)" />
                <PackageVersion Include="Open" Version="$(V" />
              </ItemGroup>
            </Project>
            """)
        #expect(
            found.map { "\($0.name) \($0.version)" } == [
                "Child 2.2.2", "Glob 5.0.0", "Mixed 3.1.2-rc", "Prop 3.1.2", "Up 4.0.0",
            ])
    }

    @Test func `an Erlang package from a repository is listed with its commit`() {
        let found = packages(
            "rebar.lock",
            """
            {"1.2.0",
            [{<<"certifi">>,{pkg,<<"certifi">>,<<"2.6.1">>},1},
             {<<"g">>,{git,"https://example.org/g",{ref,"84453f23"}},0}]}.
            """)
        #expect(found.map { "\($0.name) \($0.version) \($0.commit ?? "")" } == ["certifi 2.6.1 ", "g  84453f23"])
        #expect(found.map(\.isDirect) == [false, true])
    }

    @Test func `a package that a lockfile lists for two frameworks is one`() {
        let text = """
            {"version":1,"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"1.0.0"}},
            "net8.0":{"A":{"type":"Direct","resolved":"1.0.0"}}}}
            """.split(separator: "\n").joined()
        #expect(packages("packages.lock.json", text, isMerging: false).map(\.name) == ["A"])
    }
}

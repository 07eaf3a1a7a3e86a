import Packages
import Testing
import WaybillCore

struct PackageURLTests {
    struct Case: Sendable {
        var text: String
        var canonical: String
    }

    @Test(arguments: [
        Case(text: "pkg:npm/%40angular/animation@12.3.1", canonical: "pkg:npm/%40angular/animation@12.3.1"),
        Case(text: "pkg:npm/@babel/core", canonical: "pkg:npm/%40babel/core"),
        Case(text: "pkg:PYPI/Django_package@1.11", canonical: "pkg:pypi/django-package@1.11"),
        Case(
            text: "pkg://deb/debian/attr@1:2.4.47-2%2Bb1?distro=d&arch=x",
            canonical: "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=x&distro=d"),
        Case(text: "pkg:yocto/Core/glibc@2.35", canonical: "pkg:yocto/core/glibc@2.35"),
        Case(text: "pkg:luarocks/Hisham/LuaSocket@3.1.0-1", canonical: "pkg:luarocks/hisham/luasocket@3.1.0-1"),
        Case(
            text: "pkg:chrome-extension/DLPNGALGNEFJEIEFHMPKLPFIOHADPGLK",
            canonical: "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk"),
        Case(
            text: "pkg:mlflow/CreditFraud@3?repository_url=https://dbc-a1-b2.cloud.databricks.com/api/2.0/mlflow",
            canonical: "pkg:mlflow/creditfraud@3?repository_url="
                + "https:%2F%2Fdbc-a1-b2.cloud.databricks.com%2Fapi%2F2.0%2Fmlflow"),
        Case(
            text: "pkg:golang/google.golang.org/genproto#/googleapis/./api/",
            canonical: "pkg:golang/google.golang.org/genproto#googleapis/api"),
    ])
    func `a package URL is written in one way`(_ example: Case) throws {
        let url = try PackageURL(parsing: example.text)
        #expect(url.description == example.canonical)
        #expect(try PackageURL(parsing: url.description) == url)
    }

    @Test(arguments: [
        "", "npm/lodash@1", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/@1.0", "pkg:3d/x@1", "pkg:npm/a%2",
        "pkg:npm/a%FF@1",
        "pkg:npm/a?Key=1", "pkg:npm/a?k=1&k=2", "pkg:swift/Alamofire@5", "pkg:vcpkg/boost/asio", "pkg:julia/Dates",
        "pkg:cocoapods/.hidden@1", "pkg:cocoapods/a+b@1", "pkg:cocoapods/a%20b@1",
    ])
    func `what is no package URL is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try PackageURL(parsing: text) }
    }

    @Test func `a package keeps its name and version through its package URL`() throws {
        let packages = [
            Package(ecosystem: .npm, name: "@babel/core", version: "7.0.0"),
            Package(ecosystem: .maven, name: "org.apache.commons:commons-io", version: "2.7"),
            Package(ecosystem: .go, name: "github.com/gorilla/mux", version: "1.8.0"),
            Package(ecosystem: .debian("12"), name: "libc6", version: "2.36-9+deb12u4", architecture: "amd64"),
            Package(ecosystem: .alpine("v3.20"), name: "musl", version: "1.2.5-r0"),
            Package(ecosystem: Ecosystem(name: "AlmaLinux", release: "9"), name: "openssl", version: "1:3.0.7-27.el9"),
        ]
        for package in packages {
            let url = try #require(package.purl)
            let again = try #require(Package(url))
            #expect(again.ecosystem == package.ecosystem)
            #expect(again.name == package.name)
            #expect(again.version == package.version)
        }
    }
}

struct VersionOrderingTests {
    struct Case: Sendable {
        var ordering: VersionOrdering
        var ascending: [String]
    }

    @Test(arguments: [
        Case(
            ordering: .semver,
            ascending: ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.10.0"]),
        Case(ordering: .dpkg, ascending: ["1.0~rc1", "1.0", "1.0-1", "1.0-1+deb12u1", "1.0a", "1:0.1"]),
        Case(ordering: .apk, ascending: ["1.0_alpha", "1.0_rc1", "1.0", "1.0-r1", "1.0_p1", "1.0b", "1.0.1"]),
        Case(ordering: .apk, ascending: ["1.0A", "1.0", "1.0a"]),
        Case(ordering: .apk, ascending: ["1-ruff", "1", "1-r2", "1~0a1b", "1~0a1c"]),
        Case(ordering: .apk, ascending: ["8.2.0015", "8.2.002", "8.2.15", "8.2.15-r1"]),
        Case(ordering: .maven, ascending: ["0-SNAPSHOT", "0", "0-2021", "0.1", "1-SNAPSHOT", "1", "1-1", "1.1"]),
        Case(ordering: .rpm, ascending: ["1.0~rc1", "1.0", "1.0^git1", "1.0.1", "1:0.9"]),
        Case(
            ordering: .pep440,
            ascending: ["nonsense", "1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0+local", "1.0.post1", "1!0.1"]),
        Case(ordering: .maven, ascending: ["1-alpha-1", "1-beta", "1-SNAPSHOT", "1", "1-sp", "1-xyz", "1.1"]),
        Case(ordering: .gem, ascending: ["1.0.a", "1.0.b1", "1.0", "1.0.1"]),
        Case(ordering: .nuget, ascending: ["1.0.0-BETA", "1.0.0-beta2", "1.0", "1.0.0.1"]),
        Case(ordering: .packagist, ascending: ["1.0-dev", "1.0a1", "1.0RC1", "1.0", "1.0pl1"]),
    ])
    func `versions stand in their ecosystem's order`(_ example: Case) {
        for (low, first) in example.ascending.enumerated() {
            for (high, second) in example.ascending.enumerated() {
                let wanted: VersionOrder = low < high ? .less : low == high ? .equal : .greater
                #expect(example.ordering.compare(first, second) == wanted, "\(first) and \(second)")
            }
        }
    }

    @Test func `every ordering puts any two texts in order, also hostile ones`() {
        let texts = [
            "", "-", "~", "0", "99999999999999999999999999999", "1..2", "v", ":::", "\u{0}", "é", "1-", "^", "_", "1_",
            "1.0-r",
        ]
        for ordering in VersionOrdering.allCases {
            for one in texts {
                #expect(ordering.compare(one, one) == .equal)
                for other in texts { #expect(ordering.compare(one, other) == ordering.compare(other, one).reversed) }
            }
        }
    }
}

struct RangeTests {
    @Test func `an advisory's range ends before the fix and includes the last affected version`() {
        let fixed = AffectedRange([.introduced("0"), .fixed("1.2.0"), .introduced("2.0.0"), .fixed("2.1.0")])
        #expect(fixed.contains("1.1.9", in: .npm))
        #expect(!fixed.contains("1.2.0", in: .npm))
        #expect(fixed.contains("2.0.5", in: .npm))
        #expect(fixed.fix(for: "2.0.5", in: .npm) == "2.1.0")
        #expect(fixed.fix(for: "1.0.0", in: .npm) == "1.2.0")
        let last = AffectedRange([.introduced("1.0"), .lastAffected("1.4")])
        #expect(last.contains("1.4", in: .pep440))
        #expect(!last.contains("1.4.1", in: .pep440))
        let limited = AffectedRange([.introduced("0"), .limit("2.0.0")])
        #expect(!limited.contains("2.0.0", in: .npm))
    }

    @Test(arguments: [
        ("^1.2.3", "1.9.0", true), ("^1.2.3", "2.0.0", false), ("~1.2", "1.2.9", true), ("1.x || >=3", "3.1.0", true),
        ("1.0.0 - 2.0.0", "2.0.0", true), ("*", "1.0.0-rc1", false), (">=1.0.0-rc1", "1.0.0-rc2", true),
    ])
    func `npm's ranges hold what npm says`(_ range: String, _ version: String, _ isInside: Bool) throws {
        let range = try #require(NpmRange(range))
        #expect(range.contains(try #require(SemanticVersion(version))) == isInside)
    }

    @Test func `a vers range is read only in its canonical form`() throws {
        let range = try VersionRange(parsing: "vers:npm/>=1.0.0|<2.0.0")
        #expect(range.contains("1.5.0"))
        #expect(!range.contains("2.0.0"))
        for text in ["vers:npm/>=2.0.0|<1.0.0", "vers:npm/>=1.0.0||<2.0.0", "vers:nothing/1", "vers:npm/", "npm/1"] {
            #expect(throws: WaybillError.self) { try VersionRange(parsing: text) }
        }
    }
}

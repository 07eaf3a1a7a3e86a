import Testing
import WaybillCore

@testable import Delivery

@Suite struct EnvironmentSettingsTests {
    private func read(_ rest: String) throws(WaybillError) -> EnvironmentEntry? {
        let text = "version: 1\nenvironments:\n  - name: production\n    path: production\n" + rest
        return try EnvironmentsFile(parsing: text.utf8).environments.first
    }

    @Test func `applications take from their environment what they do not say`() throws {
        let entry = try #require(
            try read(
                """
                    namespace: shop
                    drift: report
                    prune-limit: 10
                    ignore:
                      - { kind: Deployment, pointers: [/spec/replicas] }
                    applications:
                      - { name: database, path: production/database }
                      - name: shop
                        path: production/shop
                        depends-on: [database]
                        service-account: deployer
                        drift: refuse
                        ignore: [{ managers: [hpa] }]
                """))
        #expect(entry.applications.map(\.name) == ["database", "shop"])
        #expect(entry.applications[0].drift == .report)
        #expect(entry.applications[0].pruneLimit.description == "10")
        #expect(entry.applications[1].drift == .refuse)
        #expect(entry.applications[1].ignore.count == 2)
        #expect(entry.applications[1].namespace == "shop")
        #expect(entry.applications[1].namespaces.isEmpty)
        #expect(try entry.allApplications(files: []).count == 2)
    }

    @Test func `folders bring an application for each kustomization directly below them`() throws {
        let entry = try #require(try read("    application-folders: [production/apps]\n"))
        let files = [
            "production/apps/shop/kustomization.yaml", "production/apps/shop/base/kustomization.yaml",
            "production/apps/cart/kustomization.yaml", "production/other/kustomization.yaml",
        ]
        #expect(try entry.allApplications(files: files).map(\.name) == ["cart", "shop"])
        #expect(throws: WaybillError.self) {
            try entry.allApplications(files: ["production/apps/Not_a_name/kustomization.yaml"])
        }
        #expect(try #require(try read("")).allApplications(files: files).map(\.path) == ["production"])
    }

    @Test func `what a release must meet is read`() throws {
        let entry = try #require(
            try read(
                """
                    promotion:
                      from: [staging]
                      auto: true
                      soak: 1d
                      windows: [{ days: [mon, tue], from: "09:00", to: "17:00", offset: "+02:00" }]
                      freezes: [{ from: 2026-12-20, to: 2027-01-02, reason: holidays }]
                      approvals: 2
                      approvers: [a@shop, b@shop]
                      verify:
                        - { name: smoke, http: "http://shop/healthz", contains: ok }
                        - { name: errors, metric: "http://prometheus", query: up, at-least: 0.5 }
                        - { name: end-to-end, job: verify/job.yaml }
                      rollback: false
                """))
        let promotion = entry.promotion
        #expect(promotion.soak == .seconds(86_400))
        #expect(promotion.windows == [PromotionWindow(days: [0, 1], minutes: 540..<1020, offsetMinutes: 120)])
        #expect(promotion.verify.map(\.name) == ["smoke", "errors", "end-to-end"])
        #expect(promotion.verify[1].check == .metric(url: "http://prometheus", query: "up", atLeast: 0.5, atMost: nil))
        #expect(!promotion.rollsBack)
    }

    @Test(arguments: [
        ("    drift: fix\n", "drift"), ("    prune-limit: most\n", "prune-limit"),
        ("    ignore: [{ kind: Deployment }]\n", "would do nothing"),
        ("    ignore: [{ pointers: [spec] }]\n", "pointer"),
        ("    applications: [{ name: a, path: x, depends-on: [a] }]\n", "a → a"),
        ("    applications: [{ name: a, path: x }, { name: b, path: x }]\n", "has the name or the path"),
        ("    applications: [{ name: a, path: ../x }]\n", "not a path"),
        ("    promotion: { soak: 1h }\n", "soaks nowhere"),
        ("    promotion: { from: [production] }\n", "before itself"),
        ("    promotion: { approvals: 2, approvers: [a] }\n", "cannot give"),
        ("    promotion: { verify: [{ name: a }] }\n", "one of http, metric and job"),
        ("    promotion: { verify: [{ name: a, http: \"ftp://x\" }] }\n", "http address"),
        ("    promotion: { verify: [{ name: a, metric: \"http://x\", query: up }] }\n", "at-least"),
        ("    promotion: { windows: [{ from: \"17:00\", to: \"09:00\" }] }\n", "ends before"),
        ("    promotion: { windows: [{ from: \"9:00\", to: \"10:00\" }] }\n", "time of day"),
        ("    promotion: { freezes: [{ from: 2027-01-02, to: 2026-12-20, reason: x }] }\n", "ends before"),
        ("    promotion: { automatic: true }\n", "automatic"),
    ])
    func `what is written wrongly is refused with its line`(_ text: String, _ says: String) {
        let error = #expect(throws: WaybillError.self) { try read(text) }
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.subject.contains("waybill.yaml:5") == true, "\(error?.subject ?? "")")
    }
}

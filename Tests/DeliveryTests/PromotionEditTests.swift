import Documents
import Testing
import WaybillCore

@testable import Delivery

private let first = Digest.sha256(of: [1]), second = Digest.sha256(of: [2]), third = Digest.sha256(of: [3])

@Suite struct PromotionEditTests {
    @Test(arguments: [
        // Replaced in place; comments and layout stay.
        (
            "# ours\nimages:\n  - name: shop # the shop\n    digest: OLD # pinned\nresources: [a.yaml]\n",
            "# ours\nimages:\n  - name: shop # the shop\n    digest: NEW # pinned\nresources: [a.yaml]\n"
        ),
        // A tag gives way.
        ("images:\n- name: shop\n  newTag: \"1.0\"\n", "images:\n- name: shop\n  digest: NEW\n"),
        ("images:\n- name: shop\n  digest: OLD\n  newTag: '1'\nx: 1\n", "images:\n- name: shop\n  digest: NEW\nx: 1\n"),
        // Added after the name.
        ("images:\n- name: shop\n  newName: r/shop\n", "images:\n- name: shop\n  digest: NEW\n  newName: r/shop\n"),
        ("images: [{name: shop, newName: é}]\n", "images: [{name: shop, digest: NEW, newName: é}]\n"),
        (
            "images:\n- {name: é, newTag: a}\n- {name: shop, digest: \"OLD\"}",
            "images:\n- {name: é, newTag: a}\n- {name: shop, digest: NEW}"
        ),
        // A new entry, a new section.
        (
            "images:\n  - name: other\n    newTag: a\n",
            "images:\n  - name: shop\n    digest: NEW\n  - name: other\n    newTag: a\n"
        ),
        ("# ours\nresources:\n- a.yaml\n\n", "# ours\nresources:\n- a.yaml\nimages:\n- name: shop\n  digest: NEW\n"),
        ("resources:\n- a.yaml", "resources:\n- a.yaml\nimages:\n- name: shop\n  digest: NEW\n"),
        // Layouts that cannot be edited are written anew.
        ("{resources: [a.yaml]}", "resources:\n- a.yaml\nimages:\n- name: shop\n  digest: NEW\n"),
        ("images: []\n", "images:\n- name: shop\n  digest: NEW\n"),
    ])
    func `only the digest changes`(_ text: String, _ expected: String) throws {
        let old = text.split(separator: "OLD", omittingEmptySubsequences: false).joined(separator: first.description)
        let wanted = expected.split(separator: "NEW", omittingEmptySubsequences: false).joined(
            separator: second.description)
        let edit = PromotionEdit(image: "shop", digest: second)
        let result = try edit.applied(to: old)
        #expect(result == wanted)
        #expect(try edit.applied(to: result) == result)
        #expect(try PromotionEdit.images(in: result)["shop"] == second)
    }

    @Test func `a new name is set too`() throws {
        let text = try PromotionEdit(image: "shop", newName: "registry:5000/shop", digest: first).applied(
            to: "images:\n- name: shop\n  newTag: v1\n")
        #expect(text == "images:\n- name: shop\n  newName: registry:5000/shop\n  digest: \(first)\n")
    }

    @Test(arguments: ["- a", "images: {a: b}", "a: [", "--- a\n--- b"])
    func `what is no kustomization is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try PromotionEdit(image: "shop", digest: first).applied(to: text) }
    }
}

@Suite struct RollbackPlanTests {
    let history = [
        EnvironmentRevision(revision: "d", images: ["shop": third]),
        EnvironmentRevision(revision: "c", images: ["shop": third]),
        EnvironmentRevision(revision: "b", images: ["shop": second]),
        EnvironmentRevision(revision: "a", images: ["shop": first]),
    ]

    @Test func `the way back is the digest before`() throws {
        let plan = try #require(RollbackPlan(image: "shop", history: history))
        #expect(plan.from == third && plan.to == second && plan.revision == "b")
    }

    @Test func `what policy refuses today is passed over`() throws {
        #expect(RollbackPlan(image: "shop", history: history) { $0 != second }?.to == first)
        #expect(RollbackPlan(image: "shop", history: history) { _ in false } == nil)
        #expect(RollbackPlan(image: "shop", history: history, target: first)?.revision == "a")
        #expect(RollbackPlan(image: "other", history: history) == nil)
    }
}

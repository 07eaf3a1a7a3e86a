import AuditService
import Documents
import Files
import WaybillCore

/// Step 8 to 10: exposure, the chain of papers, rollback.
extension Demo {
    func playWatch() async {
        await step("second-version", "A second version travels the same road", expect: "allow") {
            () async throws(WaybillError) in
            try await author.git("switch", "-q", "-c", "second", in: applicationFolder)
            try Files.append(Array("5,Spoon,150\n".utf8), to: applicationFolder + "/app/data/products.csv")
            let delivered = try await deliver("second", message: "Sell spoons")
            guard delivered.verdict == "allow" else { return delivered }
            let promoted = try await platform.promote(
                "shop", commit: try await head(of: applicationFolder), to: "staging", by: author,
                work: environmentsFolder)
            guard promoted.verdict == "allow" else { return promoted }
            return try await serves("Spoon", true)
        }

        await step("exposure", "A new advisory is imported: who is exposed?", expect: "exposed") {
            () async throws(WaybillError) in
            try await platform.importAdvisories(examples + "/advisories-later")
            let report = try await platform.exposure("CVE-2021-44906")
            guard !report.isEmpty else { return Outcome(verdict: "clear", message: "nothing runs that it reaches") }
            return Outcome(verdict: "exposed", message: report.joined(separator: "\n"))
        }
    }

    func playAudit() async {
        await step("why", "waybill why deployment/shop -n staging", expect: "allow") { () async throws(WaybillError) in
            let chain = try await platform.why("deployment/shop", namespace: "staging")
            return Outcome(verdict: chain.isIntact ? "allow" : "deny", message: WhyReport.text(chain))
        }

        await step("tampered", "One byte of an attestation is changed in the store", expect: "deny") {
            () async throws(WaybillError) in
            let restore = try await platform.tamper(with: "test result", of: "deployment/shop", namespace: "staging")
            let chain = try await platform.why("deployment/shop", namespace: "staging")
            try restore()
            let again = try await platform.why("deployment/shop", namespace: "staging")
            guard again.isIntact else {
                return Outcome(verdict: "error", message: "the chain stays broken after repair")
            }
            return Outcome(
                verdict: chain.isIntact ? "allow" : "deny",
                message: chain.links.filter { !$0.isIntact }.map { "broken: \($0.name): \($0.detail)" }.joined(
                    separator: "\n"))
        }
    }

    func playRollback() async {
        await step("rollback", "Back to the version before, by a signed order", expect: "allow") {
            () async throws(WaybillError) in
            let order = try await platform.rollback("shop", in: "staging", by: author, work: environmentsFolder)
            guard order.verdict == "allow" else { return order }
            return try await serves("Spoon", false)
        }
    }

    /// Waits until the service's catalogue holds the product, or does not hold it any more.
    func serves(_ product: String, _ isThere: Bool) async throws(WaybillError) -> Outcome {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(30)
        while clock.now < deadline {
            let address = try await platform.serviceAddress("shop", namespace: "staging", within: .seconds(30))
            let products = try await platform.fetch(address + "/products.json", within: .seconds(30))
            if products.contains(product) == isThere {
                return .allow("\(address)/products.json \(isThere ? "lists" : "no longer lists") \(product)")
            }
            do { try await clock.sleep(for: .milliseconds(100)) } catch {
                throw WaybillError(.failed, "cancelled", subject: "demo")
            }
        }
        return .deny("the catalogue \(isThere ? "does not list" : "still lists") \(product)")
    }
}

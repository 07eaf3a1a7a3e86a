import Attestations
import Documents
import Testing
import WaybillCore

@testable import Delivery

@Suite struct PromotionGatesTests {
    static let start: Int64 = 1_800_000_000  // a Friday, 08:00 UTC
    static func release(_ number: Int) -> Release {
        Release(
            project: "shop", commit: String(repeating: "\(number % 10)", count: 40),
            images: ["shop": .sha256(of: [UInt8(number)])], created: start + Int64(number), authors: ["author@shop"])
    }

    private func facts(_ change: (inout PromotionFacts) -> Void = { _ in }) -> PromotionFacts {
        var facts = PromotionFacts()
        facts.releases = [Self.release(1), Self.release(2)]
        change(&facts)
        return facts
    }

    private func settings(_ change: (inout PromotionSettings) -> Void = { _ in }) -> PromotionSettings {
        var settings = PromotionSettings()
        settings.from = ["staging"]
        change(&settings)
        return settings
    }

    private func closed(
        _ facts: PromotionFacts, _ production: PromotionSettings, at now: Int64 = start, release: Release = release(1)
    ) -> [String] {
        PromotionGates(
            facts: facts, environments: ["staging": PromotionSettings(), "production": production], now: now
        )
        .judge(release, to: "production").filter { !$0.isOpen }.map(\.name)
    }

    private func verified(_ facts: inout PromotionFacts, _ number: Int = 1, at time: Int64 = start, passed: Bool = true)
    {
        let id = Self.release(number).id
        facts.verifications.append(.init(release: id, environment: "staging", isPassed: passed, time: time))
    }

    private func order(
        _ action: ReleaseOrder.Action, by person: String, _ number: Int = 1, environment: String? = "production"
    ) -> ReleaseOrder {
        ReleaseOrder(
            action: action, project: "shop", release: Self.release(number).id, environment: environment, person: person,
            time: Timestamp(seconds: Self.start))
    }

    @Test func `a release is what it consists of`() {
        var later = Self.release(1)
        later.created += 100
        #expect(later.id == Self.release(1).id)
        #expect(Self.release(2).id != Self.release(1).id)
    }

    @Test func `it must have been verified upstream`() {
        #expect(closed(facts(), settings()) == ["upstream"])
        #expect(closed(facts { verified(&$0) }, settings()) == [])
        #expect(closed(facts { verified(&$0, passed: false) }, settings()) == ["upstream"])
        // The last word counts.
        #expect(
            closed(
                facts {
                    verified(&$0); verified(&$0, at: Self.start + 5, passed: false)
                }, settings()) == ["upstream"])
        #expect(closed(facts { verified(&$0, 2) }, settings()) == ["upstream"])
    }

    @Test func `soaking counts only while it runs there`() {
        let hour: Int64 = 3600
        let soaking = settings { $0.soak = .seconds(hour) }
        let id = Self.release(1).id
        let running = facts {
            verified(&$0)
            $0.placements = [.init(release: id, environment: "staging", since: Self.start - 999)]
        }
        #expect(closed(running, soaking, at: Self.start + hour - 1) == ["soak"])
        #expect(closed(running, soaking, at: Self.start + hour) == [])
        let replaced = facts {
            verified(&$0)
            $0.placements = [.init(release: id, environment: "staging", since: Self.start, until: Self.start + 60)]
        }
        #expect(closed(replaced, soaking, at: Self.start + 10 * hour) == ["soak"])
        let gate = PromotionGates(facts: running, environments: ["production": soaking], now: Self.start + 60)
            .judge(Self.release(1), to: "production").first { $0.name == "soak" }
        #expect(gate?.opens == Self.start + hour)
    }

    @Test func `approvals are of distinct people, for this release and this environment`() {
        let two = settings { $0.approvals = 2 }
        func count(_ orders: [ReleaseOrder], _ settings: PromotionSettings) -> [String] {
            closed(
                facts {
                    verified(&$0); $0.orders = orders
                }, settings)
        }
        #expect(count([order(.approve, by: "a"), order(.approve, by: "b")], two) == [])
        #expect(count([order(.approve, by: "a"), order(.approve, by: "a")], two) == ["approvals"])
        #expect(count([order(.approve, by: "a"), order(.approve, by: "author@shop")], two) == ["approvals"])
        #expect(count([order(.approve, by: "a"), order(.approve, by: "b", 2)], two) == ["approvals"])
        #expect(
            count([order(.approve, by: "a"), order(.approve, by: "b", environment: "staging")], two) == ["approvals"])
        #expect(
            count([order(.approve, by: "a"), order(.approve, by: "b"), order(.reject, by: "a")], two) == ["approvals"])
        #expect(count([order(.reject, by: "c")], settings()) == ["approvals"])
        let named = settings {
            $0.approvals = 1; $0.approvers = ["boss"]
        }
        #expect(count([order(.approve, by: "a")], named) == ["approvals"])
        #expect(count([order(.approve, by: "boss")], named) == [])
    }

    @Test func `holds close an environment until they are lifted and a stop is for good`() {
        let hold = order(.hold, by: "ops"), resume = order(.resume, by: "ops")
        #expect(
            closed(
                facts {
                    verified(&$0); $0.orders = [hold]
                }, settings()) == ["hold"])
        #expect(
            closed(
                facts {
                    verified(&$0); $0.orders = [hold, resume]
                }, settings()) == [])
        let elsewhere = order(.hold, by: "ops", environment: "staging")
        #expect(
            closed(
                facts {
                    verified(&$0); $0.orders = [elsewhere]
                }, settings()) == [])
        let stop = order(.stop, by: "sec", environment: nil)
        #expect(
            closed(
                facts {
                    verified(&$0); $0.orders = [stop]
                }, settings()) == ["stop"])
        #expect(
            closed(
                facts {
                    verified(&$0, 2); $0.orders = [stop]
                }, settings(), release: Self.release(2)) == [])
    }

    @Test func `windows and freezes say when they open`() throws {
        // Monday to Thursday, nine to five, one hour ahead of UTC.
        let window = PromotionWindow(days: [0, 1, 2, 3], minutes: 540..<1020, offsetMinutes: 60)
        let monday = Self.start - Self.start % 86_400 + 3 * 86_400 + 8 * 3600
        #expect(window.opens(from: Self.start) == monday)
        #expect(window.opens(from: monday + 60) == monday + 60)
        #expect(window.opens(from: monday + 8 * 3600) == monday + 86_400)
        #expect(closed(facts { verified(&$0) }, settings { $0.windows = [window] }) == ["window"])
        #expect(closed(facts { verified(&$0) }, settings { $0.windows = [window] }, at: monday) == [])
        let first = try #require(CalendarDate(parsing: "2027-01-10")),
            last = try #require(CalendarDate(parsing: "2027-01-15"))
        let frozen = settings { $0.freezes = [PromotionFreeze(from: first, to: last, reason: "sale")] }
        #expect(closed(facts { verified(&$0) }, frozen) == ["freeze"])
        #expect(closed(facts { verified(&$0) }, frozen, at: last.endMilliseconds / 1000) == [])
    }

    @Test func `the board promotes what nothing stops and takes back what failed`() {
        let automatic = settings { $0.isAutomatic = true }
        let one = Self.release(1).id, two = Self.release(2).id
        func board(_ facts: PromotionFacts) -> PromotionBoard {
            PromotionBoard(
                PromotionGates(
                    facts: facts, environments: ["staging": PromotionSettings(), "production": automatic],
                    now: Self.start + 100),
                order: ["staging", "production"])
        }
        #expect(board(facts { verified(&$0) }).steps == [.promote(release: one, environment: "production")])
        // The newest that arrived goes, not the newest that was made.
        #expect(
            board(
                facts {
                    verified(&$0, 1); verified(&$0, 2)
                }
            ).steps == [.promote(release: two, environment: "production")])
        let failed = facts {
            verified(&$0, 1); verified(&$0, 2)
            $0.placements = [
                .init(release: one, environment: "production", since: Self.start, until: Self.start + 50),
                .init(release: two, environment: "production", since: Self.start + 50),
            ]
            $0.verifications.append(
                .init(release: one, environment: "production", isPassed: true, time: Self.start + 10))
            $0.verifications.append(
                .init(release: two, environment: "production", isPassed: false, time: Self.start + 60, message: "500"))
        }
        #expect(board(failed).steps == [.rollBack(environment: "production", from: two, to: one)])
        #expect(board(failed).rows.map(\.environment) == ["staging", "production"])
        // What failed does not come again by itself.
        let back = facts {
            $0 = failed
            $0.placements.append(.init(release: one, environment: "production", since: Self.start + 70))
            $0.placements[1].until = Self.start + 70
        }
        #expect(board(back).steps.isEmpty)
    }

    @Test(arguments: [
        #"{"action":"approve","project":"p","person":"a","orderedOn":"2026-01-01T00:00:00Z"}"#,
        #"{"action":"hold","project":"p","person":"a","orderedOn":"2026-01-01T00:00:00Z"}"#,
        #"{"action":"explode","project":"p","person":"a","orderedOn":"2026-01-01T00:00:00Z"}"#,
        #"{"action":"stop","project":"p","person":"a","release":"sha256:xyz","orderedOn":"2026-01-01T00:00:00Z"}"#,
        "[]",
    ])
    func `an order that does not say what it is about is none`(_ text: String) throws {
        let value = try JSONReader.value(from: text)
        #expect(throws: WaybillError.self) { try ReleaseOrder(value) }
    }

    @Test func `an order survives being written`() throws {
        let order = order(.approve, by: "a")
        #expect(try ReleaseOrder(order.value) == order)
        #expect(order.statement.isAbout(order.subject))
    }
}

import Documents
import Files
import Glibc
import Rego

/// Measures the policy engine. Every figure is the median of several rounds.
struct RegoBench {
    struct Row {
        var name: String
        var value: Double
        var unit: String
    }

    let clock = ContinuousClock()
    static let rounds = 7

    /// Names in the order in which they are measured.
    static let rows = [
        // Memory comes first: later figures would leave free pages behind.
        "rego.memory", "rego.rbac", "rego.pod", "rego.pod-compile", "rego.users-growth", "rego.rules-growth",
        "rego.concurrency", "rego.contention",
    ]

    func measure(_ name: String) async throws -> Row {
        switch name {
        case "rego.rbac": return Row(name: name, value: try rbac(users: 500), unit: "us")
        case "rego.pod": return Row(name: name, value: try pod(), unit: "us")
        case "rego.pod-compile": return Row(name: name, value: try compile(), unit: "ms")
        case "rego.users-growth":
            let (few, many) = (try decisions(users: 500), try decisions(users: 50_000))
            return Row(name: name, value: try ratio(many, few), unit: "x")
        case "rego.rules-growth":
            let (few, many) = (try rules(10), try rules(10_000))
            return Row(name: name, value: try ratio(many, few), unit: "x")
        case "rego.concurrency": return Row(name: name, value: try await concurrency().throughput, unit: "x")
        case "rego.contention": return Row(name: name, value: try await concurrency().contention, unit: "x")
        default: return Row(name: name, value: try memory(), unit: "x")
        }
    }

    /// Microseconds for one call, the median over the rounds.
    private func time(_ body: () throws -> Void) rethrows -> Double {
        let once = try clock.measure(body)
        let count = max(1, Int(0.05 / max(seconds(once), 1e-7)))
        var figures: [Double] = []
        for _ in 0..<Self.rounds {
            let taken = try clock.measure { for _ in 0..<count { try body() } }
            figures.append(seconds(taken) / Double(count))
        }
        return figures.sorted()[Self.rounds / 2] * 1e6
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private func policy(_ text: String, data: Value = [:]) throws -> CompiledPolicy {
        try CompiledPolicy(
            modules: [try PolicyModule(parsing: text, file: "policy.rego")],
            regoData: try RegoValue(json: Array(JSONWriter.string(data).utf8), isKept: true))
    }

    /// How much longer one takes than the other, each at its fastest, measured in turns.
    private func ratio(_ one: () throws -> Void, _ other: () throws -> Void) throws -> Double {
        var (left, right) = (Double.infinity, Double.infinity)
        for _ in 0..<5 * Self.rounds {
            left = min(left, seconds(try clock.measure(one)))
            right = min(right, seconds(try clock.measure(other)))
        }
        return left / right
    }

    private func rbac(users: Int) throws -> Double {
        try time(try decisions(users: users)) / 64
    }

    private func decisions(users: Int) throws -> () throws -> Void {
        let policy = try policy(RegoWorkload.rbacPolicy, data: RegoWorkload.rbacData(users: users))
        let inputs = RegoWorkload.rbacInputs(users: users, count: 64)
        return { for input in inputs { _ = try policy.evaluate(rule: "data.rbac.allow", json: input) } }
    }

    private func pod() throws -> Double {
        let policy = try policy(RegoWorkload.podPolicy)
        let input = RegoWorkload.podInput
        return try time { _ = try policy.evaluate(rule: "data.pods.deny", json: input) }
    }

    private func compile() throws -> Double { try time { _ = try policy(RegoWorkload.podPolicy) } / 1_000 }

    private func rules(_ count: Int) throws -> () throws -> Void {
        let policy = try policy(RegoWorkload.manyRules(count))
        let inputs = (0..<64).map { number -> [UInt8] in
            Array("{\"path\":\"/service/\(number * 131 % count)\",\"method\":\"GET\",\"user\":\"someone\"}".utf8)
        }
        return { for input in inputs { _ = try policy.evaluate(rule: "data.many.allow", json: input) } }
    }

    /// How much more eight tasks do in the same time than one; and how much more processor time each decision takes
    /// then, which other programs on the machine disturb less.
    private func concurrency() async throws -> (throughput: Double, contention: Double) {
        let policy = try policy(RegoWorkload.rbacPolicy, data: RegoWorkload.rbacData(users: 500))
        let inputs = RegoWorkload.rbacInputs(users: 500)
        let count = max(50, Int(400_000 / max(1, try rbac(users: 500) * 64)))
        @Sendable func work() throws {
            for _ in 0..<count {
                for input in inputs { _ = try policy.evaluate(rule: "data.rbac.allow", json: input) }
            }
        }
        var throughput: [Double] = []
        var contention: [Double] = []
        for _ in 0..<Self.rounds {
            let start = processorSeconds()
            let alone = try clock.measure { try work() }
            let middle = processorSeconds()
            let together = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { try work() } }
                    try await group.waitForAll()
                }
            }
            throughput.append(8 * seconds(alone) / seconds(together))
            contention.append((processorSeconds() - middle) / 8 / (middle - start))
        }
        return (throughput.sorted()[Self.rounds / 2], contention.sorted()[Self.rounds / 2])
    }

    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Resident memory of a 15 MB document, in multiples of its size.
    private func memory() throws -> Double {
        let before = resident()
        var bytes = RegoWorkload.largeDocument(bytes: 15_000_000)
        let size = bytes.count
        let data = try RegoValue(json: bytes, isKept: true)
        bytes = []
        let policy = try CompiledPolicy(
            modules: [try PolicyModule(parsing: "package p\n\nn := count(data.items)\n", file: "p.rego")],
            regoData: data)
        let after = resident()
        _ = try policy.evaluate(rule: "data.p.n", regoInput: nil)
        return Double(after - before) * 1024 / Double(size)
    }

    /// Kilobytes, as the kernel counts them.
    private func resident() -> Int {
        guard let bytes = try? Files.read("/proc/self/status") else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }

    /// Policies, data and inputs as files, for a peer.
    func write(to folder: String) throws {
        try Files.makeFolder(folder)
        func put(_ name: String, _ bytes: [UInt8]) throws { try Files.write(bytes, to: "\(folder)/\(name)") }
        try put("rbac.rego", Array(RegoWorkload.rbacPolicy.utf8))
        try put("rbac.json", Array(JSONWriter.string(RegoWorkload.rbacData(users: 500)).utf8))
        try put("rbac-inputs.jsonl", Array(RegoWorkload.rbacInputs(users: 500).joined(separator: [10])))
        try put("pod.rego", Array(RegoWorkload.podPolicy.utf8))
        try put("pod.json", RegoWorkload.podInput)
    }
}

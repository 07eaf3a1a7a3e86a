import Documents

/// How long the runs of one thing took.
struct Samples {
    /// Ordered; never empty.
    let nanoseconds: [Int]
    var total: Int { nanoseconds.reduce(0, +) }
    var mean: Int { total / nanoseconds.count }

    /// Runs for about so long, at least once.
    init(during timeNanoseconds: Int, clock: () -> Int, _ body: () throws -> Void) rethrows {
        var samples: [Int] = []
        let end = clock() + timeNanoseconds
        repeat {
            let start = clock()
            try body()
            samples.append(clock() - start)
        } while clock() < end && samples.count < 1_000_000
        nanoseconds = samples.sorted()
    }

    /// How long the given percentage of the runs took at most.
    func share(_ percent: Int) -> Int { nanoseconds[min(nanoseconds.count - 1, nanoseconds.count * percent / 100)] }

    func document(_ extra: [(String, Int)]) -> Value {
        [
            "N": .integer(nanoseconds.count), "T": .integer(total),
            "Extra": .object(Object(extra.map { (key: $0.0, value: .integer($0.1)) })),
        ]
    }
}

/// A test that passes, and how long it takes.
struct TestMeasurement {
    let test: TestResult
    let samples: Samples

    private var figures: [(String, Int)] {
        let last = samples.nanoseconds[samples.nanoseconds.count - 1]
        return [
            ("timer_rego_query_eval_ns_90%", samples.share(90)), ("timer_rego_query_eval_ns_99%", samples.share(99)),
            ("timer_rego_query_eval_ns_max", last), ("timer_rego_query_eval_ns_median", samples.share(50)),
        ]
    }

    /// `data.shop.test_sum: 17364 runs, 67341 ns/op …`
    var line: String {
        let rest = figures.map { "\t\($0.1) \($0.0)" }.joined()
        return "\(test.package).\(test.name)\t\(samples.nanoseconds.count)\t\(samples.mean) ns/op\(rest)\n"
    }

    /// `BenchmarkDataShopTestSum`, for programs that compare Go's benchmarks.
    var goLine: String {
        var name = "Benchmark"
        var startsWord = true
        for character in "\(test.package).\(test.name)" {
            if character.isLetter || character.isNumber {
                name += startsWord ? character.uppercased() : String(character)
                startsWord = false
            } else {
                startsWord = true
            }
        }
        return "\(name)\t\(samples.nanoseconds.count)\t\(samples.mean) ns/op\n"
    }

    var value: Value {
        guard case .object(var object) = test.value else { return test.value }
        object["benchmark_result"] = samples.document(figures)
        return .object(object)
    }
}

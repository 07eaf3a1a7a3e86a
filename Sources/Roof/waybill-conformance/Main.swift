@main
struct Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let directory = arguments.first else { return print("usage: waybill-conformance CASES [FILTER]") }
        let report = RegoSuite.run(cases: directory, filter: arguments.dropFirst().first)
        var categories: [String: (passed: Int, all: Int)] = [:]
        for result in report.results {
            categories[result.category, default: (0, 0)].all += 1
            switch result.outcome {
            case .passed: categories[result.category, default: (0, 0)].passed += 1
            case .failed(let reason): print("FAILED \(result.name)\n    \(reason)")
            case .skipped(let reason): print("skipped \(result.name): \(reason)")
            }
        }
        for (category, count) in categories.sorted(by: { $0.key < $1.key }) where count.passed < count.all {
            print("\(category) \(count.passed)/\(count.all)")
        }
        print("\(report.passedCount) of \(report.results.count)")
    }
}

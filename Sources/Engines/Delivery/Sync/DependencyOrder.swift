public import WaybillCore

/// Which applications wait for which.
public struct DependencyOrder: Hashable, Sendable {
    /// Every application after all that it waits for; otherwise in the order of their names.
    public let sorted: [String]
    public let dependencies: [String: [String]]

    /// Throws `.invalidInput` for a name that is none of them, and for a circle, which it spells out.
    public init(_ dependencies: [String: [String]]) throws(WaybillError) {
        self.dependencies = dependencies
        for (name, wanted) in dependencies.sorted(by: { $0.key < $1.key }) {
            for other in wanted where dependencies[other] == nil {
                let hint = Spelling.nearest(to: other, among: dependencies.keys.sorted()).map {
                    ", did you mean \($0)?"
                }
                throw WaybillError(
                    .invalidInput, "\(name) depends on \(other), which is not an application\(hint ?? "")",
                    subject: "depends-on")
            }
        }
        var sorted: [String] = [], done: Set<String> = []
        var waiting: [String: Int] = dependencies.mapValues { Set($0).count }
        var dependants: [String: [String]] = [:]
        for (name, wanted) in dependencies { for other in Set(wanted) { dependants[other, default: []].append(name) } }
        var ready = waiting.filter { $0.value == 0 }.keys.sorted()
        while !ready.isEmpty {
            var next: [String] = []
            for name in ready {
                sorted.append(name)
                done.insert(name)
                for dependant in dependants[name] ?? [] {
                    waiting[dependant, default: 0] -= 1
                    if waiting[dependant] == 0 { next.append(dependant) }
                }
            }
            ready = next.sorted()
        }
        guard sorted.count == dependencies.count else {
            let circle = Self.circle(dependencies.filter { !done.contains($0.key) })
            throw WaybillError(
                .invalidInput, "applications wait for each other: \(circle.joined(separator: " → "))",
                subject: "depends-on", remedy: "let one of them not wait")
        }
        self.sorted = sorted
    }

    private static func circle(_ rest: [String: [String]]) -> [String] {
        guard var name = rest.keys.sorted().first else { return [] }
        var path: [String] = []
        while !path.contains(name) {
            path.append(name)
            guard let next = (rest[name] ?? []).sorted().first(where: { rest[$0] != nil }) else { return path }
            name = next
        }
        let start = path.firstIndex(of: name) ?? 0
        return Array(path[start...]) + [name]
    }
}

import CEL
import Documents
import Kubernetes

/// Readers of what a cluster's clients send: expressions of policies, selectors of lists.
enum ClusterFuzz {
    static let targets = [FuzzTarget("cluster-cel", cel), FuzzTarget("cluster-selector", selector)]

    static func cel(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let program = try? CELProgram(text, variables: ["self": .any, "n": .int]) else { return }
        let value: Value = ["a": ["x", "y", 3], "b": ["c": "1.2.3", "d": .null], "e": true]
        let values: [String: CELValue] = ["self": CELValue(value), "n": .int(7)]
        let first = try? program.evaluate(values)
        guard "\(String(describing: first))" == "\(String(describing: try? program.evaluate(values)))" else {
            throw FuzzTarget.Finding(message: "two evaluations differ")
        }
    }

    static func selector(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if let fields = try? FieldSelector(parsing: text), let again = try? FieldSelector(parsing: text) {
            guard fields == again else { throw FuzzTarget.Finding(message: "two readings differ") }
        }
        if let labels = try? LabelSelector(parsing: text) { _ = labels.matches(["a": "b"]) }
    }
}

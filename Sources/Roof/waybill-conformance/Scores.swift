import Documents
import Files
import WaybillCore

/// The scores that the repository keeps: a suite's count of passed cases, which must not fall.
struct Scores {
    private(set) var passed: [String: Int]

    init(passed: [String: Int] = [:]) { self.passed = passed }

    init(path: String) throws(WaybillError) {
        do {
            let node = try JSONReader.node(from: try Files.read(path))
            var scores: [String: Int] = [:]
            for member in node.members ?? [] {
                guard let count = member.node.scalar?.integer else {
                    throw DocumentError(at: member.node.position, "\(member.key): expected a whole number")
                }
                scores[member.key] = count
            }
            passed = scores
        } catch let error as DocumentError {
            throw error.inFile(path)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: path, cause: error)
        }
    }

    /// What is wrong when a suite's count is below what is kept; nil when it is not.
    func shortfall(_ suite: String, passed count: Int) -> String? {
        guard let kept = passed[suite], count < kept else { return nil }
        return "\(suite): \(count) passed, \(kept) are kept: the score must not fall"
    }

    mutating func raise(_ suite: String, to count: Int) { passed[suite] = max(count, passed[suite] ?? 0) }

    var text: String {
        JSONWriter.string(
            .object(Object(passed.sorted { $0.key < $1.key }.map { (key: $0.key, value: .integer($0.value)) })),
            style: .pretty) + "\n"
    }
}

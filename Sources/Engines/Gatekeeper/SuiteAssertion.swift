public import Documents
import RegularExpressions
import WaybillCore

/// What must be true of the violations.
public struct SuiteAssertion: Sendable {
    public enum Wanted: Sendable, Hashable {
        case none, some
        case exactly(Int)
    }

    public let wanted: Wanted
    private let message: RegularExpression?

    /// `violations`: `no` or `false`, `yes` or `true`, or a number; absent means yes. `message`: a pattern.
    public init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "assertion")
        let violations = fields.node("violations")
        switch violations?.scalar {
        case nil, .bool(true), .string("yes"): wanted = .some
        case .bool(false), .string("no"): wanted = .none
        case .number(let number):
            guard let count = number.integer, count >= 0 else { fallthrough }
            wanted = .exactly(count)
        default:
            throw DocumentError(
                at: violations?.position ?? node.position,
                "assertion.violations: expected a number that is not negative, “yes” or “no”")
        }
        do {
            message = if let pattern = try fields.string("message") { try RegularExpression(pattern) } else { nil }
        } catch let error as WaybillError {
            throw DocumentError(at: node.position, "assertion.message: \(error.message)")
        } catch let error as DocumentError {
            throw error
        } catch {
            throw DocumentError(at: node.position, "\(error)")
        }
        try fields.finish()
    }

    /// Why it does not hold; nil when it does.
    func failure(of messages: [String]) -> String? {
        let matching = messages.filter { message?.matches($0) ?? true }.count
        let what = message.map { " matching “\($0.pattern)”" } ?? ""
        let found = "found \(matching) violations\(what)"
        let all = "; all messages: \(messages.isEmpty ? "none" : messages.joined(separator: " | "))"
        return switch wanted {
        case .none where matching > 0: "\(found), expected none\(all)"
        case .some where matching == 0: "\(found), expected at least one\(all)"
        case .exactly(let count) where count != matching: "\(found), expected exactly \(count)\(all)"
        default: nil
        }
    }
}

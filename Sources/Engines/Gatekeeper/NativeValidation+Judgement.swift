import CEL
import Documents

extension NativeValidation {
    /// What a review is judged with beside the object.
    struct Circumstances {
        /// The whole constraint: `params`.
        var constraint: Value
        /// Null where the object is in no namespace, or the namespace is not known.
        var namespace: Value
    }

    /// The messages of the rules that do not hold.
    func messages(for request: Value, in circumstances: Circumstances) -> [String] {
        var values: [String: CELValue] = [
            "object": CELValue(request["object"] ?? .null), "oldObject": CELValue(request["oldObject"] ?? .null),
            "params": CELValue(circumstances.constraint), "namespaceObject": CELValue(circumstances.namespace),
        ]
        var shown = request
        shown["object"] = nil
        shown["oldObject"] = nil
        values["request"] = CELValue(shown)
        values["variables"] = .host(NativeVariables(variables, values: values))
        switch matches(values) {
        case .failure(let message): return failsClosed ? [message.text] : []
        case .success(false): return []
        case .success(true): return rules.compactMap { message(of: $0, values) }
        }
    }

    private struct Complaint: Error { var text: String }

    /// A condition that does not hold decides, even where another cannot be computed.
    private func matches(_ values: [String: CELValue]) -> Result<Bool, Complaint> {
        var failure: Complaint?
        for condition in conditions {
            do throws(CELError) {
                guard try condition.evaluate(values) == .bool(true) else { return .success(false) }
            } catch {
                failure = failure ?? Complaint(text: Self.text(of: error, in: condition))
            }
        }
        return failure.map { .failure($0) } ?? .success(true)
    }

    /// Nil where the rule holds.
    private func message(of rule: Rule, _ values: [String: CELValue]) -> String? {
        do throws(CELError) {
            if try rule.expression.evaluate(values) == .bool(true) { return nil }
        } catch {
            return failsClosed ? Self.text(of: error, in: rule.expression) : nil
        }
        // A message that cannot be computed, or is no single line, gives way to the fixed one.
        if let program = rule.messageExpression, case .string(let text)? = try? program.evaluate(values) {
            let line = text.trimmingSpace()
            if !line.isEmpty, line.utf8.count <= Self.messageBytesMax, !line.utf8.contains(0x0A) { return line }
        }
        let fixed = rule.message.trimmingSpace()
        return fixed.isEmpty ? "failed expression: \(rule.expression.text.trimmingSpace())" : fixed
    }

    private static func text(of error: CELError, in program: CELProgram) -> String {
        "expression '\(program.text.trimmingSpace())' resulted in error: \(error.message)"
    }
}

extension String {
    /// Without the space around it.
    fileprivate func trimmingSpace() -> String {
        guard let start = firstIndex(where: { !$0.isWhitespace }),
            let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}

public import Documents
public import WaybillCore

/// What `system.log.mask` asks to be taken out of a decision, or written over, before it is logged.
public struct DecisionMask: Sendable, Hashable {
    public enum Operation: String, Sendable, CaseIterable { case remove, upsert }

    public var operation: Operation
    /// Begins with `input`, `result` or `nd_builtin_cache`.
    public var path: [String]
    public var value: Value

    /// Reads the rule's result: a list of paths, or of objects with `op`, `path` and `value`. Anything else is an error:
    /// a mask that is not understood must not let a secret through.
    public static func read(_ result: Value) throws(WaybillError) -> [DecisionMask] {
        guard let elements = result.array else {
            throw WaybillError(.invalidInput, "expected a set, found \(result.typeName)", subject: "system.log.mask")
        }
        var masks: [DecisionMask] = []
        for element in elements {
            switch element {
            case .string(let text): masks.append(DecisionMask(operation: .remove, path: try path(text), value: .null))
            case .object(let object):
                guard let word = object["op"]?.string, let operation = Operation(rawValue: word) else {
                    throw WaybillError(
                        .invalidInput, "mask op is not supported: \(object["op"]?.string ?? "(none)")",
                        subject: "system.log.mask", remedy: "write remove or upsert")
                }
                guard let text = object["path"]?.string else {
                    throw WaybillError(.invalidInput, "a mask has no path", subject: "system.log.mask")
                }
                masks.append(
                    DecisionMask(operation: operation, path: try path(text), value: object["value"] ?? .null))
            default:
                throw WaybillError(
                    .invalidInput, "invalid mask rule format encountered: \(element.typeName)",
                    subject: "system.log.mask")
            }
        }
        return masks
    }

    private static func path(_ text: String) throws(WaybillError) -> [String] {
        guard text.hasPrefix("/"), let pointer = Pointer(parsing: text) else {
            throw WaybillError(.invalidInput, "mask must be slash-prefixed: \(text)", subject: "system.log.mask")
        }
        guard let part = pointer.tokens.first, ["input", "result", "nd_builtin_cache"].contains(part) else {
            throw WaybillError(
                .invalidInput, "mask prefix not allowed: \(pointer.tokens.first ?? "")", subject: "system.log.mask")
        }
        return pointer.tokens
    }

    private var text: String { "/" + path.joined(separator: "/") }

    public func apply(to event: inout DecisionEvent) {
        let rest = path.dropFirst()
        let isInput = path[0] == "input"
        // No cache of builtins' answers is logged: there is nothing to mask in it.
        guard isInput || path[0] == "result", var part = isInput ? event.input : event.result else { return }
        switch operation {
        case .remove:
            if rest.isEmpty {
                if isInput { event.input = nil } else { event.result = nil }
                event.erased.append(text)
                return
            }
            guard part.setDocument(at: rest, to: nil) else { return }
            event.erased.append(text)
        case .upsert:
            guard rest.isEmpty || part.object != nil, part.setDocument(at: rest, to: value) else { return }
            event.masked.append(text)
        }
        if isInput { event.input = part } else { event.result = part }
    }
}

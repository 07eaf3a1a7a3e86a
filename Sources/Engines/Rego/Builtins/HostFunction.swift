/// A function that the host gives to policies, beside the builtins.
public struct HostFunction: Sendable {
    public let name: String
    public let arity: Int
    let builtin: Builtin

    /// The body's result is the call's value; nil leaves the call undefined. A text that it throws is the message of
    /// an `eval_builtin_error`.
    public init(
        _ name: String, arity: Int, _ body: @escaping @Sendable ([RegoValue]) throws -> RegoValue?
    ) {
        self.name = name
        self.arity = arity
        builtin = Builtin(name, arity) { (a) throws(BuiltinFailure) in
            do {
                return try body(a.values)
            } catch {
                throw BuiltinFailure("\(error)")
            }
        }
    }
}

extension Builtins {
    /// These functions and others; one of the same name takes the builtin's place.
    func adding(_ others: [Builtin]) -> Builtins { Builtins([others] + [all.filter { own in !others.contains { $0.name == own.name } }]) }
}

/// Numbers, bits and set operators.
enum ArithmeticBuiltins {
    static let all = [
        Builtin("plus", 2) { (a) throws(BuiltinFailure) in .number(try a.number(0) + a.number(1)) },
        Builtin("minus", 2, minus),
        Builtin("mul", 2) { (a) throws(BuiltinFailure) in .number(try a.number(0) * a.number(1)) },
        Builtin("div", 2, divide),
        Builtin("rem", 2, remainder),
        Builtin("abs", 1) { (a) throws(BuiltinFailure) in
            let number = try a.number(0)
            return .number(number.isNegative ? -number : number)
        },
        Builtin("round", 1) { (a) throws(BuiltinFailure) in .number(try a.number(0).rounded(.nearest)) },
        Builtin("floor", 1) { (a) throws(BuiltinFailure) in .number(try a.number(0).rounded(.down)) },
        Builtin("ceil", 1) { (a) throws(BuiltinFailure) in .number(try a.number(0).rounded(.up)) },
        Builtin("numbers.range", 2) { (a) throws(BuiltinFailure) in try range(a, step: 1) },
        Builtin("numbers.range_step", 3, rangeWithStep),
        Builtin("bits.and", 2) { (a) throws(BuiltinFailure) in try bits(a) { $0 & $1 } },
        Builtin("bits.or", 2) { (a) throws(BuiltinFailure) in try bits(a) { $0 | $1 } },
        Builtin("bits.xor", 2) { (a) throws(BuiltinFailure) in try bits(a) { $0 ^ $1 } },
        Builtin("bits.negate", 1) { (a) throws(BuiltinFailure) in .number(RegoNumber(try a.wholeNumber(0).complement))
        },
        Builtin("bits.lsh", 2) { (a) throws(BuiltinFailure) in
            .number(RegoNumber(try a.wholeNumber(0).shiftedLeft(by: shift(a))))
        },
        Builtin("bits.rsh", 2) { (a) throws(BuiltinFailure) in
            .number(RegoNumber(try a.wholeNumber(0).shiftedRight(by: shift(a))))
        },
        Builtin("rand.intn", 2) { (a) throws(BuiltinFailure) in
            let bound = try a.int(1).magnitude
            return .int(bound == 0 ? 0 : Int(a.host.random("\(try a.string(0))-\(bound)") % UInt64(bound)))
        },
    ]

    /// A range may be so long, a shift so wide.
    static let rangeMax = 1_000_000
    static let shiftMax = 100_000

    @Sendable static func minus(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        switch (a[0], a[1]) {
        case (.number(let one), .number(let other)): return .number(one - other)
        case (.set(let one), .set(let other)): return .set(one.subtracting(other))
        case (.number, _): throw a.wrong(1, "number")
        case (.set, .number): throw a.wrong(1, "set")
        case (.set, _): throw a.wrong(1, "number")
        default: throw a.wrong(0, "one of {number, set}")
        }
    }

    @Sendable static func divide(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        guard let quotient = try a.number(0).divided(by: a.number(1)) else { throw BuiltinFailure("divide by zero") }
        return .number(quotient)
    }

    @Sendable static func remainder(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        guard let one = try a.number(0).integer, let other = try a.number(1).integer else {
            throw BuiltinFailure("modulo on floating-point number")
        }
        guard !other.isZero else { throw BuiltinFailure("modulo by zero") }
        return .number(RegoNumber(one.quotientAndRemainder(dividingBy: other).1))
    }

    @Sendable static func rangeWithStep(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let step = try a.wholeNumber(2)
        guard !step.isNegative, !step.isZero else {
            throw BuiltinFailure("numbers.range_step: step must be a positive integer")
        }
        // A step that does not fit goes beyond every end that does.
        return try range(a, step: step.int ?? .max)
    }

    private static func range(_ a: Arguments, step: Int) throws(BuiltinFailure) -> RegoValue {
        let (first, last) = (try a.wholeNumber(0), try a.wholeNumber(1))
        guard let one = first.int, let other = last.int else { return try largeRange(first, last, step) }
        let (span, overflow) = other.subtractingReportingOverflow(one)
        guard !overflow, span.magnitude / step.magnitude <= rangeMax else {
            throw BuiltinFailure("more than \(rangeMax) numbers")
        }
        return .array(stride(from: one, through: other, by: one <= other ? step : -step).map { .int($0) })
    }

    private static func largeRange(_ first: BigInteger, _ last: BigInteger, _ step: Int) throws(BuiltinFailure)
        -> RegoValue
    {
        guard let span = (last - first).int, span.magnitude / step.magnitude <= rangeMax else {
            throw BuiltinFailure("more than \(rangeMax) numbers")
        }
        return .array(
            stride(from: 0, through: span, by: span >= 0 ? step : -step).map {
                .number(RegoNumber(first + BigInteger($0)))
            })
    }

    private static func bits(_ a: Arguments, _ operation: (UInt32, UInt32) -> UInt32) throws(BuiltinFailure)
        -> RegoValue
    {
        .number(RegoNumber(BigInteger.combine(try a.wholeNumber(0), try a.wholeNumber(1), by: operation)))
    }

    private static func shift(_ a: Arguments) throws(BuiltinFailure) -> Int {
        let shift = try a.wholeNumber(1)
        guard !shift.isNegative else {
            throw BuiltinFailure(type: "operand 2 must be an unsigned integer number but got a negative integer")
        }
        guard let count = shift.int, count <= shiftMax else {
            throw BuiltinFailure("shift by more than \(shiftMax) bits")
        }
        return count
    }
}

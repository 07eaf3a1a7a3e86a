/// `sprintf`: reads the format as Go's `fmt` does; `Formatter+Verbs` writes the values.
struct Formatter {
    /// What OPA hands to Go's `fmt`: whole numbers, others as binary floating point, everything else as text.
    enum Value {
        case int(BigInteger, isLarge: Bool)
        case float(FloatText)
        case text(String)

        var typeName: String {
            switch self {
            case .int(_, let isLarge): isLarge ? "*big.Int" : "int"
            case .float: "float64"
            case .text: "string"
            }
        }
    }

    struct Flags {
        var minus = false, plus = false, zero = false, space = false, sharp = false
        var width: Int?
        var precision: Int?
    }

    private let format: [Unicode.Scalar]
    private let values: [Value]
    private var index = 0
    private var next = 0
    private var output = String.UnicodeScalarView()
    /// Arguments were chosen by number, so that some may be left over.
    private var isReordered = false
    /// What went wrong while the place of an argument was read.
    private var hasBadIndex = false

    /// A width or precision may be so large.
    static let widthMax = 1_000_000
    /// Texts that one format may give.
    static let outputMax = 4 << 20

    init(_ format: String, _ values: [RegoValue]) {
        self.format = Array(format.unicodeScalars)
        self.values = values.map(Self.value)
    }

    private static func value(_ value: RegoValue) -> Value {
        guard case .number(let number) = value else { return .text(value.display) }
        if let int = number.int { return .int(BigInteger(int), isLarge: false) }
        // A number too long to be written out is shown as it was written.
        if number.isInteger {
            guard let integer = number.integer, integer.decimalDigits.count <= 40 else {
                return .text(RegoNumberText.shortest(number))
            }
            return .int(integer, isLarge: true)
        }
        guard let text = FloatText(number.double), text.isFinite else { return .text(number.text) }
        return .float(text)
    }

    func text() throws(BuiltinFailure) -> String {
        var formatter = self
        return try formatter.run()
    }

    private mutating func run() throws(BuiltinFailure) -> String {
        while index < format.count {
            guard output.count < Self.outputMax else { throw BuiltinFailure("the text becomes too long") }
            guard format[index] == "%" else {
                output.append(format[index])
                index += 1
                continue
            }
            index += 1
            directive()
        }
        if !isReordered, next < values.count {
            write("%!(EXTRA " + values[next...].map { $0.typeName + "=" + plain($0) }.joined(separator: ", ") + ")")
        }
        return String(output)
    }

    private mutating func write(_ text: String) { output.append(contentsOf: text.unicodeScalars) }

    /// As `%v` shows it.
    private func plain(_ value: Value) -> String { Self.written(value, "v", Flags()) ?? "" }

    private mutating func directive() {
        var flags = takeFlags()
        hasBadIndex = false
        var afterIndex = takeIndex()
        if index < format.count, format[index] == "*" {
            index += 1
            if let width = takeInteger() {
                flags.minus = flags.minus || width < 0
                flags.width = abs(width)
                if flags.minus { flags.zero = false }
            } else {
                write("%!(BADWIDTH)")
            }
            afterIndex = false
        } else {
            flags.width = takeNumber()
            if afterIndex, flags.width != nil { hasBadIndex = true }
        }
        if index < format.count, format[index] == "." {
            index += 1
            if afterIndex { hasBadIndex = true }
            afterIndex = takeIndex()
            if index < format.count, format[index] == "*" {
                index += 1
                if let precision = takeInteger(), precision >= 0 {
                    flags.precision = precision
                } else {
                    write("%!(BADPREC)")
                }
                afterIndex = false
            } else {
                flags.precision = takeNumber() ?? 0
            }
        }
        if !afterIndex { _ = takeIndex() }
        guard index < format.count else { return write("%!(NOVERB)") }
        let verb = format[index]
        index += 1
        if verb == "%" { return output.append("%") }
        if hasBadIndex { return write("%!\(verb)(BADINDEX)") }
        guard next < values.count else { return write("%!\(verb)(MISSING)") }
        let value = values[next]
        next += 1
        write(Self.written(value, verb, flags) ?? "%!\(verb)(\(value.typeName)=\(bad(value, flags)))")
    }

    /// A value beside a verb that is not its own keeps its width.
    private func bad(_ value: Value, _ flags: Flags) -> String { Self.written(value, "v", flags) ?? "" }

    private mutating func takeFlags() -> Flags {
        var flags = Flags()
        while index < format.count {
            switch format[index] {
            case "-":
                flags.minus = true
                flags.zero = false
            case "+": flags.plus = true
            case "0": flags.zero = !flags.minus
            case " ": flags.space = true
            case "#": flags.sharp = true
            default: return flags
            }
            index += 1
        }
        return flags
    }

    private mutating func takeNumber() -> Int? {
        var value: Int?
        while index < format.count, (48...57).contains(format[index].value) {
            value = min((value ?? 0) * 10 + Int(format[index].value - 48), Self.widthMax)
            index += 1
        }
        return value
    }

    /// `[3]`: the argument that comes next.
    private mutating func takeIndex() -> Bool {
        guard index < format.count, format[index] == "[" else { return false }
        isReordered = true
        guard let end = format[index...].firstIndex(of: "]") else {
            hasBadIndex = true
            index += 1
            return true
        }
        index += 1
        let number = takeNumber()
        let isWhole = index == end
        index = end + 1
        guard isWhole, let number, number >= 1, number <= values.count else {
            hasBadIndex = true
            return true
        }
        next = number - 1
        return true
    }

    /// `*`: a width or precision among the arguments.
    private mutating func takeInteger() -> Int? {
        guard next < values.count else { return nil }
        defer { next += 1 }
        guard case .int(let integer, _) = values[next], let int = integer.int, abs(int) <= Self.widthMax else {
            return nil
        }
        return int
    }
}

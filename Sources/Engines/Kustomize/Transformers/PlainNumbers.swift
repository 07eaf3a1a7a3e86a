import Documents

/// Numbers as the reference implementation prints them: it reads and writes every resource as JSON once, where `1.0`
/// becomes `1` and `1e3` becomes `1000`.
enum PlainNumbers {
    static func isNeeded(in value: Value) -> Bool {
        switch value {
        case .number(let number): !isWhole(number.text)
        case .array(let elements): elements.contains(where: isNeeded)
        case .object(let object): object.contains { isNeeded(in: $0.value) }
        default: false
        }
    }

    static func write(_ value: inout Value) {
        switch value {
        case .number(let number):
            if !isWhole(number.text), let plain = Number(literal: text(of: number.double)) { value = .number(plain) }
        case .array(var elements):
            value = .null
            for index in elements.indices { write(&elements[index]) }
            value = .array(elements)
        case .object(var object):
            value = .null
            for key in object.keys { _ = object.update(key) { write(&$0) } }
            value = .object(object)
        default: break
        }
    }

    /// Whether it is written as a number of 64 bits.
    private static func isWhole(_ text: String) -> Bool { Int64(text) != nil && text != "-0" || UInt64(text) != nil }

    /// The shortest digits that are this number, with an exponent from a million on.
    static func text(of number: Double) -> String {
        guard number.isFinite, number != 0 else { return number == 0 ? "0" : "\(number)" }
        let sign = number < 0 ? "-" : ""
        let (digits, point) = decimal(abs(number))
        if digits.count <= point, point <= 21 {
            let whole = sign + digits + String(repeating: "0", count: point - digits.count)
            if Int64(whole) != nil || UInt64(whole) != nil { return whole }
        }
        let exponent = point - 1
        guard exponent >= -4, exponent < 6 else {
            let rest = digits.dropFirst()
            let size = String(abs(exponent))
            return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + (exponent < 0 ? "-" : "+")
                + (size.count < 2 ? "0" : "") + size
        }
        guard point > 0 else { return sign + "0." + String(repeating: "0", count: -point) + digits }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The digits without zeros at either end, and where the point stands before them or after how many of them.
    private static func decimal(_ number: Double) -> (digits: String, point: Int) {
        let written = "\(number)"
        let parts = written.split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1)
        let whole = mantissa[0], fraction = mantissa.count > 1 ? mantissa[1] : ""
        var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        var digits = Substring(whole + fraction)
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point)
    }
}

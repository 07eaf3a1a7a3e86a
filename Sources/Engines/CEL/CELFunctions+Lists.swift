import WaybillCore

extension CELFunctions {
    static func lists(_ name: String, _ arguments: [CELValue], _ machine: CELMachine) throws(CELError) -> CELValue? {
        if let result = try optionals(name, arguments) { return result }
        if let result = try sets(name, arguments) { return result }
        if let result = try mathematics(name, arguments) { return result }
        switch (name, arguments.first) {
        case ("size", .list(let list)?), (".size", .list(let list)?): return .int(Int64(list.count))
        case ("size", .map(let map)?), (".size", .map(let map)?): return .int(Int64(map.count))
        case ("size", .bytes(let bytes)?), (".size", .bytes(let bytes)?): return .int(Int64(bytes.count))
        case ("base64.encode", .bytes(let bytes)?): return .string(Base64.encode(bytes))
        case ("base64.decode", .string(let text)?):
            guard let bytes = Base64.decode(text) else { throw CELError("illegal base64 data") }
            return .bytes(bytes)
        case ("lists.range", .int(let count)?):
            guard count >= 0, count <= 10000 else { throw CELError("list too long") }
            return .list((0..<count).map(CELValue.int))
        default: break
        }
        guard name.hasPrefix("."), case .list(let list)? = arguments.first else { return nil }
        try machine.spend(list.count)
        switch (name, arguments.count) {
        case (".join", 1), (".join", 2):
            var separator = ""
            if arguments.count == 2 {
                guard case .string(let text) = arguments[1] else { throw CELError("no such overload") }
                separator = text
            }
            var texts: [String] = []
            for item in list {
                guard case .string(let text) = item else { throw CELError("no such overload") }
                texts.append(text)
            }
            return .string(texts.joined(separator: separator))
        case (".isSorted", 1):
            for (one, other) in zip(list, list.dropFirst()) where try order(one, other) > 0 { return .bool(false) }
            return .bool(true)
        case (".sum", 1):
            guard var total = list.first else { return .int(0) }
            for item in list.dropFirst() { total = try call("_+_", [total, item], machine) }
            return total
        case (".min", 1), (".max", 1):
            guard var best = list.first else { throw CELError("\(name.dropFirst()) called on empty list") }
            for item in list.dropFirst() {
                let comparison = try order(item, best)
                if name == ".min" ? comparison < 0 : comparison > 0 { best = item }
            }
            return best
        case (".indexOf", 2): return .int(Int64(list.firstIndex(of: arguments[1]) ?? -1))
        case (".lastIndexOf", 2): return .int(Int64(list.lastIndex(of: arguments[1]) ?? -1))
        case (".contains", 2): return .bool(list.contains(arguments[1]))
        case (".includes", 2): return .bool(list.contains(arguments[1]))
        case (".reverse", 1): return .list(list.reversed())
        case (".distinct", 1):
            var seen: Set<CELValue> = []
            return .list(list.filter { seen.insert($0).inserted })
        case (".flatten", 1):
            return .list(
                list.flatMap { item -> [CELValue] in if case .list(let inner) = item { inner } else { [item] } })
        case (".slice", 3):
            guard case .int(let start) = arguments[1], case .int(let end) = arguments[2], start >= 0, start <= end,
                end <= list.count
            else { throw CELError("index out of range") }
            return .list(Array(list[Int(start)..<Int(end)]))
        case (".sort", 1):
            do {
                return .list(try list.sorted { try order($0, $1) < 0 })
            } catch {
                throw CELError("no such overload")
            }
        default: return nil
        }
    }

    private static func optionals(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        switch (name, arguments.count) {
        case ("optional.none", 0): return .optional(nil)
        case ("optional.of", 1): return .optional(arguments[0])
        case ("optional.ofNonZeroValue", 1):
            let zeros: [CELValue] = [
                .null, .bool(false), .int(0), .uint(0), .double(0), .string(""), .bytes([]), .list([]), .map(CELMap()),
            ]
            return .optional(zeros.contains(arguments[0]) ? nil : arguments[0])
        default: break
        }
        guard name.hasPrefix("."), case .optional(let inner)? = arguments.first else { return nil }
        switch (name, arguments.count) {
        case (".hasValue", 1): return .bool(inner != nil)
        case (".value", 1):
            guard let inner else { throw CELError("optional.none() dereference") }
            return inner
        case (".orValue", 2): return inner ?? arguments[1]
        case (".or", 2): return inner != nil ? arguments[0] : arguments[1]
        default: return nil
        }
    }

    private static func sets(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        guard name.hasPrefix("sets."), arguments.count == 2, case .list(let one) = arguments[0],
            case .list(let other) = arguments[1]
        else { return nil }
        let (first, second) = (Set(one), Set(other))
        return switch name {
        case "sets.contains": .bool(second.isSubset(of: first))
        case "sets.equivalent": .bool(first == second)
        case "sets.intersects": .bool(!first.isDisjoint(with: second))
        default: CELValue?.none
        }
    }

    private static func mathematics(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        guard name.hasPrefix("math.") else { return nil }
        var values = arguments
        if values.count == 1, case .list(let list) = values[0] { values = list }
        switch name {
        case "math.greatest", "math.least":
            guard var best = values.first else { throw CELError("no such overload") }
            for item in values.dropFirst() {
                let comparison = try order(item, best)
                if name == "math.least" ? comparison < 0 : comparison > 0 { best = item }
            }
            return best
        case "math.abs":
            switch arguments.first {
            case .int(let value)? where value != .min: return .int(abs(value))
            case .double(let value)?: return .double(abs(value))
            default: throw CELError("no such overload")
            }
        default:
            guard case .double(let value)? = arguments.first else { return nil }
            switch name {
            case "math.ceil": return .double(value.rounded(.up))
            case "math.floor": return .double(value.rounded(.down))
            case "math.round": return .double(value.rounded())
            case "math.trunc": return .double(value.rounded(.towardZero))
            default: return nil
            }
        }
    }
}

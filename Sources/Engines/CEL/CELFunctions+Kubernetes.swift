import Kubernetes
import WaybillCore

/// A resource quantity as expressions compute with it.
struct CELQuantity: CELHost {
    var quantity: Quantity
    var typeName: String { "kubernetes.Quantity" }

    func call(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        func other() throws(CELError) -> Quantity {
            switch arguments.first {
            case .host(let host)?: if let value = host as? CELQuantity { return value.quantity }
            case .int(let number)?:
                let (product, overflow) = Int(number).multipliedReportingOverflow(by: 1000)
                if !overflow { return Quantity(thousandths: product) }
            default: break
            }
            throw CELError("no such overload")
        }
        func made(_ result: (partialValue: Int, overflow: Bool)) throws(CELError) -> CELValue {
            guard !result.overflow else { throw CELError("integer overflow") }
            return .host(CELQuantity(quantity: Quantity(thousandths: result.partialValue)))
        }
        switch (name, arguments.count) {
        case ("isGreaterThan", 1): return .bool(try other() < quantity)
        case ("isLessThan", 1): return .bool(try quantity < other())
        case ("compareTo", 1):
            let value = try other()
            return .int(quantity < value ? -1 : quantity == value ? 0 : 1)
        case ("add", 1): return try made(quantity.thousandths.addingReportingOverflow(other().thousandths))
        case ("sub", 1): return try made(quantity.thousandths.subtractingReportingOverflow(other().thousandths))
        case ("isInteger", 0): return .bool(quantity.thousandths % 1000 == 0)
        case ("asInteger", 0):
            guard quantity.thousandths % 1000 == 0 else { throw CELError("cannot convert value to integer") }
            return .int(Int64(quantity.thousandths / 1000))
        case ("asApproximateFloat", 0): return .double(Double(quantity.thousandths) / 1000)
        case ("sign", 0): return .int(Int64(quantity.thousandths.signum()))
        default: return nil
        }
    }

    func isEqual(to other: any CELHost) -> Bool { (other as? CELQuantity)?.quantity == quantity }
}

extension CELFunctions {
    static func kubernetes(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        guard arguments.count == 1, case .string(let text) = arguments[0] else { return nil }
        switch name {
        case "quantity":
            guard let quantity = Quantity(text) else { throw CELError("unable to parse quantity's suffix") }
            return .host(CELQuantity(quantity: quantity))
        case "isQuantity": return .bool(Quantity(text) != nil)
        case "isIP": return .bool(CELAddress(text) != nil)
        case "ip":
            guard let address = CELAddress(text) else {
                throw CELError("IP Address '\(text.prefix(100))' parse error during conversion from string")
            }
            return .host(address)
        case "url":
            guard let url = CELURL(text) else { throw CELError("URL parse error during conversion from string") }
            return .host(url)
        case "isURL": return .bool(CELURL(text) != nil)
        default: return nil
        }
    }
}

/// An IPv4 address.
struct CELAddress: CELHost {
    var bytes: [UInt8]
    var typeName: String { "net.IP" }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> UInt8? in
            guard part.count <= 3, part.allSatisfy({ $0.isASCII && $0.isNumber }), part.count == 1 || part.first != "0"
            else { return nil }
            return UInt8(part)
        }
        guard parts.count == 4, numbers.count == 4 else { return nil }
        bytes = numbers
    }

    func call(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        switch name {
        case "family": .int(4)
        case "isLoopback": .bool(bytes[0] == 127)
        case "isUnspecified": .bool(bytes.allSatisfy { $0 == 0 })
        case "isLinkLocalUnicast": .bool(bytes[0] == 169 && bytes[1] == 254)
        default: CELValue?.none
        }
    }

    func isEqual(to other: any CELHost) -> Bool { (other as? CELAddress)?.bytes == bytes }
}

/// The parts of a URL.
struct CELURL: CELHost {
    var scheme: String
    var host: String
    var path: String
    var query: String
    var typeName: String { "net.URL" }

    init?(_ text: String) {
        guard text.utf8.count <= 8192, !text.contains(" ") else { return nil }
        if text.hasPrefix("/") {
            (scheme, host) = ("", "")
            let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            path = String(parts[0])
            query = parts.count == 2 ? String(parts[1]) : ""
            return
        }
        guard let range = text.firstRange(of: "://"), range.lowerBound > text.startIndex else { return nil }
        scheme = String(text[..<range.lowerBound])
        let rest = text[range.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        host = String(rest[..<end])
        let tail = rest[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = tail.first.map(String.init) ?? ""
        query = tail.count == 2 ? String(tail[1]) : ""
    }

    func call(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        switch name {
        case "getScheme": .string(scheme)
        case "getHost": .string(host)
        case "getHostname": .string(String(host.prefix { $0 != ":" }))
        case "getPort": .string(host.contains(":") ? String(host.drop { $0 != ":" }.dropFirst()) : "")
        case "getEscapedPath": .string(path)
        default: CELValue?.none
        }
    }

    func isEqual(to other: any CELHost) -> Bool {
        guard let other = other as? CELURL else { return false }
        return other.scheme == scheme && other.host == host && other.path == path && other.query == query
    }
}

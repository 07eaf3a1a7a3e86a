/// Debian's order (Debian policy 5.6.12): epoch, upstream version, revision; `~` before everything, also before the end.
enum DpkgOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = Parts(left), other = Parts(right)
        return VersionOrder.digits(one.epoch, other.epoch)
            .then(part(one.upstream, other.upstream))
            .then(part(one.revision, other.revision))
    }

    private struct Parts {
        var epoch: ArraySlice<UInt8> = []
        var upstream: ArraySlice<UInt8>
        var revision: ArraySlice<UInt8> = []

        init(_ version: [UInt8]) {
            upstream = version[...]
            if let colon = upstream.firstIndex(of: UInt8(ascii: ":")), upstream[..<colon].allSatisfy(ASCII.isDigit) {
                epoch = upstream[..<colon]
                upstream = upstream[(colon + 1)...]
            }
            if let hyphen = upstream.lastIndex(of: UInt8(ascii: "-")) {
                revision = upstream[(hyphen + 1)...]
                upstream = upstream[..<hyphen]
            }
        }
    }

    /// Runs of other characters and runs of digits by turns.
    private static func part(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        var left = left, right = right
        while !left.isEmpty || !right.isEmpty {
            while left.first.map(ASCII.isDigit) == false || right.first.map(ASCII.isDigit) == false {
                let order = VersionOrder(weight(left.first), weight(right.first))
                if order != .equal { return order }
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let one = left.prefix(while: ASCII.isDigit), other = right.prefix(while: ASCII.isDigit)
            let order = VersionOrder.digits(one, other)
            if order != .equal { return order }
            left = left.dropFirst(one.count)
            right = right.dropFirst(other.count)
        }
        return .equal
    }

    private static func weight(_ byte: UInt8?) -> Int {
        switch byte {
        case nil: 0
        case UInt8(ascii: "~"): -1
        case let byte? where ASCII.isDigit(byte): 0
        case let byte? where ASCII.isLetter(byte): Int(byte)
        case let byte?: Int(byte) + 256
        }
    }
}

/// A version as bytes that stand in the order of versions: which of two keys comes first by its bytes, or by being the
/// beginning of the other, is which version comes first, and equal keys are equal versions.
///
/// Comparing keys needs no grammar any more. Where an order is no order of all texts, or where its keys are not worth
/// their code, a version has none, and is compared by `VersionOrdering`.
package struct VersionKey: Sendable {
    package var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(64) }

    /// Nil where the version has no key in this order.
    package init?(_ text: String, _ ordering: VersionOrdering) {
        var text = text
        guard text.withUTF8({ write($0, ordering) }) else { return nil }
    }

    /// Makes the key of another version, in the same memory; false, with a key that means nothing, where it has none.
    package mutating func write(_ version: UnsafeBufferPointer<UInt8>, _ ordering: VersionOrdering) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        return append(version, ordering)
    }

    /// Makes the key of one more version behind what stands there.
    package mutating func append(_ version: UnsafeBufferPointer<UInt8>, _ ordering: VersionOrdering) -> Bool {
        let version = UnsafeBufferPointer(rebasing: version.prefix(VersionOrdering.versionLengthMax))
        switch ordering {
        case .semver, .npm, .go, .cargo, .hex: return semantic(version, hasBuild: false)
        case .pub: return semantic(version, hasBuild: true)
        case .nuget: return version.map(ASCII.lower).withUnsafeBufferPointer { semantic($0, hasBuild: false) }
        case .dpkg: return dpkg(version)
        case .rpm: return rpm(version)
        case .apk: return apk(version)
        case .gem: return gem(Array(version))
        case .pep440: return python(Array(version))
        case .packagist: return packagist(Array(version))
        case .maven: return maven(Array(version))
        case .lexicographic:
            bytes.append(contentsOf: version)
            return true
        case .alpm, .gentoo, .cran, .hackage, .conan, .openssl, .datetime: return false
        }
    }

    // MARK: parts

    mutating func add(_ mark: UInt8) { bytes.append(mark) }

    /// Digits of any length by value: how many there are without leading zeros, then themselves. No digits are zero.
    mutating func number(_ digits: some Collection<UInt8>) {
        let digits = digits.drop { $0 == UInt8(ascii: "0") }
        let count = digits.count
        bytes.append(UInt8(truncatingIfNeeded: count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: count))
        // Most numbers have one or two digits: one by one they are there sooner.
        guard count > 4 else {
            for digit in digits { bytes.append(digit) }
            return
        }
        bytes.append(contentsOf: digits)
    }

    /// Bytes of which the beginning comes first. False where a byte is that which ends them.
    mutating func word(_ word: some Collection<UInt8>) -> Bool {
        bytes.append(contentsOf: word)
        bytes.append(0)
        return !word.contains(0)
    }
}

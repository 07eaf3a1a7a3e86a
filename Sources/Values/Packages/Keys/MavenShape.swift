/// What makes Maven's order go in circles, as far as some versions have it. Where they have not the two halves of a circle
/// they stand in one order.
///
/// With the same numbers in front, a word behind a dot that means less than nothing comes first, then a list behind a
/// hyphen that means less, then the end, then a word behind a dot that means more, then a list that means more, then
/// further numbers. But any word behind a dot comes before any list, and a zero comes behind both.
package struct MavenShape: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    static let wordMoreThanNothing = MavenShape(rawValue: 1)
    static let listLessThanNothing = MavenShape(rawValue: 2)
    static let listMoreThanNothing = MavenShape(rawValue: 4)
    /// `1.0.beta`: less than `1`, for its zero is nothing, and yet more than whatever is less than zero.
    static let wordLessThanNothingBehindZero = MavenShape(rawValue: 8)
    /// Lists of lists, and words that mean nothing among others.
    static let unknown = MavenShape(rawValue: 16)

    package init(_ version: String) {
        self = []
        add(MavenVersion.items(Array(version.utf8.prefix(VersionOrdering.versionLengthMax))), isInner: false)
    }

    package var isOneOrder: Bool {
        !contains(.unknown) && !isSuperset(of: [.wordMoreThanNothing, .listLessThanNothing])
            && (!contains(.wordLessThanNothingBehindZero)
                || isDisjoint(with: [.wordMoreThanNothing, .listMoreThanNothing]))
    }

    private mutating func add(_ items: [MavenItem], isInner: Bool) {
        var isBehindZero = false
        for (index, item) in items.enumerated() {
            switch item {
            case .number: isBehindZero = item.isNull
            case .qualifier(let word):
                let order = word.compare(.release)
                if order == .equal { insert(.unknown) }
                if !isInner || index > 0 {
                    if order == .greater { insert(.wordMoreThanNothing) }
                    if order == .less, isBehindZero { insert(.wordLessThanNothingBehindZero) }
                }
                isBehindZero = false
            case .list(let list):
                switch list.first {
                case .number?: insert(.listMoreThanNothing)
                case .qualifier(let word)?:
                    insert(word.compare(.release) == .less ? .listLessThanNothing : .listMoreThanNothing)
                case .list?, nil: insert(.unknown)
                }
                add(list, isInner: true)
            }
        }
    }
}

/// Version 4.0, section 8: vectors fall into 270 classes with a score each; the place inside of a class is interpolated.
enum CVSS4 {
    /// The values that each metric may have; `X` is "not defined" where it is allowed.
    private static let metrics: [String: String] = [
        "AV": "NALP", "AC": "LH", "AT": "NP", "PR": "NLH", "UI": "NPA", "VC": "HLN", "VI": "HLN", "VA": "HLN",
        "SC": "HLN", "SI": "HLN", "SA": "HLN", "E": "XAPU", "CR": "XHML", "IR": "XHML", "AR": "XHML", "MAV": "XNALP",
        "MAC": "XLH", "MAT": "XNP", "MPR": "XNLH", "MUI": "XNPA", "MVC": "XHLN", "MVI": "XHLN", "MVA": "XHLN",
        "MSC": "XHLN", "MSI": "XSHLN", "MSA": "XSHLN", "S": "XNP", "AU": "XNY", "R": "XAUI", "V": "XDC", "RE": "XLMH",
    ]
    private static let urgencies: Set<String> = ["X", "Clear", "Green", "Amber", "Red"]
    private static let required = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"]

    static func score(_ given: [String: String]) -> Double? {
        for (name, value) in given {
            if name == "U", urgencies.contains(value) { continue }
            guard let allowed = metrics[name], value.utf8.count == 1, allowed.contains(value) else { return nil }
        }
        guard required.allSatisfy({ given[$0] != nil }) else { return nil }
        return Effective(given).score
    }

    /// Metrics with the environment's changes put in, and what is not defined taken at its worst.
    private struct Effective {
        let given: [String: String]
        init(_ given: [String: String]) { self.given = given }

        func value(_ name: String) -> String {
            if let modified = given["M" + name], modified != "X" { return modified }
            let value = given[name] ?? "X"
            guard value == "X" else { return value }
            return name == "E" ? "A" : ["CR", "IR", "AR"].contains(name) ? "H" : value
        }

        func isAny(_ names: [String], _ wanted: String) -> Bool { names.contains { value($0) == wanted } }
        func areAll(_ names: [String], _ wanted: String) -> Bool { names.allSatisfy { value($0) == wanted } }

        /// The classes of the six groups of metrics; the third and the sixth depend on each other.
        var classes: (one: Int, two: Int, three: Int, four: Int, five: Int, six: Int) {
            let near = ["AV", "PR", "UI"]
            let one = areAll(near, "N") ? 0 : isAny(near, "N") && value("AV") != "P" ? 1 : 2
            let two = value("AC") == "L" && value("AT") == "N" ? 0 : 1
            let three = areAll(["VC", "VI"], "H") ? 0 : isAny(["VC", "VI", "VA"], "H") ? 1 : 2
            let four = isAny(["SI", "SA"], "S") ? 0 : isAny(["SC", "SI", "SA"], "H") ? 1 : 2
            let five = value("E") == "A" ? 0 : value("E") == "P" ? 1 : 2
            let isNeeded = [("CR", "VC"), ("IR", "VI"), ("AR", "VA")].contains { need, impact in
                value(need) == "H" && value(impact) == "H"
            }
            return (one, two, three, four, five, isNeeded ? 0 : 1)
        }

        /// How many steps the metrics are below their worst, together.
        func steps(_ names: [String], _ order: String) -> Int {
            names.reduce(0) { sum, name in
                sum + (Array(order).firstIndex { String($0) == value(name) } ?? 0)
            }
        }

        var score: Double {
            if areAll(["VC", "VI", "VA", "SC", "SI", "SA"], "N") { return 0 }
            let c = classes
            guard let top = CVSS4.score(c.one, c.two, c.three, c.six, c.four, c.five) else { return 0 }
            let third: Double? =
                switch (c.three, c.six) {
                case (0, 0):
                    max(
                        CVSS4.score(c.one, c.two, 0, 1, c.four, c.five) ?? 0,
                        CVSS4.score(c.one, c.two, 1, 0, c.four, c.five) ?? 0)
                case (1, 0): CVSS4.score(c.one, c.two, 1, 1, c.four, c.five)
                case (_, 1): CVSS4.score(c.one, c.two, c.three + 1, 1, c.four, c.five)
                default: nil
                }
            // Steps from the worst vector of the class, and how deep the class is (specification, table 25 and 26).
            let away = [
                steps(["AV"], "NALP") + steps(["PR"], "NLH") + steps(["UI"], "NPA") - [0, 1, 3][c.one],
                steps(["AC"], "LH") + steps(["AT"], "NP") - c.two,
                steps(["VC", "VI", "VA"], "HLN") + steps(["CR", "IR", "AR"], "HML")
                    - (c.three == 0 ? [0, 3] : c.three == 1 ? [1, 3] : [3, 3])[c.six],
                steps(["SC", "SI", "SA"], "SHLN") - [1, 3, 6][c.four],
                0,
            ]
            let depth = [
                [1, 4, 5][c.one], [1, 2][c.two],
                c.three == 0 ? [7, 6][c.six] : c.three == 1 ? 8 : 10, [6, 5, 4][c.four], 1,
            ]
            let next = [
                CVSS4.score(c.one + 1, c.two, c.three, c.six, c.four, c.five),
                CVSS4.score(c.one, c.two + 1, c.three, c.six, c.four, c.five), third,
                CVSS4.score(c.one, c.two, c.three, c.six, c.four + 1, c.five),
                CVSS4.score(c.one, c.two, c.three, c.six, c.four, c.five + 1),
            ]
            var sum = 0.0, count = 0.0
            for (index, lower) in next.enumerated() {
                guard let lower, top - lower >= 0 else { continue }
                count += 1
                sum += (top - lower) * Double(away[index]) / Double(depth[index])
            }
            let value = min(max(top - (count == 0 ? 0 : sum / count), 0), 10)
            // A millionth more, so that what should be a half is one.
            return ((value + 0.000_001) * 10).rounded() / 10
        }
    }

    /// The score of a class; nil for a class that does not exist.
    private static func score(_ one: Int, _ two: Int, _ three: Int, _ six: Int, _ four: Int, _ five: Int) -> Double? {
        let pair: Int? =
            switch (three, six) {
            case (0, 0): 0
            case (0, 1): 1
            case (1, 0): 2
            case (1, 1): 3
            case (2, 1): 4
            default: nil
            }
        guard let pair, one < 3, two < 2, four < 3, five < 3 else { return nil }
        return Double(scores[((one * 2 + two) * 5 + pair) * 9 + four * 3 + five]) / 10
    }

    /// Scores of the classes in tenths (specification, section 8.3): by groups one, two, three with six, four, five.
    private static let scores: [UInt8] = [
        100, 98, 95, 100, 93, 91, 93, 89, 81, 99, 95, 92, 96, 87, 81, 90, 80, 68, 98, 95, 90, 93, 89, 81, 88, 78, 69,
        95, 92, 84, 92, 81, 65, 80, 70, 48, 92, 82, 72, 79, 69, 50, 69, 55, 27, 99, 95, 92, 95, 90, 84, 92, 82, 72,
        97, 92, 85, 91, 83, 71, 81, 71, 53, 95, 92, 85, 92, 80, 70, 84, 71, 50, 93, 85, 73, 82, 72, 59, 70, 52, 30,
        86, 75, 52, 71, 52, 29, 63, 29, 17, 98, 94, 91, 94, 86, 77, 87, 74, 63, 95, 87, 81, 89, 74, 64, 75, 63, 49,
        94, 88, 76, 86, 74, 59, 72, 57, 52, 89, 77, 67, 76, 58, 50, 57, 52, 25, 83, 70, 54, 65, 58, 26, 53, 21, 13,
        95, 88, 76, 90, 75, 61, 77, 68, 52, 90, 76, 70, 77, 62, 53, 66, 59, 30, 89, 76, 62, 74, 57, 47, 61, 57, 24,
        78, 67, 58, 59, 57, 23, 52, 29, 16, 71, 59, 30, 58, 26, 15, 23, 13, 6, 93, 86, 75, 86, 74, 56, 70, 52, 40,
        87, 72, 58, 74, 61, 34, 54, 40, 22, 85, 74, 62, 72, 55, 46, 53, 34, 19, 75, 55, 51, 57, 41, 19, 36, 19, 8,
        64, 51, 20, 47, 21, 11, 24, 9, 4, 88, 73, 60, 73, 59, 41, 54, 45, 20, 75, 53, 50, 55, 40, 20, 43, 22, 11,
        75, 58, 40, 61, 48, 20, 46, 17, 8, 55, 45, 21, 51, 18, 9, 18, 7, 2, 53, 24, 14, 24, 12, 5, 10, 3, 1,
    ]
}

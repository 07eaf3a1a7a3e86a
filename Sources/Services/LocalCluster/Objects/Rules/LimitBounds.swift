import Documents
import Kubernetes
import KubernetesAPI

/// The bounds of one range of limits.
struct LimitBounds {
    private let limit: Value

    init(_ limit: Value) { self.limit = limit }

    func causes(_ path: String) -> [FieldError] {
        let isPod = limit["type"]?.string == "Pod"
        let lists = isPod ? ["max", "min"] : ["max", "min", "default", "defaultRequest"]
        let names = Set((lists + ["maxLimitRequestRatio"]).flatMap { (limit[$0]?.object ?? Object()).map(\.key) })
        return names.sorted().flatMap { causes($0, lists, path) }
    }

    private func causes(_ name: String, _ lists: [String], _ path: String) -> [FieldError] {
        func bound(_ list: String) -> (text: String, amount: Quantity)? {
            guard lists.contains(list) || list == "maxLimitRequestRatio", let text = limit[list]?[name]?.string,
                let amount = Quantity(text)
            else { return nil }
            return (text, amount)
        }
        var causes: [FieldError] = []
        func compare(
            _ low: (text: String, amount: Quantity)?, _ high: (text: String, amount: Quantity)?, _ list: String,
            shown: String?, _ words: (String, String)
        ) {
            guard let low, let high, low.amount > high.amount else { return }
            causes.append(
                .invalid(
                    "\(path).\(list)[\(name)]", .string(shown ?? ""),
                    "\(words.0) value \(low.text) is greater than \(words.1) value \(high.text)"))
        }
        let (min, max) = (bound("min"), bound("max"))
        let (usual, request) = (bound("default"), bound("defaultRequest"))
        compare(min, max, "min", shown: min?.text, ("min", "max"))
        compare(min, request, "defaultRequest", shown: request?.text, ("min", "default request"))
        compare(request, max, "defaultRequest", shown: request?.text, ("default request", "max"))
        compare(request, usual, "defaultRequest", shown: request?.text, ("default request", "default limit"))
        compare(min, usual, "default", shown: min?.text, ("min", "default"))
        compare(usual, max, "default", shown: max?.text, ("default", "max"))
        if let ratio = bound("maxLimitRequestRatio") {
            let field = "\(path).maxLimitRequestRatio[\(name)]"
            if ratio.amount.thousandths < 1000 {
                causes.append(.invalid(field, .string(ratio.text), "ratio \(ratio.text) is less than 1"))
            }
            if let min, let max, min.amount.thousandths > 0 {
                let most = Double(max.amount.thousandths) / Double(min.amount.thousandths)
                if Double(ratio.amount.thousandths) / 1000 > most {
                    causes.append(
                        .invalid(
                            field, .string(ratio.text),
                            "ratio \(ratio.text) is greater than max/min = \(Self.sixDigits(most))"))
                }
            }
        }
        if !ResourceNameRules.isOvercommitAllowed(name), let usual, let request, usual.amount != request.amount {
            causes.append(
                .invalid(
                    "\(path).defaultRequest[\(name)]", .string(request.text),
                    "default value \(usual.text) must equal to defaultRequest value \(request.text) in \(name)"))
        }
        return causes
    }

    private static func sixDigits(_ number: Double) -> String {
        guard number < 1e12 else { return String(number) }
        let millionths = Int((number * 1_000_000).rounded())
        let rest = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - rest.count) + rest
    }
}

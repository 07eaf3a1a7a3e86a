import Documents
import KubernetesAPI

/// What makes priority levels unfit.
enum PriorityLevelRules {
    typealias Cause = FieldError

    private static let queuesMax = 10_000_000
    /// How many bits a request's hash has.
    private static let hashBitsMax = 60.0

    static func check(_ level: Value) -> [Cause] {
        let spec = level["spec"] ?? [:]
        let kind = FieldRules.text(spec["type"])
        var causes: [Cause] = []
        if (level.name == "exempt") != (kind == "Exempt") {
            causes.append(
                .invalid("spec.type", .string(kind), "type must be 'Exempt' if and only if name is 'exempt'"))
        }
        switch kind {
        case "Exempt":
            if spec["limited"] != nil {
                causes.append(.forbidden("spec.limited", "must be nil if the type is not Limited"))
            }
            if let exempt = spec["exempt"] { causes += shares(exempt, "spec.exempt") }
        case "Limited":
            if spec["exempt"] != nil {
                causes.append(.forbidden("spec.exempt", "must be nil if the type is Limited"))
            }
            if let limited = spec["limited"] {
                causes += shares(limited, "spec.limited") + response(limited["limitResponse"] ?? [:])
            } else {
                causes.append(.required("spec.limited", "must not be empty when type is Limited"))
            }
        default: causes.append(.unsupported("spec.type", .string(kind), ["Exempt", "Limited"]))
        }
        return causes
    }

    private static func shares(_ part: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        if let shares = part["nominalConcurrencyShares"]?.integer, shares < 0 {
            causes.append(
                .invalid("\(path).nominalConcurrencyShares", .integer(shares), "must be a non-negative integer"))
        }
        if let percent = part["lendablePercent"]?.integer, !(0...100).contains(percent) {
            causes.append(
                .invalid("\(path).lendablePercent", .integer(percent), "must be between 0 and 100, inclusive"))
        }
        if let percent = part["borrowingLimitPercent"]?.integer, percent < 0 {
            causes.append(
                .invalid(
                    "\(path).borrowingLimitPercent", .integer(percent),
                    "if specified, must be a non-negative integer"))
        }
        return causes
    }

    private static func response(_ response: Value) -> [Cause] {
        let path = "spec.limited.limitResponse"
        let kind = FieldRules.text(response["type"])
        let queuing = response["queuing"]
        switch kind {
        case "Reject":
            return queuing == nil
                ? []
                : [.forbidden("\(path).queuing", "must be nil if limited.limitResponse.type is not Limited")]
        case "Queue":
            guard let queuing else {
                return [
                    .required("\(path).queuing", "must not be empty if limited.limitResponse.type is Limited")
                ]
            }
            return self.queuing(queuing, "\(path).queuing")
        default: return [.unsupported("\(path).type", .string(kind), ["Queue", "Reject"])]
        }
    }

    private static func queuing(_ queuing: Value, _ path: String) -> [Cause] {
        func number(_ key: String) -> Int { queuing[key]?.integer ?? 0 }
        func invalid(_ key: String, _ detail: String) -> Cause {
            .invalid("\(path).\(key)", .integer(number(key)), detail)
        }
        let (queues, hand) = (number("queues"), number("handSize"))
        var causes: [Cause] = number("queueLengthLimit") <= 0 ? [invalid("queueLengthLimit", "must be positive")] : []
        if queues <= 0 {
            causes.append(invalid("queues", "must be positive"))
        } else if queues > queuesMax {
            causes.append(invalid("queues", "must not be greater than \(queuesMax)"))
        }
        if hand <= 0 {
            causes.append(invalid("handSize", "must be positive"))
        } else if hand > queues {
            causes.append(invalid("handSize", "should not be greater than queues (\(queues))"))
        } else if bits(queues, hand) > hashBitsMax {
            causes.append(
                invalid(
                    "handSize",
                    "required entropy bits of deckSize \(queues) and handSize \(hand) should not be greater than 60"))
        }
        return causes
    }

    /// How many bits it takes to deal a hand from a deck; more than enough is not counted on.
    private static func bits(_ deck: Int, _ hand: Int) -> Double {
        var bits = 0.0
        for dealt in 0..<hand where bits <= hashBitsMax {
            var (size, count) = (1.0, 0.0)
            while size < Double(deck - dealt) { (size, count) = (size * 2, count + 1) }
            bits += count
        }
        return bits
    }
}

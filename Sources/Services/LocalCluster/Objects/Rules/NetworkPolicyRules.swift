import Documents
import KubernetesAPI

/// What makes a network policy unfit.
enum NetworkPolicyRules {
    typealias Cause = FieldError

    static func check(_ spec: Value) -> [Cause] {
        var causes = FieldRules.selector(spec["podSelector"], "spec.podSelector")
        for (direction, side) in [("ingress", "from"), ("egress", "to")] {
            for (index, rule) in (spec[direction]?.array ?? []).enumerated() {
                for (number, port) in (rule["ports"]?.array ?? []).enumerated() {
                    causes += self.port(port, "spec.\(direction)[\(index)].ports[\(number)]")
                }
                for (number, peer) in (rule[side]?.array ?? []).enumerated() {
                    causes += self.peer(peer, "spec.\(direction)[\(index)].\(side)[\(number)]")
                }
            }
        }
        let types = (spec["policyTypes"]?.array ?? []).compactMap(\.string)
        if types.count > 2 {
            let shown = Value.array(types.map(Value.string))
            return causes + [.invalid("spec.policyTypes", shown, "may not specify more than two policyTypes")]
        }
        for (index, type) in types.enumerated() {
            causes += FieldRules.supportedWord(
                .string(type), "spec.policyTypes[\(index)]", ["Ingress", "Egress"])
        }
        return causes
    }

    private static func port(_ port: Value, _ path: String) -> [Cause] {
        var causes = FieldRules.optionalWord(port["protocol"], "\(path).protocol", ["TCP", "UDP", "SCTP"])
        let end = port["endPort"]?.integer
        func bad(_ detail: String) { causes.append(.invalid("\(path).endPort", .integer(end ?? 0), detail)) }
        if let number = port["port"]?.integer {
            causes += FieldRules.portNumber(number, "\(path).port")
            if let end {
                if end < number { bad("must be greater than or equal to `port`") }
                causes += FieldRules.portNumber(end, "\(path).endPort")
            }
        } else if let name = port["port"]?.string {
            if end != nil { bad("may not be specified when `port` is non-numeric") }
            causes += FieldRules.port(.string(name), "\(path).port")
        } else if end != nil {
            bad("may not be specified when `port` is not specified")
        }
        return causes
    }

    private static func peer(_ peer: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        for key in ["podSelector", "namespaceSelector"] {
            causes += FieldRules.selector(peer[key], "\(path).\(key)")
        }
        if let block = peer["ipBlock"] { causes += self.block(block, "\(path).ipBlock") }
        let given = ["podSelector", "namespaceSelector", "ipBlock"].filter { peer[$0] != nil }
        if given.isEmpty { causes.append(.required(path, "must specify a peer")) }
        if given.contains("ipBlock"), given.count > 1 {
            causes.append(.forbidden(path, "may not specify both ipBlock and another peer"))
        }
        return causes
    }

    private static func block(_ block: Value, _ path: String) -> [Cause] {
        let text = FieldRules.text(block["cidr"])
        guard !text.isEmpty else { return [.required("\(path).cidr")] }
        var causes = FieldRules.block(text, "\(path).cidr")
        guard let whole = NetworkBlock(text) else { return causes }
        for (index, except) in (block["except"]?.array ?? []).enumerated() {
            let field = "\(path).except[\(index)]"
            let text = except.string ?? ""
            causes += FieldRules.block(text, field)
            if let part = NetworkBlock(text), !whole.strictlyContains(part) {
                causes.append(.invalid(field, .string(text), "must be a strict subset of `cidr`"))
            }
        }
        return causes
    }
}

import Documents
import KubernetesAPI

/// What makes a pod's wishes about nodes and neighbours unfit.
enum AffinityRules {
    typealias Cause = FieldError

    private static let needed = "requiredDuringSchedulingIgnoredDuringExecution"
    private static let wished = "preferredDuringSchedulingIgnoredDuringExecution"

    static func check(_ affinity: Value?, _ path: String) -> [Cause] {
        guard let affinity else { return [] }
        var causes: [Cause] = []
        if let node = affinity["nodeAffinity"] {
            let place = "\(path).nodeAffinity"
            if let selector = node[needed] { causes += nodeSelector(selector, "\(place).\(needed)") }
            for (index, term) in (node[wished]?.array ?? []).enumerated() {
                let here = "\(place).\(wished)[\(index)]"
                causes +=
                    weight(term, here)
                    + self.term(term["preference"] ?? [:], "\(here).preference", checksValues: false)
            }
        }
        for kind in ["podAffinity", "podAntiAffinity"] {
            guard let part = affinity[kind] else { continue }
            for (index, term) in (part[needed]?.array ?? []).enumerated() {
                causes += podTerm(term, "\(path).\(kind).\(needed)[\(index)]")
            }
            for (index, term) in (part[wished]?.array ?? []).enumerated() {
                let here = "\(path).\(kind).\(wished)[\(index)]"
                causes += weight(term, here) + podTerm(term["podAffinityTerm"] ?? [:], "\(here).podAffinityTerm")
            }
        }
        return causes
    }

    private static func weight(_ term: Value, _ path: String) -> [Cause] {
        let weight = term["weight"]?.integer ?? 0
        return (1...100).contains(weight)
            ? [] : [.invalid("\(path).weight", .integer(weight), "must be in the range 1-100")]
    }

    static func nodeSelector(_ selector: Value, _ path: String) -> [Cause] {
        let terms = selector["nodeSelectorTerms"]?.array ?? []
        guard !terms.isEmpty else {
            return [.required("\(path).nodeSelectorTerms", "must have at least one node selector term")]
        }
        return terms.enumerated().flatMap { term($1, "\(path).nodeSelectorTerms[\($0)]", checksValues: true) }
    }

    private static func term(_ term: Value, _ path: String, checksValues: Bool) -> [Cause] {
        var causes: [Cause] = []
        for (index, item) in (term["matchExpressions"]?.array ?? []).enumerated() {
            let place = "\(path).matchExpressions[\(index)]"
            let values = (item["values"]?.array ?? []).compactMap(\.string)
            let word = FieldRules.text(item["operator"])
            if word == "Gt" || word == "Lt" {
                if values.count != 1 {
                    causes.append(
                        .required(
                            "\(place).values", "must be specified single value when `operator` is 'Lt' or 'Gt'"))
                }
            } else {
                causes += FieldRules.operands(word, values.count, place)
            }
            causes += FieldRules.labelKey(FieldRules.text(item["key"]), "\(place).key")
            guard checksValues else { continue }
            for (number, value) in values.enumerated() {
                causes += FieldRules.labelValue(value, "\(place).values[\(number)]")
            }
        }
        for (index, item) in (term["matchFields"]?.array ?? []).enumerated() {
            causes += field(item, "\(path).matchFields[\(index)]")
        }
        return causes
    }

    private static func field(_ item: Value, _ place: String) -> [Cause] {
        var causes: [Cause] = []
        let values = (item["values"]?.array ?? []).compactMap(\.string)
        let word = FieldRules.text(item["operator"])
        if word != "In", word != "NotIn" {
            causes.append(.invalid("\(place).operator", .string(word), "not a valid selector operator"))
        } else if values.count != 1 {
            causes.append(
                .required(
                    "\(place).values",
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
        }
        let key = FieldRules.text(item["key"])
        guard key == "metadata.name" else {
            return causes + [.invalid("\(place).key", .string(key), "not a valid field selector key")]
        }
        for (number, value) in values.enumerated() {
            causes += FieldRules.invalid("\(place).values[\(number)]", value, NameRules.subdomainProblems(value))
        }
        return causes
    }

    private static func podTerm(_ term: Value, _ path: String) -> [Cause] {
        var causes =
            FieldRules.selector(term["labelSelector"], "\(path).labelSelector")
            + FieldRules.selector(term["namespaceSelector"], "\(path).namespaceSelector")
        for name in (term["namespaces"]?.array ?? []).compactMap(\.string) {
            causes += FieldRules.invalid("\(path).namespace", name, NameRules.labelProblems(name))
        }
        causes += labelKeys(term, path)
        let key = FieldRules.text(term["topologyKey"])
        if key.isEmpty { causes.append(.required("\(path).topologyKey", "can not be empty")) }
        return causes + FieldRules.labelKey(key, "\(path).topologyKey")
    }

    private static func labelKeys(_ term: Value, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let selector = term["labelSelector"]
        for list in ["matchLabelKeys", "mismatchLabelKeys"] {
            let keys = (term[list]?.array ?? []).compactMap(\.string)
            guard !keys.isEmpty else { continue }
            guard selector != nil else {
                causes.append(
                    .forbidden("\(path).\(list)", "must not be specified when labelSelector is not set"))
                continue
            }
            for (index, key) in keys.enumerated() { causes += FieldRules.labelKey(key, "\(path).\(list)[\(index)]") }
        }
        let mismatched = (term["mismatchLabelKeys"]?.array ?? []).compactMap(\.string)
        for (index, key) in (term["matchLabelKeys"]?.array ?? []).compactMap(\.string).enumerated() {
            if mismatched.contains(key) {
                causes.append(
                    .invalid(
                        "\(path).matchLabelKeys[\(index)]", .string(key),
                        "exists in both matchLabelKeys and mismatchLabelKeys"))
            }
        }
        return causes
    }

    static func spread(_ constraints: [Value], _ path: String) -> [Cause] {
        constraints.enumerated().flatMap { index, constraint -> [Cause] in
            var causes: [Cause] = []
            let place = "\(path)[\(index)]"
            let skew = constraint["maxSkew"]?.integer ?? 0
            if skew <= 0 { causes.append(.invalid("\(place).maxSkew", .integer(skew), "must be greater than zero")) }
            let key = FieldRules.text(constraint["topologyKey"])
            if key.isEmpty { causes.append(.required("\(place).topologyKey", "can not be empty")) }
            let action = FieldRules.text(constraint["whenUnsatisfiable"])
            causes += FieldRules.supportedWord(
                .string(action), "\(place).whenUnsatisfiable", ["DoNotSchedule", "ScheduleAnyway"])
            let isRepeated = constraints[(index + 1)...].contains {
                FieldRules.text($0["topologyKey"]) == key && FieldRules.text($0["whenUnsatisfiable"]) == action
            }
            if isRepeated {
                causes.append(
                    .duplicate("\(place).{topologyKey, whenUnsatisfiable}", .string("{\(key), \(action)}")))
            }
            if let domains = constraint["minDomains"]?.integer {
                if domains <= 0 {
                    causes.append(
                        .invalid("\(place).minDomains", .integer(domains), "must be greater than zero"))
                }
                if action != "DoNotSchedule" {
                    causes.append(
                        .invalid(
                            "\(place).minDomains", .integer(domains),
                            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action)"))
                }
            }
            for key in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
                causes += FieldRules.optionalWord(constraint[key], "\(place).\(key)", ["Honor", "Ignore"])
            }
            return causes + labelKeys(constraint, place)
                + FieldRules.selector(constraint["labelSelector"], "\(place).labelSelector")
        }
    }
}

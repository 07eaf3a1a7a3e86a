import CEL
import Documents
import Kubernetes
import KubernetesAPI

/// What makes webhooks and policies unfit.
enum PolicyRules {
    typealias Cause = FieldError

    static func webhooks(_ object: Value) -> [Cause] {
        var names: Set<String> = []
        return (object["webhooks"]?.array ?? []).enumerated().flatMap { index, hook -> [Cause] in
            var causes: [Cause] = []
            let path = "webhooks[\(index)]"
            let name = hook.named
            if name.isEmpty {
                causes.append(.required("\(path).name"))
            } else if let problem = NameRules.subdomainProblems(name).first {
                causes.append(.invalid("\(path).name", .string(name), problem))
            } else if name.split(separator: ".").count < 3 {
                causes.append(
                    .invalid(
                        "\(path).name", .string(name),
                        "should be a domain with at least three segments separated by dots"))
            }
            for (number, rule) in (hook["rules"]?.array ?? []).enumerated() {
                causes += WebhookRules.rule(rule, "\(path).rules[\(number)]")
            }
            causes += WebhookRules.versions(
                hook["admissionReviewVersions"]?.array ?? [], "\(path).admissionReviewVersions")
            for (key, words) in [("failurePolicy", ["Fail", "Ignore"]), ("matchPolicy", ["Equivalent", "Exact"])] {
                if let word = hook[key]?.string, !words.contains(word) {
                    causes.append(.unsupported("\(path).\(key)", .string(word), words))
                }
            }
            switch hook["sideEffects"]?.string {
            case nil: causes.append(.required("\(path).sideEffects", "must specify one of None, NoneOnDryRun"))
            case let effects? where !["None", "NoneOnDryRun"].contains(effects):
                causes.append(.unsupported("\(path).sideEffects", .string(effects), ["None", "NoneOnDryRun"]))
            default: break
            }
            if let timeout = hook["timeoutSeconds"]?.integer, !(1...30).contains(timeout) {
                causes.append(
                    .invalid(
                        "\(path).timeoutSeconds", .integer(timeout),
                        "the timeout value must be between 1 and 30 seconds"))
            }
            for key in ["namespaceSelector", "objectSelector"] {
                causes += FieldRules.selector(hook[key], "\(path).\(key)")
            }
            causes += WebhookRules.client(hook["clientConfig"] ?? [:], "\(path).clientConfig")
            causes += conditions(hook["matchConditions"]?.array ?? [], "\(path).matchConditions")
            if !name.isEmpty, !names.insert(name).inserted { causes.append(.duplicate("\(path).name", .string(name))) }
            return causes
        }
    }

    private static func conditions(_ conditions: [Value], _ path: String) -> [Cause] {
        var names: Set<String> = []
        return conditions.enumerated().flatMap { index, condition -> [Cause] in
            var causes: [Cause] = []
            let name = condition.named
            causes += expression(
                condition["expression"]?.string ?? "", "\(path)[\(index)].expression", .bool,
                PolicyExpressions.conditionNames)
            if name.isEmpty {
                causes.append(.required("\(path)[\(index)].name"))
            } else if !NameRules.isLabelKey(name) {
                causes.append(.invalid("\(path)[\(index)].name", .string(name), NameRules.labelKeyProblem(name)))
            } else if !names.insert(name).inserted {
                causes.append(.duplicate("\(path)[\(index)].name", .string(name)))
            }
            return causes
        }
    }

    static func expression(
        _ text: String, _ field: String, _ wanted: CELType, _ names: [String: CELType] = PolicyExpressions.names
    ) -> [Cause] {
        let trimmed = text.filter { !$0.isWhitespace }
        if trimmed.isEmpty { return [.required(field)] }
        do throws(CELError) {
            let program = try CELPrograms.shared.program(text, names)
            if program.type != .any, program.type != wanted {
                return [.invalid(field, .string(text), "must evaluate to \(wanted) but got \(program.type)")]
            }
            return []
        } catch {
            return [.invalid(field, .string(text), "compilation failed: \(error.report(in: text))")]
        }
    }

    private static func matching(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        if let constraints = spec["matchConstraints"] {
            let rules = constraints["resourceRules"]?.array ?? []
            if rules.isEmpty { causes.append(.required("spec.matchConstraints.resourceRules")) }
            for (index, rule) in rules.enumerated() {
                causes += WebhookRules.rule(rule, "spec.matchConstraints.resourceRules[\(index)]")
            }
        } else {
            causes.append(.required("spec.matchConstraints"))
        }
        return causes + conditions(spec["matchConditions"]?.array ?? [], "spec.matchConditions")
    }

    private static func variables(_ spec: Value) -> [Cause] {
        (spec["variables"]?.array ?? []).enumerated().flatMap { index, variable -> [Cause] in
            var causes: [Cause] = []
            if variable.named.isEmpty {
                causes.append(.required("spec.variables[\(index)].name", "name is not specified"))
            }
            do throws(CELError) {
                _ = try CELPrograms.shared.program(variable["expression"]?.string ?? "", PolicyExpressions.names)
            } catch {
                let text = variable["expression"]?.string ?? ""
                causes.append(
                    .invalid(
                        "spec.variables[\(index)].expression", .string(text),
                        "compilation failed: \(error.report(in: text))"))
            }
            return causes
        }
    }

    static func validatingPolicy(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        if let policy = spec["failurePolicy"]?.string, !["Fail", "Ignore"].contains(policy) {
            causes.append(.unsupported("spec.failurePolicy", .string(policy), ["Fail", "Ignore"]))
        }
        causes += matching(spec) + variables(spec)
        let validations = spec["validations"]?.array ?? []
        let notes = spec["auditAnnotations"]?.array ?? []
        if validations.isEmpty, notes.isEmpty {
            for key in ["validations", "auditAnnotations"] {
                causes.append(
                    .required("spec.\(key)", "validations or auditAnnotations must contain at least one item"))
            }
        }
        for (index, rule) in validations.enumerated() {
            let path = "spec.validations[\(index)]"
            causes += expression(rule["expression"]?.string ?? "", "\(path).expression", .bool)
            if let text = rule["messageExpression"]?.string, !text.isEmpty {
                causes += expression(text, "\(path).messageExpression", .string)
            }
            if let message = rule["message"]?.string, message.contains("\n") {
                causes.append(.invalid("\(path).message", .string(message), "message must not contain line breaks"))
            }
            let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"]
            if let reason = rule["reason"]?.string, !reasons.contains(reason) {
                causes.append(.unsupported("\(path).reason", .string(reason), reasons))
            }
        }
        for (index, note) in notes.enumerated() {
            if note["key"]?.string?.isEmpty ?? true { causes.append(.required("spec.auditAnnotations[\(index)].key")) }
            causes += expression(
                note["valueExpression"]?.string ?? "", "spec.auditAnnotations[\(index)].valueExpression", .string)
        }
        return causes
    }

    static func mutatingPolicy(_ spec: Value) -> [Cause] {
        var causes = matching(spec) + variables(spec)
        let mutations = spec["mutations"]?.array ?? []
        if mutations.isEmpty { causes.append(.required("spec.mutations", "mutations must contain at least one item")) }
        for (index, mutation) in mutations.enumerated() {
            let path = "spec.mutations[\(index)]"
            let kind = mutation["patchType"]?.string ?? ""
            switch kind {
            case "ApplyConfiguration", "JSONPatch":
                let key = kind == "JSONPatch" ? "jsonPatch" : "applyConfiguration"
                guard let text = mutation[key]?["expression"]?.string else {
                    causes.append(
                        .required("\(path).\(key)", "must be specified when patchType is \(kind)"))
                    continue
                }
                do throws(CELError) {
                    _ = try CELPrograms.shared.program(text, PolicyExpressions.names)
                } catch {
                    causes.append(
                        .invalid(
                            "\(path).\(key).expression", .string(text),
                            "compilation failed: \(error.report(in: text))"))
                }
            case "": causes.append(.required("\(path).patchType"))
            default:
                causes.append(
                    .unsupported("\(path).patchType", .string(kind), ["ApplyConfiguration", "JSONPatch"]))
            }
        }
        let policy = spec["reinvocationPolicy"]?.string ?? ""
        if policy.isEmpty {
            causes.append(.required("spec.reinvocationPolicy"))
        } else if !["IfNeeded", "Never"].contains(policy) {
            causes.append(.unsupported("spec.reinvocationPolicy", .string(policy), ["IfNeeded", "Never"]))
        }
        return causes
    }

    static func binding(_ spec: Value, validates: Bool) -> [Cause] {
        var causes: [Cause] = []
        if spec["policyName"]?.string?.isEmpty ?? true { causes.append(.required("spec.policyName")) }
        guard validates else { return causes }
        let actions = (spec["validationActions"]?.array ?? []).compactMap(\.string)
        if actions.isEmpty {
            causes.append(.required("spec.validationActions", "at least one validation action is required"))
        }
        for (index, action) in actions.enumerated() {
            if !["Audit", "Deny", "Warn"].contains(action) {
                causes.append(
                    .unsupported("spec.validationActions[\(index)]", .string(action), ["Audit", "Deny", "Warn"]))
            }
            if actions[..<index].contains(action) {
                causes.append(.duplicate("spec.validationActions[\(index)]", .string(action)))
            }
        }
        if actions.contains("Deny"), actions.contains("Warn") {
            causes.append(
                .invalid(
                    "spec.validationActions", .array(["Deny", "Warn"]),
                    "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"
                ))
        }
        return causes
    }
}

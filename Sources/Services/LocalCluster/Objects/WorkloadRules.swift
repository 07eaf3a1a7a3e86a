import Documents
import Kubernetes
import KubernetesAPI

/// What makes workloads unfit.
enum WorkloadRules {
    typealias Cause = FieldError

    static let nonnegative = "must be greater than or equal to 0"

    static func atLeastZero(_ spec: Value, _ keys: [String], _ path: String = "spec") -> [Cause] {
        keys.compactMap { key in
            guard let number = spec[key]?.integer, number < 0 else { return nil }
            return .invalid("\(path).\(key)", .integer(number), nonnegative)
        }
    }

    private static func selector(_ spec: Value, _ kind: String, _ path: String = "spec") -> [Cause] {
        guard let selector = spec["selector"], !selector.isNull else { return [.required("\(path).selector")] }
        var causes = Validation.labels(selector["matchLabels"], "\(path).selector.matchLabels")
        for (index, expression) in (selector["matchExpressions"]?.array ?? []).enumerated() {
            let word = expression["operator"]?.string ?? ""
            let place = "\(path).selector.matchExpressions[\(index)]"
            let count = expression["values"]?.array?.count ?? 0
            switch word {
            case "In", "NotIn":
                if count == 0 {
                    causes.append(
                        .required("\(place).values", "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if count > 0 {
                    causes.append(
                        .forbidden(
                            "\(place).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            default:
                causes.append(.invalid("\(place).operator", .string(word), "not a valid selector operator"))
            }
        }
        if causes.isEmpty, (try? LabelSelector(selector))?.requirements.isEmpty ?? true {
            causes.append(.invalid("\(path).selector", selector, "empty selector is invalid for \(kind)"))
        }
        return causes
    }

    private static func template(_ spec: Value, _ path: String = "spec", policies: [String] = ["Always"]) -> [Cause] {
        var causes: [Cause] = []
        let template = spec["template"] ?? [:]
        let labels = template["metadata"]?["labels"] ?? [:]
        if let selector = spec["selector"].flatMap({ try? LabelSelector($0) }), !selector.requirements.isEmpty {
            let plain = Dictionary((labels.object ?? Object()).map { ($0.key, $0.value.string ?? "") }) { first, _ in
                first
            }
            if !selector.matches(plain) {
                causes.append(
                    .invalid(
                        "\(path).template.metadata.labels", labels, "`selector` does not match template `labels`"))
            }
        }
        causes += PodRules.template(template, "\(path).template")
        if let policy = template["spec"]?["restartPolicy"]?.string, !policies.contains(policy),
            ["Always", "OnFailure", "Never"].contains(policy)
        {
            causes.append(.unsupported("\(path).template.spec.restartPolicy", .string(policy), policies))
        }
        if template["spec"]?["activeDeadlineSeconds"] != nil {
            causes.append(
                .forbidden(
                    "\(path).template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in ReplicaSet is not Supported"))
        }
        return causes
    }

    /// A count, or a share of the whole.
    static func countOrPercent(_ value: Value?, _ field: String) -> [Cause] {
        if let number = value?.integer { return number < 0 ? [.invalid(field, .integer(number), nonnegative)] : [] }
        guard let text = value?.string else { return [] }
        guard text.hasSuffix("%"), text.count > 1, text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return [
                .invalid(
                    field, .string(text),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
                )
            ]
        }
        return []
    }

    static func atMostAll(_ value: Value?, _ field: String) -> [Cause] {
        guard let text = value?.string, text.hasSuffix("%"), let percent = Int(text.dropLast()), percent > 100 else {
            return []
        }
        return [.invalid(field, .string(text), "must not be greater than 100%")]
    }

    private static func isZero(_ value: Value?) -> Bool {
        value?.integer == 0 || value?.string.flatMap { Int($0.dropLast()) } == 0
    }

    static func deployment(_ spec: Value) -> [Cause] {
        var causes = atLeastZero(spec, ["replicas"]) + selector(spec, "deployment") + template(spec)
        let strategy = spec["strategy"] ?? [:]
        let rolling = strategy["rollingUpdate"]
        let place = "spec.strategy"
        switch strategy["type"]?.string {
        case "Recreate":
            if rolling != nil {
                causes.append(
                    .forbidden("\(place).rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"))
            }
        case "RollingUpdate":
            if let rolling {
                let (down, up) = (rolling["maxUnavailable"], rolling["maxSurge"])
                causes += countOrPercent(down, "\(place).rollingUpdate.maxUnavailable")
                causes += countOrPercent(up, "\(place).rollingUpdate.maxSurge")
                if isZero(down), isZero(up) {
                    causes.append(
                        .invalid(
                            "\(place).rollingUpdate.maxUnavailable", down ?? 0, "may not be 0 when `maxSurge` is 0"))
                }
                causes += atMostAll(down, "\(place).rollingUpdate.maxUnavailable")
            } else {
                causes.append(.required("\(place).rollingUpdate", "this should be defaulted and never be nil"))
            }
        case let other:
            causes.append(.unsupported(place, .string(other ?? ""), ["Recreate", "RollingUpdate"]))
        }
        causes += atLeastZero(spec, ["minReadySeconds", "revisionHistoryLimit"])
        if let deadline = spec["progressDeadlineSeconds"]?.integer {
            causes += atLeastZero(spec, ["progressDeadlineSeconds"])
            if deadline <= spec["minReadySeconds"]?.integer ?? 0 {
                causes.append(
                    .invalid("spec.progressDeadlineSeconds", .integer(deadline), "must be greater than minReadySeconds")
                )
            }
        }
        return causes
    }

    static func replicaSet(_ spec: Value) -> [Cause] {
        atLeastZero(spec, ["replicas", "minReadySeconds"]) + selector(spec, "deployment") + template(spec)
    }

    static func statefulSet(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let policy = spec["podManagementPolicy"]?.string ?? ""
        if policy.isEmpty {
            causes.append(.required("spec.podManagementPolicy"))
        } else if !["OrderedReady", "Parallel"].contains(policy) {
            causes.append(
                .invalid(
                    "spec.podManagementPolicy", .string(policy), "must be '\("OrderedReady")' or '\("Parallel")'"))
        }
        let strategy = spec["updateStrategy"] ?? [:]
        switch strategy["type"]?.string {
        case "OnDelete":
            if strategy["rollingUpdate"] != nil {
                causes.append(
                    .invalid(
                        "spec.updateStrategy.rollingUpdate", strategy["rollingUpdate"] ?? .null,
                        "only allowed for updateStrategy 'RollingUpdate'"))
            }
        case "RollingUpdate":
            causes += atLeastZero(strategy["rollingUpdate"] ?? [:], ["partition"], "spec.updateStrategy.rollingUpdate")
        case let other:
            causes.append(
                .invalid("spec.updateStrategy", .string(other ?? ""), "must be 'RollingUpdate' or 'OnDelete'"))
        }
        causes += atLeastZero(spec, ["replicas", "minReadySeconds"]) + selector(spec, "statefulset") + template(spec)
        for (index, claim) in (spec["volumeClaimTemplates"]?.array ?? []).enumerated() {
            causes += DataRules.claim(claim["spec"] ?? [:], "spec.volumeClaimTemplates[\(index)].spec")
        }
        return causes
    }

    static func daemonSet(_ spec: Value) -> [Cause] {
        var causes = selector(spec, "daemonset") + template(spec)
        let strategy = spec["updateStrategy"] ?? [:]
        let path = "spec.updateStrategy"
        switch strategy["type"]?.string {
        case "OnDelete": break
        case "RollingUpdate":
            let (down, up) = (strategy["rollingUpdate"]?["maxUnavailable"], strategy["rollingUpdate"]?["maxSurge"])
            causes += countOrPercent(down, "\(path).rollingUpdate.maxUnavailable")
            causes += countOrPercent(up, "\(path).rollingUpdate.maxSurge")
            if isZero(down), isZero(up) {
                causes.append(
                    .required("\(path).rollingUpdate.maxUnavailable", "cannot be 0 when maxSurge is 0"))
            }
            if !isZero(down), !isZero(up) {
                causes.append(
                    .invalid(
                        "\(path).rollingUpdate.maxSurge", up ?? .null, "may not be set when maxUnavailable is non-zero")
                )
            }
        case let other:
            causes.append(.unsupported("\(path).type", .string(other ?? ""), ["RollingUpdate", "OnDelete"]))
        }
        return atLeastZero(spec, ["minReadySeconds", "revisionHistoryLimit"]) + causes
    }

    static func job(_ spec: Value, _ path: String) -> [Cause] {
        var causes = atLeastZero(
            spec,
            ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"], path)
        let mode = spec["completionMode"]?.string ?? ""
        if !mode.isEmpty, !["NonIndexed", "Indexed"].contains(mode) {
            causes.append(.unsupported("\(path).completionMode", .string(mode), ["Indexed", "NonIndexed"]))
        }
        if mode == "Indexed", spec["completions"] == nil {
            causes.append(.required("\(path).completions", "when completion mode is Indexed"))
        }
        let template = spec["template"] ?? [:]
        causes += PodRules.template(template, "\(path).template")
        let field = "\(path).template.spec.restartPolicy"
        switch template["spec"]?["restartPolicy"]?.string ?? "" {
        case "", "Always": causes.append(.required(field, "valid values: \"OnFailure\", \"Never\""))
        case "OnFailure", "Never": break
        case let other: causes.append(.unsupported(field, .string(other), ["OnFailure", "Never"]))
        }
        return causes
    }

    static func cronJob(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let schedule = spec["schedule"]?.string ?? ""
        if schedule.isEmpty {
            causes.append(.required("spec.schedule"))
        } else if case .failure(let problem) = CronSchedule.parse(schedule) {
            causes.append(.invalid("spec.schedule", .string(schedule), problem.message))
        }
        causes += atLeastZero(spec, ["startingDeadlineSeconds"])
        let policy = spec["concurrencyPolicy"]?.string ?? ""
        if policy.isEmpty {
            causes.append(.required("spec.concurrencyPolicy"))
        } else if !["Allow", "Forbid", "Replace"].contains(policy) {
            causes.append(.unsupported("spec.concurrencyPolicy", .string(policy), ["Allow", "Forbid", "Replace"]))
        }
        causes += atLeastZero(spec, ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
        return causes + job(spec["jobTemplate"]?["spec"] ?? [:], "spec.jobTemplate.spec")
    }
}

/// A cron expression of five fields, and the next time that it names.
struct CronSchedule: Sendable {
    struct Problem: Error { var message: String }

    private var minutes: Set<Int>
    private var hours: Set<Int>
    private var days: Set<Int>
    private var months: Set<Int>
    private var weekdays: Set<Int>
    private var anyDay: Bool
    private var anyWeekday: Bool

    private static let names = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    static func parse(_ text: String) -> Result<CronSchedule, Problem> {
        let fields = (names[text] ?? text).split { $0 == " " || $0 == "\t" }.map(String.init)
        guard fields.count == 5 else {
            return .failure(
                Problem(message: "expected exactly 5 fields, found \(fields.count): [\(fields.joined(separator: " "))]")
            )
        }
        do throws(Problem) {
            return .success(
                CronSchedule(
                    minutes: try set(fields[0], 0...59), hours: try set(fields[1], 0...23),
                    days: try set(fields[2], 1...31), months: try set(fields[3], 1...12, monthNames, offset: 1),
                    weekdays: try set(fields[4], 0...7, dayNames), anyDay: fields[2].hasPrefix("*"),
                    anyWeekday: fields[4].hasPrefix("*")))
        } catch {
            return .failure(error)
        }
    }

    private static func set(
        _ field: String, _ range: ClosedRange<Int>, _ names: [String] = [], offset: Int = 0
    ) throws(Problem) -> Set<Int> {
        func number(_ text: Substring) throws(Problem) -> Int {
            if let index = names.firstIndex(of: text.lowercased()) { return index + offset }
            guard let value = Int(text), text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                throw Problem(
                    message: "failed to parse int from \(text): strconv.Atoi: parsing \"\(text)\": invalid syntax")
            }
            return value
        }
        var result: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "/", omittingEmptySubsequences: false)
            guard sides.count <= 2, let base = sides.first else {
                throw Problem(message: "too many slashes: \(part)")
            }
            let step = sides.count == 2 ? try number(sides[1]) : 1
            guard step > 0 else { throw Problem(message: "step of range should be a positive number: \(part)") }
            var first = range.lowerBound
            var last = range.upperBound
            if base != "*" && base != "?" {
                let ends = base.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2 else { throw Problem(message: "too many hyphens: \(part)") }
                first = try number(ends[0])
                last = ends.count == 2 ? try number(ends[1]) : sides.count == 2 ? range.upperBound : first
            }
            guard first >= range.lowerBound else {
                throw Problem(message: "beginning of range (\(first)) below minimum (\(range.lowerBound)): \(part)")
            }
            guard last <= range.upperBound else {
                throw Problem(message: "end of range (\(last)) above maximum (\(range.upperBound)): \(part)")
            }
            guard first <= last else {
                throw Problem(message: "beginning of range (\(first)) beyond end of range (\(last)): \(part)")
            }
            result.formUnion(stride(from: first, through: last, by: step))
        }
        return result
    }

    /// The first minute after `seconds` since 1970 that the expression names; nil within four years without one.
    func next(after seconds: Int) -> Int? {
        var minute = seconds / 60 + 1
        let end = minute + 4 * 366 * 1440
        while minute < end {
            let (parts, weekday) = APITime.parts(minute * 60)
            let dayFits = days.contains(parts.day)
            let weekdayFits = weekdays.contains(weekday) || weekday == 0 && weekdays.contains(7)
            let isDay = anyDay || anyWeekday ? dayFits && weekdayFits : dayFits || weekdayFits
            guard months.contains(parts.month), isDay else {
                minute = (minute / 1440 + 1) * 1440
                continue
            }
            guard hours.contains(parts.hour) else {
                minute = (minute / 60 + 1) * 60
                continue
            }
            if minutes.contains(parts.minute) { return minute * 60 }
            minute += 1
        }
        return nil
    }
}

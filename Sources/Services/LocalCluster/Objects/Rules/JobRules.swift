import Documents
import Kubernetes
import KubernetesAPI

/// What makes jobs and cron jobs unfit.
enum JobRules {
    typealias Cause = FieldError

    static func job(_ job: Value) -> [Cause] {
        let spec = job["spec"] ?? [:]
        var causes = generatedSelector(job, spec) + check(spec, "spec")
        if let selector = spec["selector"] {
            causes += FieldRules.selector(selector, "spec.selector")
        } else {
            causes.append(.required("spec.selector"))
        }
        let labels = spec[path: "template", "metadata", "labels"]
        if !Validation.matches(spec["selector"], labels) {
            causes.append(
                .invalid(
                    "spec.template.metadata.labels", labels ?? .null,
                    "`selector` does not match template `labels`"))
        }
        if spec["completionMode"]?.string == "Indexed", let count = spec["completions"]?.integer, count > 0 {
            let last = "\(job.name)-\(count - 1)"
            if !NameRules.labelProblems(last).isEmpty {
                causes.append(
                    .invalid(
                        "metadata.name", .string(job.name),
                        "will not able to create pod with invalid DNS label: \(last)"))
            }
        }
        return causes
    }

    /// The selector that the server itself gives a job.
    private static func generatedSelector(_ job: Value, _ spec: Value) -> [Cause] {
        guard spec["manualSelector"]?.bool != true, spec["selector"] != nil else { return [] }
        var causes: [Cause] = []
        let labels = spec[path: "template", "metadata", "labels"]
        let expected = [
            ("controller-uid", job.uid), ("job-name", job.name), ("batch.kubernetes.io/controller-uid", job.uid),
            ("batch.kubernetes.io/job-name", job.name),
        ]
        for (key, value) in expected {
            let field = "spec.template.metadata.labels[\(key)]"
            if labels?[key] == nil {
                causes.append(.required(field, "must be '\(value)'"))
            } else if labels?[key]?.string != value {
                causes.append(.invalid(field, labels ?? .null, "must be '\(value)'"))
            }
        }
        let own = Value.object(Object(expected.map { ($0.0, .string($0.1)) }))
        if !Validation.matches(spec["selector"], own) {
            causes.append(.invalid("spec.selector", spec["selector"] ?? .null, "`selector` not auto-generated"))
        }
        return causes
    }

    static func check(_ spec: Value, _ path: String) -> [Cause] {
        var causes = WorkloadRules.atLeastZero(
            spec,
            [
                "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
                "backoffLimitPerIndex", "maxFailedIndexes",
            ], path)
        if spec["maxFailedIndexes"] != nil, spec["backoffLimitPerIndex"] == nil {
            causes.append(.required("\(path).backoffLimitPerIndex", "when maxFailedIndexes is specified"))
        }
        if let manager = spec["managedBy"]?.string {
            causes += FieldRules.domainPath(manager, "\(path).managedBy")
            if manager.utf8.count > 63 { causes.append(.tooLong("\(path).managedBy", bytesMax: 63)) }
        }
        causes += completion(spec, path)
        if let policy = spec["podFailurePolicy"] {
            causes += FailurePolicyRules.check(policy, spec, "\(path).podFailurePolicy")
        }
        if let policy = spec["successPolicy"] {
            causes += SuccessPolicyRules.check(policy, spec, "\(path).successPolicy")
        }
        if spec["podFailurePolicy"] != nil {
            causes += FieldRules.optionalWord(
                spec["podReplacementPolicy"], "\(path).podReplacementPolicy", ["Failed"])
        } else {
            causes += FieldRules.optionalWord(
                spec["podReplacementPolicy"], "\(path).podReplacementPolicy", ["Failed", "TerminatingOrFailed"])
        }
        let template = spec["template"] ?? [:]
        causes += PodRules.template(template, "\(path).template")
        let field = "\(path).template.spec.restartPolicy"
        let restart = FieldRules.text(template["spec"]?["restartPolicy"])
        switch restart {
        case "", "Always": causes.append(.required(field, "valid values: \"OnFailure\", \"Never\""))
        case "OnFailure", "Never":
            if spec["podFailurePolicy"] != nil, restart != "Never" {
                causes.append(
                    .invalid(
                        field, .string(restart), "only \"Never\" is supported when podFailurePolicy is specified"))
            }
        default: causes.append(.unsupported(field, .string(restart), ["OnFailure", "Never"]))
        }
        return causes
    }

    private static func completion(_ spec: Value, _ path: String) -> [Cause] {
        var causes = FieldRules.optionalWord(
            spec["completionMode"], "\(path).completionMode", ["NonIndexed", "Indexed"])
        let (count, parallel) = (spec["completions"]?.integer, spec["parallelism"]?.integer ?? 0)
        let failed = spec["maxFailedIndexes"]?.integer
        func bad(_ key: String, _ number: Int, _ detail: String) {
            causes.append(.invalid("\(path).\(key)", .integer(number), detail))
        }
        switch spec["completionMode"]?.string ?? "NonIndexed" {
        case "Indexed":
            if count == nil { causes.append(.required("\(path).completions", "when completion mode is Indexed")) }
            if parallel > 100_000 {
                bad("parallelism", parallel, "must be less than or equal to 100000 when completion mode is Indexed")
            }
            if let count, let failed, failed > count {
                bad("maxFailedIndexes", failed, "must be less than or equal to completions")
            }
            if let failed, failed > 100_000 { bad("maxFailedIndexes", failed, "must be less than or equal to 100000") }
            guard let count, count > 100_000, spec["backoffLimitPerIndex"] != nil else { break }
            let detail =
                "must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index"
            if failed == nil {
                causes.append(
                    .required("\(path).maxFailedIndexes", "must be specified when completions is above 100000"))
            }
            if parallel > 10_000 { bad("parallelism", parallel, detail) }
            if let failed, failed > 10_000 { bad("maxFailedIndexes", failed, detail) }
        case "NonIndexed":
            for key in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                if let number = spec[key]?.integer { bad(key, number, "requires indexed completion mode") }
            }
        default: break
        }
        return causes
    }

    static func cronJob(_ spec: Value, old: Value?) -> [Cause] {
        var causes: [Cause] = []
        let schedule = FieldRules.text(spec["schedule"])
        if schedule.isEmpty {
            causes.append(.required("spec.schedule"))
        } else {
            causes += self.schedule(schedule, spec, old)
        }
        causes += WorkloadRules.atLeastZero(spec, ["startingDeadlineSeconds"])
        if let zone = spec["timeZone"]?.string, zone != old?["timeZone"]?.string { causes += timeZone(zone) }
        causes += FieldRules.word(
            spec["concurrencyPolicy"], "spec.concurrencyPolicy", ["Allow", "Forbid", "Replace"])
        let job = spec[path: "jobTemplate", "spec"] ?? [:]
        causes += check(job, "spec.jobTemplate.spec")
        if let selector = job["selector"] {
            causes.append(
                .invalid("spec.jobTemplate.spec.selector", selector, "`selector` will be auto-generated"))
        }
        if job["manualSelector"]?.bool == true {
            causes.append(.unsupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"]))
        }
        return causes + WorkloadRules.atLeastZero(spec, ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
    }

    private static func schedule(_ text: String, _ spec: Value, _ old: Value?) -> [Cause] {
        var causes: [Cause] = []
        var plain = text
        var isZoneFit = true
        if text.hasPrefix("TZ=") || text.hasPrefix("CRON_TZ=") {
            let parts = text.split(separator: " ", maxSplits: 1)
            let zone = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
            plain = parts.count > 1 ? parts[1].trimmingPrefix { $0 == " " }.description : ""
            if !TimeZoneNames.isKnown(String(zone)) {
                isZoneFit = false
                causes.append(
                    .invalid(
                        "spec.schedule", .string(text), "provided bad location \(zone): unknown time zone \(zone)"))
            }
        }
        if isZoneFit, case .failure(let problem) = CronSchedule.parse(plain) {
            causes.append(.invalid("spec.schedule", .string(text), problem.message))
        }
        guard text.contains("TZ") else { return causes }
        let mayStay = old?["schedule"]?.string?.contains("TZ") == true
        if mayStay, spec["timeZone"] != nil {
            causes.append(
                .invalid(
                    "spec.schedule", .string(text), "cannot use both timeZone field and TZ or CRON_TZ in schedule"))
        } else if !mayStay {
            causes.append(
                .invalid(
                    "spec.schedule", .string(text),
                    "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
        }
        return causes
    }

    private static func timeZone(_ zone: String) -> [Cause] {
        func bad(_ detail: String) -> Cause { .invalid("spec.timeZone", .string(zone), detail) }
        guard !zone.isEmpty else { return [bad("timeZone must be nil or non-empty string")] }
        guard TimeZoneNames.isWellFormed(zone) else { return [bad("unknown time zone \(zone)")] }
        var causes: [Cause] = []
        if zone.lowercased() == "local" {
            causes.append(
                bad("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"))
        }
        if zone != "Local", !TimeZoneNames.isKnown(zone) { causes.append(bad("unknown time zone \(zone)")) }
        return causes
    }
}

import Documents
import KubernetesAPI

/// What makes probes and hooks of containers unfit.
struct HandlerRules {
    typealias Cause = FieldError

    let gracePeriod: Int?

    func probe(_ probe: Value, _ path: String, _ name: String) -> [Cause] {
        var causes = handler(probe, ["exec", "httpGet", "tcpSocket", "grpc"], path)
        causes += WorkloadRules.atLeastZero(
            probe,
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"], path)
        if let seconds = probe["terminationGracePeriodSeconds"]?.integer {
            let field = "\(path).terminationGracePeriodSeconds"
            if seconds <= 0 { causes.append(.invalid(field, .integer(seconds), "must be greater than 0")) }
            if name == "readinessProbe" {
                causes.append(.invalid(field, .integer(seconds), "must not be set for readinessProbes"))
            }
        }
        if name != "readinessProbe", let threshold = probe["successThreshold"]?.integer, threshold != 1 {
            causes.append(.invalid("\(path).successThreshold", .integer(threshold), "must be 1"))
        }
        return causes
    }

    func lifecycle(_ lifecycle: Value, _ path: String, system: String?) -> [Cause] {
        var causes: [Cause] = []
        for hook in ["postStart", "preStop"] {
            if let value = lifecycle[hook] {
                causes += handler(value, ["exec", "httpGet", "tcpSocket", "sleep"], "\(path).\(hook)")
            }
        }
        if lifecycle["stopSignal"] != nil, system?.isEmpty ?? true {
            causes.append(
                .forbidden("\(path).stopSignal", "may not be set for containers with empty `spec.os.name`"))
        } else if system == "windows" {
            causes += FieldRules.optionalWord(
                lifecycle["stopSignal"], "\(path).stopSignal", ["SIGKILL", "SIGTERM"])
        }
        return causes
    }

    private func handler(_ value: Value, _ kinds: [String], _ path: String) -> [Cause] {
        let given = kinds.filter { value[$0] != nil }
        guard let first = given.first else { return [.required(path, "must specify a handler type")] }
        return action(value[first] ?? [:], first, "\(path).\(first)")
            + given.dropFirst().map { .forbidden("\(path).\($0)", "may not specify more than 1 handler type") }
    }

    private func action(_ action: Value, _ kind: String, _ path: String) -> [Cause] {
        switch kind {
        case "exec": return action["command"]?.array?.isEmpty ?? true ? [.required("\(path).command")] : []
        case "httpGet":
            var causes = FieldRules.required(action, "path", at: path)
            causes += FieldRules.port(action["port"], "\(path).port")
            causes += FieldRules.supportedWord(action["scheme"], "\(path).scheme", ["HTTP", "HTTPS"])
            for header in action["httpHeaders"]?.array ?? [] where !isHeaderName(header.named) {
                causes.append(
                    .invalid(
                        "\(path).httpHeaders", .string(header.named),
                        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
                    ))
            }
            return causes
        case "sleep":
            guard let gracePeriod, let seconds = action["seconds"]?.integer,
                !(0...max(0, gracePeriod)).contains(seconds)
            else { return [] }
            return [
                .invalid(
                    path, .integer(seconds),
                    "must be non-negative and less than terminationGracePeriodSeconds (\(gracePeriod))")
            ]
        default: return FieldRules.port(action["port"], "\(path).port")
        }
    }

    private func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
            }
    }
}

import Documents
import KubernetesAPI

/// The volumes of a pod.
enum VolumeRules {
    typealias Cause = FieldError

    /// The volumes that containers may mount, and what is wrong with the others.
    static func check(_ volumes: [Value], _ path: String) -> ([String: Value], [Cause]) {
        var fit: [String: Value] = [:]
        var causes: [Cause] = []
        for (index, volume) in volumes.enumerated() {
            let place = "\(path)[\(index)]"
            var own = VolumeSourceRules.inPod(volume, place)
            let name = volume.named
            own +=
                name.isEmpty
                ? [.required("\(place).name")]
                : FieldRules.invalid("\(place).name", name, NameRules.labelProblems(name))
            if fit[name] != nil { own.append(.duplicate("\(place).name", .string(name))) }
            if own.isEmpty { fit[name] = volume }
            causes += own
        }
        return (fit, causes)
    }
}

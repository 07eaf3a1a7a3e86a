import Documents
import Kubernetes
import KubernetesAPI

/// The columns of kinds that belong to the cluster rather than to its users. Nil for all other kinds.
extension TableColumns {
    static func cluster(_ type: ResourceType) -> [Column]? {
        switch type.qualifiedName {
        case "componentstatuses": return components
        case "certificatesigningrequests.certificates.k8s.io": return signingRequests
        case "csinodes.storage.k8s.io":
            return [
                name,
                count(
                    "Drivers", "spec", "drivers", type: "integer",
                    detail: "Drivers indicates the number of CSI drivers registered on the node"), age,
            ]
        case "csidrivers.storage.k8s.io": return drivers
        case "csistoragecapacities.storage.k8s.io":
            let from = "io.k8s.api.storage.v1.CSIStorageCapacity"
            return [
                name, text("StorageClassName", "storageClassName", from: from, missing: ""),
                text("Capacity", "capacity", from: from, missing: "<unset>"),
            ]
        case "volumeattachments.storage.k8s.io":
            let from = "io.k8s.api.storage.v1.VolumeAttachment"
            return [
                name,
                Column(name: "Attacher", format: "name", source: (from + "Spec", "attacher")) {
                    $0[path: "spec", "attacher"] ?? ""
                }, text("PV", "spec", "source", "persistentVolumeName", from: from + "Source", missing: ""),
                text("Node", "spec", "nodeName", from: from + "Spec", missing: ""),
                Column(name: "Attached", type: "boolean", source: (from + "Status", "attached")) {
                    $0[path: "status", "attached"] ?? false
                }, age,
            ]
        case "volumeattributesclasses.storage.k8s.io":
            return [
                name, text("DriverName", "driverName", from: "io.k8s.api.storage.v1.VolumeAttributesClass"), age,
            ]
        case "flowschemas.flowcontrol.apiserver.k8s.io": return flowSchemas
        case "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": return priorityLevels
        case "deviceclasses.resource.k8s.io", "resourceclaimtemplates.resource.k8s.io": return [name, age]
        case "resourceclaims.resource.k8s.io":
            return [
                name,
                made("State", detail: "A summary of the current state (allocated, pending, reserved, etc.).") { claim in
                    let isAllocated = claim[path: "status", "allocation"] != nil
                    var words = claim.isBeingDeleted ? ["deleted"] : isAllocated ? [] : ["pending"]
                    if isAllocated { words.append("allocated") }
                    if isAllocated, claim[path: "status", "reservedFor"]?.array?.isEmpty == false {
                        words.append("reserved")
                    }
                    return words.joined(separator: ",")
                }, age,
            ]
        case "resourceslices.resource.k8s.io":
            let from = "io.k8s.api.resource.v1.ResourceSliceSpec"
            return [
                name, text("Node", "spec", "nodeName", from: from, missing: ""),
                text("Driver", "spec", "driver", from: from, missing: ""),
                text("Pool", "spec", "pool", "name", from: "io.k8s.api.resource.v1.ResourcePool", missing: ""), age,
            ]
        case "servicecidrs.networking.k8s.io":
            return [
                name,
                made("CIDRs", from: ("io.k8s.api.networking.v1.ServiceCIDRSpec", "cidrs")) {
                    ($0[path: "spec", "cidrs"]?.array ?? []).compactMap(\.string).joined(separator: ",")
                }, age,
            ]
        case "ipaddresses.networking.k8s.io":
            return [
                name,
                made("ParentRef", from: ("io.k8s.api.networking.v1.IPAddressSpec", "parentRef")) { object in
                    guard let parent = object[path: "spec", "parentRef"] else { return "<none>" }
                    let group = parent["group"]?.string ?? ""
                    let resource = (parent["resource"]?.string ?? "") + (group.isEmpty ? "" : ".\(group)")
                    let namespace = parent["namespace"]?.string.map { "/\($0)" } ?? ""
                    return "\(resource.lowercased())\(namespace)/\(parent.named)"
                }, age,
            ]
        case "apiservices.apiregistration.k8s.io": return apiServices
        case "mutatingadmissionpolicies.admissionregistration.k8s.io":
            return [
                name,
                count(
                    "Mutations", "spec", "mutations", type: "integer",
                    detail: "Mutation indicates the number of mutations rules defined in this configuration"),
                parameterKind, age,
            ]
        case "validatingadmissionpolicies.admissionregistration.k8s.io":
            return [
                name,
                count(
                    "Validations", "spec", "validations", type: "integer",
                    detail: "Validations indicates the number of validation rules defined in this configuration"),
                parameterKind, age,
            ]
        case "validatingadmissionpolicybindings.admissionregistration.k8s.io",
            "mutatingadmissionpolicybindings.admissionregistration.k8s.io":
            return [
                name,
                made(
                    "PolicyName",
                    detail: "PolicyName indicates the policy definition which the policy binding binded to"
                ) {
                    $0[path: "spec", "policyName"]?.string ?? ""
                },
                made("ParamRef", detail: "ParamRef indicates the param resource which sets the configration param") {
                    $0[path: "spec", "paramRef"].map { "\($0["namespace"]?.string ?? "*")/\($0.named)" } ?? "<unset>"
                }, age,
            ]
        default: return nil
        }
    }

    private static func count(_ name: String, _ path: String..., type: String, detail: String) -> Column {
        Column(name: name, type: type, detail: detail) { .integer($0[Pointer(path)]?.array?.count ?? 0) }
    }

    private static let parameterKind = made(
        "ParamKind", detail: "ParamKind specifies the kind of resources used to parameterize this policy"
    ) { object in
        object[path: "spec", "paramKind"].map { "\($0["apiVersion"]?.string ?? "")/\($0["kind"]?.string ?? "")" }
            ?? "<unset>"
    }

    private static let components: [Column] = {
        func condition(_ title: String, _ key: String) -> Column {
            made(title, detail: "\(title) of the component conditions") { object in
                let healthy = (object["conditions"]?.array ?? []).first { $0["type"]?.string == "Healthy" }
                guard key == "status" else { return healthy?[key]?.string ?? "" }
                switch healthy?["status"]?.string {
                case "True": return "Healthy"
                case "False": return "Unhealthy"
                default: return "Unknown"
                }
            }
        }
        return [name, condition("Status", "status"), condition("Message", "message"), condition("Error", "error")]
    }()

    private static let signingRequests: [Column] = {
        let from = "io.k8s.api.certificates.v1.CertificateSigningRequest"
        return [
            name, age, text("SignerName", "spec", "signerName", from: from + "Spec"),
            made("Requestor", from: (from + "Spec", "request")) { $0[path: "spec", "username"]?.string ?? "" },
            made("RequestedDuration", from: (from + "Spec", "expirationSeconds")) { object in
                object[path: "spec", "expirationSeconds"]?.integer.map { APITime.duration($0) } ?? "<none>"
            },
            made("Condition", from: (from + "Status", "conditions")) { object in
                let types = Set((object[path: "status", "conditions"]?.array ?? []).compactMap { $0["type"]?.string })
                var word = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending"
                if types.contains("Failed") { word += ",Failed" }
                if object[path: "status", "certificate"]?.string?.isEmpty == false { word += ",Issued" }
                return word
            },
        ]
    }()

    private static let drivers: [Column] = {
        let from = "io.k8s.api.storage.v1.CSIDriverSpec"
        func flag(_ title: String, _ key: String, _ standard: Bool) -> Column {
            Column(name: title, type: "boolean", source: (from, key)) { $0[path: "spec", key] ?? .bool(standard) }
        }
        return [
            name, flag("AttachRequired", "attachRequired", true), flag("PodInfoOnMount", "podInfoOnMount", false),
            flag("StorageCapacity", "storageCapacity", false),
            made("TokenRequests", from: (from, "tokenRequests")) { object in
                object[path: "spec", "tokenRequests"]?.array.map { requests in
                    requests.map { $0["audience"]?.string ?? "" }.joined(separator: ",")
                } ?? "<unset>"
            }, flag("RequiresRepublish", "requiresRepublish", false),
            made("Modes", from: (from, "volumeLifecycleModes")) { object in
                let modes = (object[path: "spec", "volumeLifecycleModes"]?.array ?? []).compactMap(\.string)
                return modes.isEmpty ? "<none>" : modes.joined(separator: ",")
            }, age,
        ]
    }()

    private static let flowSchemas: [Column] = {
        let from = "io.k8s.api.flowcontrol.v1."
        return [
            name,
            text(
                "PriorityLevel", "spec", "priorityLevelConfiguration", "name",
                from: from + "PriorityLevelConfigurationReference", missing: ""),
            Column(name: "MatchingPrecedence", source: (from + "FlowSchemaSpec", "matchingPrecedence")) {
                .integer($0.number("spec", "matchingPrecedence"))
            },
            made("DistinguisherMethod", from: (from + "FlowSchemaSpec", "distinguisherMethod")) {
                $0[path: "spec", "distinguisherMethod", "type"]?.string ?? "<none>"
            }, age,
            made("MissingPL", detail: "references a broken or non-existent PriorityLevelConfiguration") {
                $0.condition("Dangling")?["status"]?.string ?? "?"
            },
        ]
    }()

    private static let priorityLevels: [Column] = {
        let from = "io.k8s.api.flowcontrol.v1."
        func limit(_ title: String, _ source: String, _ field: String, _ path: [String]) -> Column {
            Column(name: title, source: (from + source, field)) {
                $0[Pointer(["spec", "limited"] + path + [field])] ?? "<none>"
            }
        }
        let queuing = ["limitResponse", "queuing"]
        return [
            name, text("Type", "spec", "type", from: from + "PriorityLevelConfigurationSpec", missing: ""),
            limit("NominalConcurrencyShares", "LimitedPriorityLevelConfiguration", "nominalConcurrencyShares", []),
            limit("Queues", "QueuingConfiguration", "queues", queuing),
            limit("HandSize", "QueuingConfiguration", "handSize", queuing),
            limit("QueueLengthLimit", "QueuingConfiguration", "queueLengthLimit", queuing), age,
        ]
    }()

    private static let apiServices: [Column] = [
        name,
        made("Service", detail: "The reference to the service that hosts this API endpoint.") { object in
            object[path: "spec", "service"].map { "\($0["namespace"]?.string ?? "")/\($0.named)" } ?? "Local"
        },
        made("Available", detail: "Whether this service is available.") { object in
            let condition = object.condition("Available")
            let status = condition?["status"]?.string ?? "Unknown"
            return status == "True" ? status : "\(status) (\(condition?["reason"]?.string ?? ""))"
        }, age,
    ]
}

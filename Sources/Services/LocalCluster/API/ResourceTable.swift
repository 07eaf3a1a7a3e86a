import Kubernetes

/// The kinds that are built in.
enum ResourceTable {
    /// One row per kind: group/version, plural, kind, scope (n or c), then short names, `*category`, `!verbs` where they
    /// are not the usual ones, `/subresource:kind`.
    private static let rows = """
        v1 bindings Binding n !create
        v1 componentstatuses ComponentStatus c cs !get,list
        v1 configmaps ConfigMap n cm
        v1 endpoints Endpoints n ep
        v1 events Event n ev
        v1 limitranges LimitRange n limits
        v1 namespaces Namespace c ns !create,delete,get,list,patch,update,watch /finalize /status
        v1 nodes Node c no /proxy:NodeProxyOptions /status
        v1 persistentvolumeclaims PersistentVolumeClaim n pvc /status
        v1 persistentvolumes PersistentVolume c pv /status
        v1 pods Pod n po *all /attach:PodAttachOptions /binding:Binding /ephemeralcontainers /eviction:Eviction /exec:PodExecOptions /log /portforward:PodPortForwardOptions /proxy:PodProxyOptions /resize /status
        v1 podtemplates PodTemplate n
        v1 replicationcontrollers ReplicationController n rc *all /scale:Scale /status
        v1 resourcequotas ResourceQuota n quota /status
        v1 secrets Secret n
        v1 serviceaccounts ServiceAccount n sa /token:TokenRequest
        v1 services Service n svc *all /proxy:ServiceProxyOptions /status
        apiregistration.k8s.io/v1 apiservices APIService c *api-extensions /status
        apps/v1 controllerrevisions ControllerRevision n
        apps/v1 daemonsets DaemonSet n ds *all /status
        apps/v1 deployments Deployment n deploy *all /scale:Scale /status
        apps/v1 replicasets ReplicaSet n rs *all /scale:Scale /status
        apps/v1 statefulsets StatefulSet n sts *all /scale:Scale /status
        events.k8s.io/v1 events Event n ev
        authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview c !create
        authentication.k8s.io/v1 tokenreviews TokenReview c !create
        authorization.k8s.io/v1 localsubjectaccessreviews LocalSubjectAccessReview n !create
        authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview c !create
        authorization.k8s.io/v1 selfsubjectrulesreviews SelfSubjectRulesReview c !create
        authorization.k8s.io/v1 subjectaccessreviews SubjectAccessReview c !create
        autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler n hpa *all /status
        autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler n hpa *all /status
        batch/v1 cronjobs CronJob n cj *all /status
        batch/v1 jobs Job n *all /status
        certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest c csr /approval /status
        networking.k8s.io/v1 ingressclasses IngressClass c
        networking.k8s.io/v1 ingresses Ingress n ing /status
        networking.k8s.io/v1 ipaddresses IPAddress c ip
        networking.k8s.io/v1 networkpolicies NetworkPolicy n netpol
        networking.k8s.io/v1 servicecidrs ServiceCIDR c /status
        policy/v1 poddisruptionbudgets PodDisruptionBudget n pdb /status
        rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding c
        rbac.authorization.k8s.io/v1 clusterroles ClusterRole c
        rbac.authorization.k8s.io/v1 rolebindings RoleBinding n
        rbac.authorization.k8s.io/v1 roles Role n
        storage.k8s.io/v1 csidrivers CSIDriver c
        storage.k8s.io/v1 csinodes CSINode c
        storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity n
        storage.k8s.io/v1 storageclasses StorageClass c sc
        storage.k8s.io/v1 volumeattachments VolumeAttachment c /status
        storage.k8s.io/v1 volumeattributesclasses VolumeAttributesClass c vac
        admissionregistration.k8s.io/v1 mutatingadmissionpolicies MutatingAdmissionPolicy c *api-extensions
        admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding c *api-extensions
        admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration c *api-extensions
        admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy c *api-extensions /status
        admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding c *api-extensions
        admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration c *api-extensions
        apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition c crd crds *api-extensions /status
        scheduling.k8s.io/v1 priorityclasses PriorityClass c pc
        coordination.k8s.io/v1 leases Lease n
        node.k8s.io/v1 runtimeclasses RuntimeClass c
        discovery.k8s.io/v1 endpointslices EndpointSlice n
        resource.k8s.io/v1 deviceclasses DeviceClass c
        resource.k8s.io/v1 resourceclaims ResourceClaim n /status
        resource.k8s.io/v1 resourceclaimtemplates ResourceClaimTemplate n
        resource.k8s.io/v1 resourceslices ResourceSlice c
        flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema c /status
        flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration c /status
        """

    static let all: [ResourceType] = rows.split(separator: "\n").compactMap(row)

    private static func row(_ text: Substring) -> ResourceType? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 4 else { return nil }
        let kind = ObjectKind(apiVersion: words[0], kind: words[2])
        var type = ResourceType(kind: kind, plural: words[1], isNamespaced: words[3] == "n")
        for word in words.dropFirst(4) {
            switch word.first {
            case "*": type.categories.append(String(word.dropFirst()))
            case "!": type.verbs = word.dropFirst().split(separator: ",").map(String.init)
            case "/":
                let parts = word.dropFirst().split(separator: ":").map(String.init)
                type.subresources.append(subresource(parts[0], parts.count == 2 ? parts[1] : kind.kind, of: kind))
            default: type.shortNames.append(word)
            }
        }
        return type
    }

    private static func subresource(_ name: String, _ kindName: String, of kind: ObjectKind)
        -> ResourceType.Subresource
    {
        let verbs: [String] =
            switch name {
            case "log": ["get"]
            case "finalize": ["update"]
            case "binding", "eviction", "token": ["create"]
            case "attach", "exec", "portforward": ["create", "get"]
            case "proxy": ["create", "delete", "get", "patch", "update"]
            default: ["get", "patch", "update"]
            }
        let home: ObjectKind =
            switch kindName {
            case "Scale": ObjectKind(group: "autoscaling", version: "v1", kind: kindName)
            case "Eviction": ObjectKind(group: "policy", version: "v1", kind: kindName)
            case "TokenRequest": ObjectKind(group: "authentication.k8s.io", version: "v1", kind: kindName)
            default: ObjectKind(group: kind.group, version: kind.version, kind: kindName)
            }
        return .init(name: name, verbs: verbs, kind: home)
    }

    private static let byKind = Dictionary(all.map { ($0.kind, $0) }) { first, _ in first }
    static func type(of kind: ObjectKind) -> ResourceType? { byKind[kind] }
    static func type(group: String, version: String, plural: String) -> ResourceType? {
        all.first { $0.group == group && $0.kind.version == version && $0.plural == plural }
    }
    static func type(named qualifiedName: String) -> ResourceType? {
        all.first { $0.qualifiedName == qualifiedName }
    }
}

/// Field numbers of the messages that are read in protobuf.
enum ProtobufTable {
    struct Field: Sendable {
        var name: String
        /// `string`, `bytes`, `int`, `bool`, `time`, `map`, `bytesMap`, `intOrString`, `quantity`, or a message.
        var type: String
        var isList: Bool
        var isMap: Bool
    }

    static let messages: [String: [Int: Field]] = {
        var messages: [String: [Int: Field]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            var fields: [Int: Field] = [:]
            for word in words.dropFirst() {
                let parts = word.split(separator: ":").map(String.init)
                guard parts.count == 3, let number = Int(parts[0]) else { continue }
                let isList = parts[2].hasPrefix("[]")
                let type = isList ? String(parts[2].dropFirst(2)) : parts[2]
                fields[number] = Field(
                    name: parts[1], type: type, isList: isList, isMap: type == "map" || type.hasSuffix("Map"))
            }
            messages[String(name)] = fields
        }
        return messages
    }()

    /// One message per line: `number:name:type`.
    private static let text = """
        IntOrString 1:type:int 2:integer:int 3:string:string
        Quantity 1:string:string
        ObjectMeta 1:name:string 2:generateName:string 3:namespace:string 4:selfLink:string 5:uid:string 6:resourceVersion:string 7:generation:int 8:creationTimestamp:time 9:deletionTimestamp:time 10:deletionGracePeriodSeconds:int 11:labels:map 12:annotations:map 13:ownerReferences:[]OwnerReference 14:finalizers:[]string
        OwnerReference 1:kind:string 3:name:string 4:uid:string 5:apiVersion:string 6:controller:bool 7:blockOwnerDeletion:bool
        Namespace 1:metadata:ObjectMeta 2:spec:NamespaceSpec 3:status:NamespaceStatus
        NamespaceSpec 1:finalizers:[]string
        NamespaceStatus 1:phase:string
        ConfigMap 1:metadata:ObjectMeta 2:data:map 3:binaryData:bytesMap 4:immutable:bool
        Secret 1:metadata:ObjectMeta 2:data:bytesMap 3:type:string 4:stringData:map 5:immutable:bool
        ServiceAccount 1:metadata:ObjectMeta 2:secrets:[]ObjectReference 3:imagePullSecrets:[]LocalObjectReference 4:automountServiceAccountToken:bool
        ObjectReference 1:kind:string 2:namespace:string 3:name:string 4:uid:string 5:apiVersion:string 6:resourceVersion:string 7:fieldPath:string
        TokenRequest 1:metadata:ObjectMeta 2:spec:TokenRequestSpec 3:status:TokenRequestStatus
        TokenRequestStatus 1:token:string 2:expirationTimestamp:time
        TokenRequestSpec 1:audiences:[]string 3:boundObjectRef:BoundObjectReference 4:expirationSeconds:int
        BoundObjectReference 1:kind:string 2:apiVersion:string 3:name:string 4:uid:string
        LocalObjectReference 1:name:string
        SelfSubjectAccessReview 1:metadata:ObjectMeta 2:spec:SelfSubjectAccessReviewSpec 3:status:SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec 1:resourceAttributes:ResourceAttributes 2:nonResourceAttributes:NonResourceAttributes
        SubjectAccessReviewStatus 1:allowed:bool 2:reason:string 3:evaluationError:string 4:denied:bool
        ResourceAttributes 1:namespace:string 2:verb:string 3:group:string 4:version:string 5:resource:string 6:subresource:string 7:name:string
        NonResourceAttributes 1:path:string 2:verb:string
        Deployment 1:metadata:ObjectMeta 2:spec:DeploymentSpec 3:status:DeploymentStatus
        DeploymentSpec 1:replicas:int 2:selector:LabelSelector 3:template:PodTemplateSpec 4:strategy:DeploymentStrategy 5:minReadySeconds:int 6:revisionHistoryLimit:int 7:paused:bool 9:progressDeadlineSeconds:int
        DeploymentStatus 1:observedGeneration:int 2:replicas:int 3:updatedReplicas:int 4:availableReplicas:int 5:unavailableReplicas:int 7:readyReplicas:int
        DeploymentStrategy 1:type:string
        LabelSelector 1:matchLabels:map 2:matchExpressions:[]LabelSelectorRequirement
        LabelSelectorRequirement 1:key:string 2:operator:string 3:values:[]string
        PodTemplateSpec 1:metadata:ObjectMeta 2:spec:PodSpec
        PodSpec 2:containers:[]Container 3:restartPolicy:string 4:terminationGracePeriodSeconds:int 5:activeDeadlineSeconds:int 6:dnsPolicy:string 7:nodeSelector:map 8:serviceAccountName:string 9:serviceAccount:string 10:nodeName:string 11:hostNetwork:bool 12:hostPID:bool 13:hostIPC:bool 16:hostname:string 17:subdomain:string 19:schedulerName:string
        Container 1:name:string 2:image:string 3:command:[]string 4:args:[]string 5:workingDir:string 6:ports:[]ContainerPort 7:env:[]EnvVar 8:resources:ResourceRequirements 13:terminationMessagePath:string 14:imagePullPolicy:string 16:stdin:bool 17:stdinOnce:bool 18:tty:bool 20:terminationMessagePolicy:string
        ContainerPort 1:name:string 2:hostPort:int 3:containerPort:int 4:protocol:string 5:hostIP:string
        EnvVar 1:name:string 2:value:string
        ResourceRequirements 1:limits:quantityMap 2:requests:quantityMap
        Service 1:metadata:ObjectMeta 2:spec:ServiceSpec 3:status:ServiceStatus
        ServiceSpec 1:ports:[]ServicePort 2:selector:map 3:clusterIP:string 4:type:string 5:externalIPs:[]string 7:sessionAffinity:string 8:loadBalancerIP:string 10:externalName:string 13:publishNotReadyAddresses:bool
        ServicePort 1:name:string 2:protocol:string 3:port:int 4:targetPort:intOrString 5:nodePort:int
        ServiceStatus 1:loadBalancer:LoadBalancerStatus
        LoadBalancerStatus
        """
}

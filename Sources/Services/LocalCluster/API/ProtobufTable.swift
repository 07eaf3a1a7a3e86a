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
        DeploymentStatus 1:observedGeneration:int 2:replicas:int 3:updatedReplicas:int 4:availableReplicas:int 5:unavailableReplicas:int 7:readyReplicas:int 8:collisionCount:int
        DeploymentStrategy 1:type:string 2:rollingUpdate:RollingUpdateDeployment
        LabelSelector 1:matchLabels:map 2:matchExpressions:[]LabelSelectorRequirement
        LabelSelectorRequirement 1:key:string 2:operator:string 3:values:[]string
        PodTemplateSpec 1:metadata:ObjectMeta 2:spec:PodSpec
        PodSpec 1:volumes:[]Volume 2:containers:[]Container 3:restartPolicy:string 4:terminationGracePeriodSeconds:int 5:activeDeadlineSeconds:int 6:dnsPolicy:string 7:nodeSelector:map 8:serviceAccountName:string 9:serviceAccount:string 10:nodeName:string 11:hostNetwork:bool 12:hostPID:bool 13:hostIPC:bool 14:securityContext:PodSecurityContext 15:imagePullSecrets:[]LocalObjectReference 16:hostname:string 17:subdomain:string 19:schedulerName:string 20:initContainers:[]Container 21:automountServiceAccountToken:bool 22:tolerations:[]Toleration 23:hostAliases:[]HostAlias 24:priorityClassName:string 25:priority:int 27:shareProcessNamespace:bool 29:runtimeClassName:string 30:enableServiceLinks:bool 31:preemptionPolicy:string 35:setHostnameAsFQDN:bool 37:hostUsers:bool
        Container 1:name:string 2:image:string 3:command:[]string 4:args:[]string 5:workingDir:string 6:ports:[]ContainerPort 7:env:[]EnvVar 8:resources:ResourceRequirements 9:volumeMounts:[]VolumeMount 13:terminationMessagePath:string 14:imagePullPolicy:string 15:securityContext:SecurityContext 16:stdin:bool 17:stdinOnce:bool 18:tty:bool 19:envFrom:[]EnvFromSource 20:terminationMessagePolicy:string 24:restartPolicy:string
        ContainerPort 1:name:string 2:hostPort:int 3:containerPort:int 4:protocol:string 5:hostIP:string
        EnvVar 1:name:string 2:value:string 3:valueFrom:EnvVarSource
        ResourceRequirements 1:limits:quantityMap 2:requests:quantityMap
        Service 1:metadata:ObjectMeta 2:spec:ServiceSpec 3:status:ServiceStatus
        ServiceSpec 1:ports:[]ServicePort 2:selector:map 3:clusterIP:string 4:type:string 5:externalIPs:[]string 7:sessionAffinity:string 8:loadBalancerIP:string 9:loadBalancerSourceRanges:[]string 10:externalName:string 11:externalTrafficPolicy:string 12:healthCheckNodePort:int 13:publishNotReadyAddresses:bool 17:ipFamilyPolicy:string 18:clusterIPs:[]string 19:ipFamilies:[]string 20:allocateLoadBalancerNodePorts:bool 21:loadBalancerClass:string 22:internalTrafficPolicy:string 23:trafficDistribution:string
        ServicePort 1:name:string 2:protocol:string 3:port:int 4:targetPort:intOrString 5:nodePort:int 6:appProtocol:string
        ServiceStatus 1:loadBalancer:LoadBalancerStatus
        LoadBalancerStatus
        RollingUpdateDeployment 1:maxUnavailable:intOrString 2:maxSurge:intOrString
        PodSecurityContext 2:runAsUser:int 3:runAsNonRoot:bool 4:supplementalGroups:[]int 5:fsGroup:int 6:runAsGroup:int 9:fsGroupChangePolicy:string
        Toleration 1:key:string 2:operator:string 3:value:string 4:effect:string 5:tolerationSeconds:int
        HostAlias 1:ip:string 2:hostnames:[]string
        Volume 1:name:string 2:+:VolumeSource
        VolumeSource 2:emptyDir:EmptyDirVolumeSource 6:secret:SecretVolumeSource 19:configMap:ConfigMapVolumeSource
        EmptyDirVolumeSource 1:medium:string 2:sizeLimit:quantity
        SecretVolumeSource 1:secretName:string 2:items:[]KeyToPath 3:defaultMode:int 4:optional:bool
        ConfigMapVolumeSource 1:+:LocalObjectReference 2:items:[]KeyToPath 3:defaultMode:int 4:optional:bool
        KeyToPath 1:key:string 2:path:string 3:mode:int
        VolumeMount 1:name:string 2:readOnly:bool 3:mountPath:string 4:subPath:string 5:mountPropagation:string 6:subPathExpr:string 7:recursiveReadOnly:string
        SecurityContext 1:capabilities:Capabilities 2:privileged:bool 4:runAsUser:int 5:runAsNonRoot:bool 6:readOnlyRootFilesystem:bool 7:allowPrivilegeEscalation:bool 8:runAsGroup:int 9:procMount:string 10:seccompProfile:SeccompProfile
        Capabilities 1:add:[]string 2:drop:[]string
        SeccompProfile 1:type:string 2:localhostProfile:string
        EnvFromSource 1:prefix:string 2:configMapRef:ConfigMapEnvSource 3:secretRef:ConfigMapEnvSource
        ConfigMapEnvSource 1:+:LocalObjectReference 2:optional:bool
        EnvVarSource 1:fieldRef:ObjectFieldSelector 3:configMapKeyRef:KeySelector 4:secretKeyRef:KeySelector
        ObjectFieldSelector 1:apiVersion:string 2:fieldPath:string
        KeySelector 1:+:LocalObjectReference 2:key:string 3:optional:bool
        Role 1:metadata:ObjectMeta 2:rules:[]PolicyRule
        ClusterRole 1:metadata:ObjectMeta 2:rules:[]PolicyRule 3:aggregationRule:AggregationRule
        AggregationRule 1:clusterRoleSelectors:[]LabelSelector
        PolicyRule 1:verbs:[]string 2:apiGroups:[]string 3:resources:[]string 4:resourceNames:[]string 5:nonResourceURLs:[]string
        RoleBinding 1:metadata:ObjectMeta 2:subjects:[]Subject 3:roleRef:RoleRef
        ClusterRoleBinding 1:metadata:ObjectMeta 2:subjects:[]Subject 3:roleRef:RoleRef
        Subject 1:kind:string 2:apiGroup:string 3:name:string 4:namespace:string
        RoleRef 1:apiGroup:string 2:kind:string 3:name:string
        Job 1:metadata:ObjectMeta 2:spec:JobSpec 3:status:JobStatus
        JobSpec 1:parallelism:int 2:completions:int 3:activeDeadlineSeconds:int 4:selector:LabelSelector 5:manualSelector:bool 6:template:PodTemplateSpec 7:backoffLimit:int 8:ttlSecondsAfterFinished:int 9:completionMode:string 10:suspend:bool 12:backoffLimitPerIndex:int 13:maxFailedIndexes:int 14:podReplacementPolicy:string 15:managedBy:string
        JobStatus 2:startTime:time 3:completionTime:time 4:active:int 5:succeeded:int 6:failed:int 7:completedIndexes:string 9:ready:int 10:failedIndexes:string 11:terminating:int
        CronJob 1:metadata:ObjectMeta 2:spec:CronJobSpec 3:status:CronJobStatus
        CronJobSpec 1:schedule:string 2:startingDeadlineSeconds:int 3:concurrencyPolicy:string 4:suspend:bool 5:jobTemplate:JobTemplateSpec 6:successfulJobsHistoryLimit:int 7:failedJobsHistoryLimit:int 8:timeZone:string
        CronJobStatus 1:active:[]ObjectReference 4:lastScheduleTime:time 5:lastSuccessfulTime:time
        JobTemplateSpec 1:metadata:ObjectMeta 2:spec:JobSpec
        Ingress 1:metadata:ObjectMeta 2:spec:IngressSpec 3:status:IngressStatus
        IngressSpec 1:defaultBackend:IngressBackend 2:tls:[]IngressTLS 3:rules:[]IngressRule 4:ingressClassName:string
        IngressBackend 4:service:IngressServiceBackend
        IngressServiceBackend 1:name:string 2:port:ServiceBackendPort
        ServiceBackendPort 1:name:string 2:number:int
        IngressTLS 1:hosts:[]string 2:secretName:string
        IngressRule 1:host:string 2:+:IngressRuleValue
        IngressRuleValue 1:http:HTTPIngressRuleValue
        HTTPIngressRuleValue 1:paths:[]HTTPIngressPath
        HTTPIngressPath 1:path:string 2:backend:IngressBackend 3:pathType:string
        IngressStatus 1:loadBalancer:LoadBalancerStatus
        PodDisruptionBudget 1:metadata:ObjectMeta 2:spec:PodDisruptionBudgetSpec 3:status:PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec 1:minAvailable:intOrString 2:selector:LabelSelector 3:maxUnavailable:intOrString 4:unhealthyPodEvictionPolicy:string
        PodDisruptionBudgetStatus 1:observedGeneration:int 3:disruptionsAllowed:int 4:currentHealthy:int 5:desiredHealthy:int 6:expectedPods:int
        Eviction 1:metadata:ObjectMeta 2:deleteOptions:DeleteOptions
        DeleteOptions 1:gracePeriodSeconds:int 2:preconditions:Preconditions 3:orphanDependents:bool 4:propagationPolicy:string 5:dryRun:[]string
        Preconditions 1:uid:string 2:resourceVersion:string
        ResourceQuota 1:metadata:ObjectMeta 2:spec:ResourceQuotaSpec 3:status:ResourceQuotaStatus
        ResourceQuotaSpec 1:hard:quantityMap 2:scopes:[]string
        ResourceQuotaStatus 1:hard:quantityMap 2:used:quantityMap
        PriorityClass 1:metadata:ObjectMeta 2:value:int 3:globalDefault:bool 4:description:string 5:preemptionPolicy:string
        HorizontalPodAutoscaler 1:metadata:ObjectMeta 2:spec:HorizontalPodAutoscalerSpec 3:status:HorizontalPodAutoscalerStatus
        HorizontalPodAutoscalerSpec 1:scaleTargetRef:CrossVersionObjectReference 2:minReplicas:int 3:maxReplicas:int 4:targetCPUUtilizationPercentage:int
        HorizontalPodAutoscalerStatus 1:observedGeneration:int 2:lastScaleTime:time 3:currentReplicas:int 4:desiredReplicas:int
        CrossVersionObjectReference 1:kind:string 2:name:string 3:apiVersion:string
        SelfSubjectRulesReview 1:metadata:ObjectMeta 2:spec:SelfSubjectRulesReviewSpec 3:status:SubjectRulesReviewStatus
        SelfSubjectRulesReviewSpec 1:namespace:string
        SubjectRulesReviewStatus 3:incomplete:bool 4:evaluationError:string
        SelfSubjectReview 1:metadata:ObjectMeta 2:status:SelfSubjectReviewStatus
        SelfSubjectReviewStatus 1:userInfo:UserInfo
        UserInfo 1:username:string 2:uid:string 3:groups:[]string
        """
}

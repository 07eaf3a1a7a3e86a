/// The structures of pods and volumes that `GoStructure` can show. Each field is told as `Name:form`, with `s` for a
/// text, `i` a number, `b` a flag, `m` a map, `[X]` a list, `*X` a pointer, `X` a structure in place, `=X` embedded
/// fields, `~X` a structure of the common library; nothing for what is shown as it was given.
enum GoFields {
    static let all: [String: [GoStructure.Field]] = {
        var all: [String: [GoStructure.Field]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            all[String(name)] = words.dropFirst().map(field)
        }
        return all
    }()

    static func isCommon(_ structure: String) -> Bool { structure == "ObjectMeta" || structure == "LabelSelector" }

    private static func field(_ word: Substring) -> GoStructure.Field {
        let parts = word.split(separator: ":", maxSplits: 1)
        let name = String(parts[0])
        let form: GoStructure.Field.Form =
            switch parts.count > 1 ? parts[1] : "" {
            case "": .given
            case "s": .text
            case "i": .number
            case "b": .flag
            case "m": .map
            case let text where text.hasPrefix("["): .list(of: String(text.dropFirst().dropLast()))
            case let text where text.hasPrefix("*"): .pointer(to: String(text.dropFirst()))
            case let text where text.hasPrefix("="): .embedded(String(text.dropFirst()))
            case let text where text.hasPrefix("~"): .common(String(text.dropFirst()))
            case let text: .structure(String(text))
            }
        return GoStructure.Field(name: name, key: keys[name] ?? key(name), form: form)
    }

    private static let keys = ["CephFS": "cephfs", "StorageOS": "storageos"]

    /// `HTTPGet` is `httpGet`: the capitals at the start, but for the one that begins the next word.
    static func key(_ name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }.count
        let small = capitals == name.count || capitals < 2 ? capitals : capitals - 1
        return name.prefix(small).lowercased() + name.dropFirst(small)
    }

    private static let table = """
        PodTemplateSpec ObjectMeta:=ObjectMeta Spec:PodSpec
        ObjectMeta name generateName namespace uid resourceVersion generation creationTimestamp labels annotations finalizers
        LabelSelector matchLabels matchExpressions:[LabelSelectorRequirement]
        LabelSelectorRequirement key operator values
        PodSpec Volumes:[Volume] InitContainers:[Container] Containers:[Container] \
        EphemeralContainers:[EphemeralContainer] RestartPolicy:s TerminationGracePeriodSeconds ActiveDeadlineSeconds \
        DNSPolicy:s NodeSelector:m ServiceAccountName:s AutomountServiceAccountToken NodeName:s \
        SecurityContext:*PodSecurityContext ImagePullSecrets:[LocalObjectReference] Hostname:s Subdomain:s \
        SetHostnameAsFQDN Affinity:*Affinity SchedulerName:s Tolerations:[Toleration] HostAliases:[HostAlias] \
        PriorityClassName:s Priority PreemptionPolicy DNSConfig:*PodDNSConfig ReadinessGates:[PodReadinessGate] \
        RuntimeClassName Overhead:m EnableServiceLinks TopologySpreadConstraints:[TopologySpreadConstraint] \
        OS:*PodOS SchedulingGates:[PodSchedulingGate] ResourceClaims:[PodResourceClaim] \
        Resources:*ResourceRequirements HostnameOverride SchedulingGroup:*PodSchedulingGroup
        Container Name:s Image:s Command Args WorkingDir:s Ports:[ContainerPort] EnvFrom:[EnvFromSource] Env:[EnvVar] \
        Resources:ResourceRequirements ResizePolicy:[ContainerResizePolicy] RestartPolicy \
        RestartPolicyRules:[ContainerRestartRule] VolumeMounts:[VolumeMount] VolumeDevices:[VolumeDevice] \
        LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s \
        TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY:b
        EphemeralContainer Common:=Container TargetContainerName:s
        ContainerPort Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s
        EnvFromSource Prefix:s ConfigMapRef:*OptionalReference SecretRef:*OptionalReference
        OptionalReference Name:s Optional
        LocalObjectReference Name:s
        EnvVar Name:s Value:s ValueFrom:*EnvVarSource
        EnvVarSource FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector \
        ConfigMapKeyRef:*KeySelector SecretKeyRef:*KeySelector FileKeyRef:*FileKeySelector
        ObjectFieldSelector APIVersion:s FieldPath:s
        ResourceFieldSelector ContainerName:s Resource:s Divisor:s
        KeySelector Name:s Key:s Optional
        FileKeySelector VolumeName:s Path:s Key:s Optional
        ResourceRequirements Limits:m Requests:m Claims:[ResourceClaim]
        ResourceClaim Name:s Request:s
        ContainerResizePolicy ResourceName:s RestartPolicy:s
        ContainerRestartRule Action:s ExitCodes:*ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes Operator:s Values
        VolumeMount Name:s ReadOnly:b RecursiveReadOnly MountPath:s SubPath:s MountPropagation SubPathExpr:s
        VolumeDevice Name:s DevicePath:s
        Probe Handler:=ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i \
        FailureThreshold:i TerminationGracePeriodSeconds
        ProbeHandler Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction GRPC:*GRPCAction
        ExecAction Command
        HTTPGetAction Path:s Port Host:s Scheme:s HTTPHeaders:[HTTPHeader]
        HTTPHeader Name:s Value:s
        TCPSocketAction Port Host:s
        GRPCAction Port:i Service
        Lifecycle PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal
        LifecycleHandler Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction Sleep:*SleepAction
        SleepAction Seconds:i
        SecurityContext Capabilities:*Capabilities Privileged SELinuxOptions:*SELinuxOptions \
        WindowsOptions:*WindowsOptions RunAsUser RunAsGroup RunAsNonRoot ReadOnlyRootFilesystem \
        AllowPrivilegeEscalation ProcMount SeccompProfile:*Profile AppArmorProfile:*Profile
        PodSecurityContext HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace HostUsers \
        SELinuxOptions:*SELinuxOptions WindowsOptions:*WindowsOptions RunAsUser RunAsGroup RunAsNonRoot \
        SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls:[NameValue] \
        SeccompProfile:*Profile AppArmorProfile:*Profile SELinuxChangePolicy
        Capabilities Add Drop
        SELinuxOptions User:s Role:s Type:s Level:s
        WindowsOptions GMSACredentialSpecName GMSACredentialSpec RunAsUserName HostProcess
        Profile Type:s LocalhostProfile
        NameValue Name:s Value:s
        Affinity NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAffinity
        NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector \
        PreferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
        NodeSelector NodeSelectorTerms:[NodeSelectorTerm]
        NodeSelectorTerm MatchExpressions:[NodeSelectorRequirement] MatchFields:[NodeSelectorRequirement]
        NodeSelectorRequirement Key:s Operator:s Values
        PreferredSchedulingTerm Weight:i Preference:NodeSelectorTerm
        PodAffinity RequiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm] \
        PreferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
        PodAffinityTerm LabelSelector:~LabelSelector Namespaces TopologyKey:s NamespaceSelector:~LabelSelector \
        MatchLabelKeys MismatchLabelKeys
        WeightedPodAffinityTerm Weight:i PodAffinityTerm:PodAffinityTerm
        Toleration Key:s Operator:s Value:s Effect:s TolerationSeconds
        HostAlias IP:s Hostnames
        PodDNSConfig Nameservers Searches Options:[PodDNSConfigOption]
        PodDNSConfigOption Name:s Value
        PodReadinessGate ConditionType:s
        TopologySpreadConstraint MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:~LabelSelector MinDomains \
        NodeAffinityPolicy NodeTaintsPolicy MatchLabelKeys
        PodOS Name:s
        PodSchedulingGate Name:s
        PodResourceClaim Name:s ResourceClaimName ResourceClaimTemplateName
        PodSchedulingGroup PodGroupName
        Volume Name:s Source:=VolumeSource
        VolumeSource HostPath:*HostPath EmptyDir:*EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo \
        Secret:*SecretVolume NFS:*NFS ISCSI Glusterfs PersistentVolumeClaim:*ClaimVolume RBD Quobyte FlexVolume Cinder \
        CephFS Flocker DownwardAPI:*DownwardAPIVolume FC AzureFile ConfigMap:*ConfigMapVolume VsphereVolume AzureDisk \
        PhotonPersistentDisk Projected:*ProjectedVolume PortworxVolume ScaleIO StorageOS CSI:*CSIVolume \
        Ephemeral Image:*ImageVolume
        HostPath Path:s Type
        EmptyDir Medium:s SizeLimit
        SecretVolume SecretName:s Items:[KeyToPath] DefaultMode Optional
        ConfigMapVolume Name:s Items:[KeyToPath] DefaultMode Optional
        KeyToPath Key:s Path:s Mode
        NFS Server:s Path:s ReadOnly:b
        ClaimVolume ClaimName:s ReadOnly:b
        DownwardAPIVolume Items:[DownwardAPIFile] DefaultMode
        DownwardAPIFile Path:s FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode
        ProjectedVolume Sources:[VolumeProjection] DefaultMode
        VolumeProjection Secret:*ProjectedKeys DownwardAPI:*ProjectedDownwardAPI ConfigMap:*ProjectedKeys \
        ServiceAccountToken:*ServiceAccountToken ClusterTrustBundle PodCertificate
        ProjectedKeys Name:s Items:[KeyToPath] Optional
        ProjectedDownwardAPI Items:[DownwardAPIFile]
        ServiceAccountToken Audience:s ExpirationSeconds:i Path:s
        CSIVolume Driver:s ReadOnly FSType VolumeAttributes:m NodePublishSecretRef:*LocalObjectReference
        ImageVolume Reference:s PullPolicy:s
        PersistentVolumeClaimSpec AccessModes Selector:~LabelSelector Resources:VolumeResources VolumeName:s \
        StorageClassName VolumeMode DataSource:*TypedReference DataSourceRef:*TypedNamespacedReference \
        VolumeAttributesClassName
        VolumeResources Limits:m Requests:m
        TypedReference APIGroup Kind:s Name:s
        TypedNamespacedReference APIGroup Kind:s Name:s Namespace
        PersistentVolumeSource GCEPersistentDisk AWSElasticBlockStore HostPath:*HostPath Glusterfs NFS:*NFS RBD \
        Quobyte ISCSI FlexVolume Cinder CephFS FC Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk \
        PortworxVolume ScaleIO Local:*LocalVolume StorageOS CSI:*PersistentCSI
        LocalVolume Path:s FSType
        PersistentCSI Driver:s VolumeHandle:s ReadOnly:b FSType:s VolumeAttributes:m \
        ControllerPublishSecretRef:*SecretReference NodeStageSecretRef:*SecretReference \
        NodePublishSecretRef:*SecretReference ControllerExpandSecretRef:*SecretReference \
        NodeExpandSecretRef:*SecretReference
        SecretReference Name:s Namespace:s
        VolumeNodeAffinity Required:*NodeSelector
        """
}

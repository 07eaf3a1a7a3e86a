extension SchemaTable {
    /// Types of `io.k8s.api.core.v1` from ResourceQuota to WindowsSecurityContextOptions.
    static let coreD = SchemaTable(
        package: "io.k8s.api.core.v1", alias: "core",
        text: """
            ResourceQuota *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec ResourceQuotaSpec={}, status
              ResourceQuotaStatus={}
            ResourceQuotaSpec
              hard {quantity}, scopeSelector ScopeSelector, scopes [string]
            ResourceQuotaStatus
              hard {quantity}, used {quantity}
            ResourceRequirements
              claims [ResourceClaim]map(name), limits {quantity}, requests {quantity}
            ResourceStatus
              name! string, resources [ResourceHealth]map(resourceID)
            SELinuxOptions
              level string, role string, type string, user string
            ScaleIOPersistentVolumeSource
              fsType string=xfs, gateway! string, protectionDomain string, readOnly bool, secretRef! SecretReference,
              sslEnabled bool, storageMode string=ThinProvisioned, storagePool string, system! string, volumeName
              string
            ScaleIOVolumeSource
              fsType string=xfs, gateway! string, protectionDomain string, readOnly bool, secretRef!
              LocalObjectReference, sslEnabled bool, storageMode string=ThinProvisioned, storagePool string, system!
              string, volumeName string
            ScopeSelector atomic
              matchExpressions [ScopedResourceSelectorRequirement]
            ScopedResourceSelectorRequirement
              operator! string, scopeName! string, values [string]
            SeccompProfile
              localhostProfile string, type! string
            Secret *
              apiVersion string, data {bytes}, immutable bool, kind string, metadata meta.ObjectMeta={}, stringData
              {string}, type string
            SecretEnvSource
              name string="", optional bool
            SecretKeySelector atomic
              key! string, name string="", optional bool
            SecretProjection
              items [KeyToPath], name string="", optional bool
            SecretReference atomic
              name string, namespace string
            SecretVolumeSource
              defaultMode int32, items [KeyToPath], optional bool, secretName string
            SecurityContext
              allowPrivilegeEscalation bool, appArmorProfile AppArmorProfile, capabilities Capabilities, privileged
              bool, procMount string, readOnlyRootFilesystem bool, runAsGroup int64, runAsNonRoot bool, runAsUser
              int64, seLinuxOptions SELinuxOptions, seccompProfile SeccompProfile, windowsOptions
              WindowsSecurityContextOptions
            Service *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec ServiceSpec={}, status
              ServiceStatus={}
            ServiceAccount *
              apiVersion string, automountServiceAccountToken bool, imagePullSecrets [LocalObjectReference], kind
              string, metadata meta.ObjectMeta={}, secrets [ObjectReference]map(name)~name
            ServiceAccountTokenProjection
              audience string, expirationSeconds int64, path! string
            ServicePort
              appProtocol string, name string, nodePort int32, port! int32, protocol string=TCP, targetPort
              intOrString
            ServiceSpec
              allocateLoadBalancerNodePorts bool, clusterIP string, clusterIPs [string], externalIPs [string],
              externalName string, externalTrafficPolicy string, healthCheckNodePort int32, internalTrafficPolicy
              string, ipFamilies [string], ipFamilyPolicy string, loadBalancerClass string, loadBalancerIP string,
              loadBalancerSourceRanges [string], ports [ServicePort]map(port protocol)~port, publishNotReadyAddresses
              bool, selector {string}atomic, sessionAffinity string, sessionAffinityConfig SessionAffinityConfig,
              trafficDistribution string, type string
            ServiceStatus
              conditions [meta.Condition]map(type)~type, loadBalancer LoadBalancerStatus={}
            SessionAffinityConfig
              clientIP ClientIPConfig
            SleepAction
              seconds! int64
            StorageOSPersistentVolumeSource
              fsType string, readOnly bool, secretRef ObjectReference, volumeName string, volumeNamespace string
            StorageOSVolumeSource
              fsType string, readOnly bool, secretRef LocalObjectReference, volumeName string, volumeNamespace string
            Sysctl
              name! string, value! string
            TCPSocketAction
              host string, port! intOrString
            Taint
              effect! string, key! string, timeAdded time, value string
            Toleration
              effect string, key string, operator string, tolerationSeconds int64, value string
            TopologySelectorLabelRequirement
              key! string, values! [string]
            TopologySelectorTerm atomic
              matchLabelExpressions [TopologySelectorLabelRequirement]
            TopologySpreadConstraint
              labelSelector meta.LabelSelector, matchLabelKeys [string], maxSkew! int32, minDomains int32,
              nodeAffinityPolicy string, nodeTaintsPolicy string, topologyKey! string, whenUnsatisfiable! string
            TypedLocalObjectReference atomic
              apiGroup string, kind! string, name! string
            TypedObjectReference
              apiGroup string, kind! string, name! string, namespace string
            Volume
              awsElasticBlockStore AWSElasticBlockStoreVolumeSource, azureDisk AzureDiskVolumeSource, azureFile
              AzureFileVolumeSource, cephfs CephFSVolumeSource, cinder CinderVolumeSource, configMap
              ConfigMapVolumeSource, csi CSIVolumeSource, downwardAPI DownwardAPIVolumeSource, emptyDir
              EmptyDirVolumeSource, ephemeral EphemeralVolumeSource, fc FCVolumeSource, flexVolume FlexVolumeSource,
              flocker FlockerVolumeSource, gcePersistentDisk GCEPersistentDiskVolumeSource, gitRepo
              GitRepoVolumeSource, glusterfs GlusterfsVolumeSource, hostPath HostPathVolumeSource, image
              ImageVolumeSource, iscsi ISCSIVolumeSource, name! string, nfs NFSVolumeSource, persistentVolumeClaim
              PersistentVolumeClaimVolumeSource, photonPersistentDisk PhotonPersistentDiskVolumeSource, portworxVolume
              PortworxVolumeSource, projected ProjectedVolumeSource, quobyte QuobyteVolumeSource, rbd RBDVolumeSource,
              scaleIO ScaleIOVolumeSource, secret SecretVolumeSource, storageos StorageOSVolumeSource, vsphereVolume
              VsphereVirtualDiskVolumeSource
            VolumeDevice
              devicePath! string, name! string
            VolumeMount
              mountPath! string, mountPropagation string, name! string, readOnly bool, recursiveReadOnly string,
              subPath string, subPathExpr string
            VolumeMountStatus
              mountPath! string, name! string, readOnly bool, recursiveReadOnly string, volumeStatus VolumeStatus
            VolumeNodeAffinity
              required NodeSelector
            VolumeProjection
              clusterTrustBundle ClusterTrustBundleProjection, configMap ConfigMapProjection, downwardAPI
              DownwardAPIProjection, podCertificate PodCertificateProjection, secret SecretProjection,
              serviceAccountToken ServiceAccountTokenProjection
            VolumeResourceRequirements
              limits {quantity}, requests {quantity}
            VolumeStatus
              image ImageVolumeStatus
            VsphereVirtualDiskVolumeSource
              fsType string, storagePolicyID string, storagePolicyName string, volumePath! string
            WeightedPodAffinityTerm
              podAffinityTerm! PodAffinityTerm={}, weight! int32
            WindowsSecurityContextOptions
              gmsaCredentialSpec string, gmsaCredentialSpecName string, hostProcess bool, runAsUserName string
            """)
}

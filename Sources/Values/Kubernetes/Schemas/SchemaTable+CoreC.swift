extension SchemaTable {
    /// Types of `io.k8s.api.core.v1` from PersistentVolumeClaimCondition to ResourceHealth.
    static let coreC = SchemaTable(
        package: "io.k8s.api.core.v1", alias: "core",
        text: """
            PersistentVolumeClaimCondition
              lastProbeTime time, lastTransitionTime time, message string, reason string, status! string, type! string
            PersistentVolumeClaimSpec
              accessModes [string], dataSource TypedLocalObjectReference, dataSourceRef TypedObjectReference,
              resources VolumeResourceRequirements={}, selector meta.LabelSelector, storageClassName string,
              volumeAttributesClassName string, volumeMode string, volumeName string
            PersistentVolumeClaimStatus
              accessModes [string], allocatedResourceStatuses {string}, allocatedResources {quantity}, capacity
              {quantity}, conditions [PersistentVolumeClaimCondition]map(type)~type, currentVolumeAttributesClassName
              string, modifyVolumeStatus ModifyVolumeStatus, phase string
            PersistentVolumeClaimTemplate
              metadata meta.ObjectMeta={}, spec! PersistentVolumeClaimSpec={}
            PersistentVolumeClaimVolumeSource
              claimName! string, readOnly bool
            PersistentVolumeSpec
              accessModes [string], awsElasticBlockStore AWSElasticBlockStoreVolumeSource, azureDisk
              AzureDiskVolumeSource, azureFile AzureFilePersistentVolumeSource, capacity {quantity}, cephfs
              CephFSPersistentVolumeSource, cinder CinderPersistentVolumeSource, claimRef ObjectReference, csi
              CSIPersistentVolumeSource, fc FCVolumeSource, flexVolume FlexPersistentVolumeSource, flocker
              FlockerVolumeSource, gcePersistentDisk GCEPersistentDiskVolumeSource, glusterfs
              GlusterfsPersistentVolumeSource, hostPath HostPathVolumeSource, iscsi ISCSIPersistentVolumeSource, local
              LocalVolumeSource, mountOptions [string], nfs NFSVolumeSource, nodeAffinity VolumeNodeAffinity,
              persistentVolumeReclaimPolicy string, photonPersistentDisk PhotonPersistentDiskVolumeSource,
              portworxVolume PortworxVolumeSource, quobyte QuobyteVolumeSource, rbd RBDPersistentVolumeSource, scaleIO
              ScaleIOPersistentVolumeSource, storageClassName string, storageos StorageOSPersistentVolumeSource,
              volumeAttributesClassName string, volumeMode string, vsphereVolume VsphereVirtualDiskVolumeSource
            PersistentVolumeStatus
              lastPhaseTransitionTime time, message string, phase string, reason string
            PhotonPersistentDiskVolumeSource
              fsType string, pdID! string
            Pod *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec PodSpec={}, status PodStatus={}
            PodAffinity
              preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm],
              requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
            PodAffinityTerm
              labelSelector meta.LabelSelector, matchLabelKeys [string], mismatchLabelKeys [string], namespaceSelector
              meta.LabelSelector, namespaces [string], topologyKey! string
            PodAntiAffinity
              preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm],
              requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
            PodCertificateProjection
              certificateChainPath string, credentialBundlePath string, keyPath string, keyType!? string,
              maxExpirationSeconds int32, signerName!? string, userAnnotations {string}
            PodCondition
              lastProbeTime time, lastTransitionTime time, message string, observedGeneration int64, reason string,
              status! string, type! string
            PodDNSConfig
              nameservers [string], options [PodDNSConfigOption], searches [string]
            PodDNSConfigOption
              name string, value string
            PodExtendedResourceClaimStatus
              requestMappings! [ContainerExtendedResourceRequest], resourceClaimName! string
            PodIP
              ip! string
            PodOS
              name! string
            PodReadinessGate
              conditionType! string
            PodResourceClaim
              name! string, resourceClaimName string, resourceClaimTemplateName string
            PodResourceClaimStatus
              name! string, resourceClaimName string
            PodSchedulingGate
              name! string
            PodSchedulingGroup
              podGroupName string
            PodSecurityContext
              appArmorProfile AppArmorProfile, fsGroup int64, fsGroupChangePolicy string, runAsGroup int64,
              runAsNonRoot bool, runAsUser int64, seLinuxChangePolicy string, seLinuxOptions SELinuxOptions,
              seccompProfile SeccompProfile, supplementalGroups [int64], supplementalGroupsPolicy string, sysctls
              [Sysctl], windowsOptions WindowsSecurityContextOptions
            PodSpec
              activeDeadlineSeconds int64, affinity Affinity, automountServiceAccountToken bool, containers!
              [Container]map(name)~name, dnsConfig PodDNSConfig, dnsPolicy string, enableServiceLinks bool,
              ephemeralContainers [EphemeralContainer]map(name)~name, hostAliases [HostAlias]map(ip)~ip, hostIPC bool,
              hostNetwork bool, hostPID bool, hostUsers bool, hostname string, hostnameOverride string,
              imagePullSecrets [LocalObjectReference]map(name)~name, initContainers [Container]map(name)~name,
              nodeName string, nodeSelector {string}atomic, os PodOS, overhead {quantity}, preemptionPolicy string,
              priority int32, priorityClassName string, readinessGates [PodReadinessGate], resourceClaims
              [PodResourceClaim]map(name)~name~retainKeys, resources ResourceRequirements, restartPolicy string,
              runtimeClassName string, schedulerName string, schedulingGates [PodSchedulingGate]map(name)~name,
              schedulingGroup PodSchedulingGroup, securityContext PodSecurityContext, serviceAccount string,
              serviceAccountName string, setHostnameAsFQDN bool, shareProcessNamespace bool, subdomain string,
              terminationGracePeriodSeconds int64, tolerations [Toleration], topologySpreadConstraints
              [TopologySpreadConstraint]map(topologyKey whenUnsatisfiable)~topologyKey, volumes
              [Volume]map(name)~name~retainKeys
            PodStatus
              allocatedResources {quantity}, conditions [PodCondition]map(type)~type, containerStatuses
              [ContainerStatus], ephemeralContainerStatuses [ContainerStatus], extendedResourceClaimStatus
              PodExtendedResourceClaimStatus, hostIP string, hostIPs [HostIP]~ip, initContainerStatuses
              [ContainerStatus], message string, nodeAllocatableResourceClaimStatuses
              [NodeAllocatableResourceClaimStatus], nominatedNodeName string, observedGeneration int64, phase string,
              podIP string, podIPs [PodIP]map(ip)~ip, qosClass string, reason string, resize string,
              resourceClaimStatuses [PodResourceClaimStatus]map(name)~name~retainKeys, resources ResourceRequirements,
              startTime time
            PodTemplate *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, template PodTemplateSpec={}
            PodTemplateSpec
              metadata meta.ObjectMeta={}, spec PodSpec={}
            PortStatus
              error string, port! int32, protocol! string
            PortworxVolumeSource
              fsType string, readOnly bool, volumeID! string
            PreferredSchedulingTerm
              preference! NodeSelectorTerm={}, weight! int32
            Probe
              exec ExecAction, failureThreshold int32, grpc GRPCAction, httpGet HTTPGetAction, initialDelaySeconds
              int32, periodSeconds int32, successThreshold int32, tcpSocket TCPSocketAction,
              terminationGracePeriodSeconds int64, timeoutSeconds int32
            ProjectedVolumeSource
              defaultMode int32, sources [VolumeProjection]
            QuobyteVolumeSource
              group string, readOnly bool, registry! string, tenant string, user string, volume! string
            RBDPersistentVolumeSource
              fsType string, image! string, keyring string=/etc/ceph/keyring, monitors! [string], pool string=rbd,
              readOnly bool, secretRef SecretReference, user string=admin
            RBDVolumeSource
              fsType string, image! string, keyring string=/etc/ceph/keyring, monitors! [string], pool string=rbd,
              readOnly bool, secretRef LocalObjectReference, user string=admin
            ReplicationController *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec ReplicationControllerSpec={}, status
              ReplicationControllerStatus={}
            ReplicationControllerCondition
              lastTransitionTime time, message string, reason string, status! string, type! string
            ReplicationControllerSpec
              minReadySeconds int32=0, replicas int32=1, selector {string}atomic, template PodTemplateSpec
            ReplicationControllerStatus
              availableReplicas int32, conditions [ReplicationControllerCondition]map(type)~type, fullyLabeledReplicas
              int32, observedGeneration int64, readyReplicas int32, replicas! int32
            ResourceClaim
              name! string, request string
            ResourceFieldSelector atomic
              containerName string, divisor quantity, resource! string
            ResourceHealth
              health string, message string, resourceID! string
            """)
}

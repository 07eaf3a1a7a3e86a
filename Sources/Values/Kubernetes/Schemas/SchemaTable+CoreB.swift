extension SchemaTable {
    /// Types of `io.k8s.api.core.v1` from EventSource to PersistentVolumeClaim.
    static let coreB = SchemaTable(
        package: "io.k8s.api.core.v1", alias: "core",
        text: """
            EventSource
              component string, host string
            ExecAction
              command [string]
            FCVolumeSource
              fsType string, lun int32, readOnly bool, targetWWNs [string], wwids [string]
            FileKeySelector atomic
              key! string, optional bool=false, path! string, volumeName! string
            FlexPersistentVolumeSource
              driver! string, fsType string, options {string}, readOnly bool, secretRef SecretReference
            FlexVolumeSource
              driver! string, fsType string, options {string}, readOnly bool, secretRef LocalObjectReference
            FlockerVolumeSource
              datasetName string, datasetUUID string
            GCEPersistentDiskVolumeSource
              fsType string, partition int32, pdName! string, readOnly bool
            GRPCAction
              port! int32, service string=""
            GitRepoVolumeSource
              directory string, repository! string, revision string
            GlusterfsPersistentVolumeSource
              endpoints! string, endpointsNamespace string, path! string, readOnly bool
            GlusterfsVolumeSource
              endpoints! string, path! string, readOnly bool
            HTTPGetAction
              host string, httpHeaders [HTTPHeader], path string, port! intOrString, scheme string
            HTTPHeader
              name! string, value! string
            HostAlias
              hostnames [string], ip! string
            HostIP
              ip! string
            HostPathVolumeSource
              path! string, type string
            ISCSIPersistentVolumeSource
              chapAuthDiscovery bool, chapAuthSession bool, fsType string, initiatorName string, iqn! string,
              iscsiInterface string=default, lun! int32, portals [string], readOnly bool, secretRef SecretReference,
              targetPortal! string
            ISCSIVolumeSource
              chapAuthDiscovery bool, chapAuthSession bool, fsType string, initiatorName string, iqn! string,
              iscsiInterface string=default, lun! int32, portals [string], readOnly bool, secretRef
              LocalObjectReference, targetPortal! string
            ImageVolumeSource
              pullPolicy string, reference string
            ImageVolumeStatus
              imageRef!? string
            KeyToPath
              key! string, mode int32, path! string
            Lifecycle
              postStart LifecycleHandler, preStop LifecycleHandler, stopSignal string
            LifecycleHandler
              exec ExecAction, httpGet HTTPGetAction, sleep SleepAction, tcpSocket TCPSocketAction
            LimitRange *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec LimitRangeSpec={}
            LimitRangeItem
              default {quantity}, defaultRequest {quantity}, max {quantity}, maxLimitRequestRatio {quantity}, min
              {quantity}, type! string
            LimitRangeSpec
              limits! [LimitRangeItem]
            LinuxContainerUser
              gid! int64, supplementalGroups [int64], uid! int64
            LoadBalancerIngress
              hostname string, ip string, ipMode string, ports [PortStatus]
            LoadBalancerStatus
              ingress [LoadBalancerIngress]
            LocalObjectReference atomic
              name string=""
            LocalVolumeSource
              fsType string, path! string
            ModifyVolumeStatus
              status! string, targetVolumeAttributesClassName string
            NFSVolumeSource
              path! string, readOnly bool, server! string
            Namespace *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec NamespaceSpec={}, status
              NamespaceStatus={}
            NamespaceCondition
              lastTransitionTime time, message string, reason string, status! string, type! string
            NamespaceSpec
              finalizers [string]
            NamespaceStatus
              conditions [NamespaceCondition]map(type)~type, phase string
            Node *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec NodeSpec={}, status NodeStatus={}
            NodeAddress
              address! string, type! string
            NodeAffinity
              preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm],
              requiredDuringSchedulingIgnoredDuringExecution NodeSelector
            NodeAllocatableResourceClaimStatus
              containers [string]set, resourceClaimName! string, resources! {quantity}
            NodeCondition
              lastHeartbeatTime time, lastTransitionTime time, message string, reason string, status! string, type!
              string
            NodeConfigSource
              configMap ConfigMapNodeConfigSource
            NodeConfigStatus
              active NodeConfigSource, assigned NodeConfigSource, error string, lastKnownGood NodeConfigSource
            NodeDaemonEndpoints
              kubeletEndpoint DaemonEndpoint={}
            NodeFeatures
              supplementalGroupsPolicy bool
            NodeRuntimeHandler
              features NodeRuntimeHandlerFeatures, name string=""
            NodeRuntimeHandlerFeatures
              recursiveReadOnlyMounts bool, userNamespaces bool
            NodeSelector atomic
              nodeSelectorTerms! [NodeSelectorTerm]
            NodeSelectorRequirement
              key! string, operator! string, values [string]
            NodeSelectorTerm atomic
              matchExpressions [NodeSelectorRequirement], matchFields [NodeSelectorRequirement]
            NodeSpec
              configSource NodeConfigSource, externalID string, podCIDR string, podCIDRs [string]set~, providerID
              string, taints [Taint], unschedulable bool
            NodeStatus
              addresses [NodeAddress]map(type)~type, allocatable {quantity}, capacity {quantity}, conditions
              [NodeCondition]map(type)~type, config NodeConfigStatus, daemonEndpoints NodeDaemonEndpoints={},
              declaredFeatures [string], features NodeFeatures, images [ContainerImage], nodeInfo NodeSystemInfo={},
              phase string, runtimeHandlers [NodeRuntimeHandler], volumesAttached [AttachedVolume], volumesInUse
              [string]
            NodeSwapStatus
              capacity int64
            NodeSystemInfo
              architecture! string, bootID! string, containerRuntimeVersion! string, kernelVersion! string,
              kubeProxyVersion! string, kubeletVersion! string, machineID! string, operatingSystem! string, osImage!
              string, swap NodeSwapStatus, systemUUID! string
            ObjectFieldSelector atomic
              apiVersion string, fieldPath! string
            ObjectReference atomic
              apiVersion string, fieldPath string, kind string, name string, namespace string, resourceVersion string,
              uid string
            PersistentVolume *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec PersistentVolumeSpec={}, status
              PersistentVolumeStatus={}
            PersistentVolumeClaim *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec PersistentVolumeClaimSpec={}, status
              PersistentVolumeClaimStatus={}
            """)
}
